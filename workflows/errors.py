"""What can go wrong for someone who talks to the system; the docstrings are the meanings.

The rules' own answers are `workflows.refusal.Refused` and `workflows.model.InvalidMessage`.
"""

import re

from workflows.words import Words


class PingtaiError(Exception):
    """Something a person can act on: `words` say what is wrong and what to do."""

    exit_code = 1

    def __init__(self, en: str | Words, zh: str = "") -> None:
        """Take `Words`, or a text in English and in Chinese."""
        self.words = en if isinstance(en, Words) else Words(en, zh)
        super().__init__(self.words.en)


class BadInput(PingtaiError):
    """What was given cannot be used as it is."""

    exit_code = 2


class NoSuchPlatform(PingtaiError):
    """No platform, or no assessment, of this id is known."""

    exit_code = 2


class NotAllowed(PingtaiError):
    """Who asks is not known, or may not ask this."""

    exit_code = 3


class Unreachable(PingtaiError):
    """Temporal, a worker or PostgreSQL does not answer."""

    exit_code = 4


class Moved(Unreachable):
    """A case, or the roster, that moves to another Temporal: nothing was taken here."""

    def __init__(self, name: str, to: str, more: Words | None = None) -> None:
        """`name` is what moves, `to` the profile of the Temporal where it goes on."""
        words = Words(
            f"{name} moves to the Temporal of profile {to}: send it again in a moment, with the same id",
            f"{name} 正迁往配置 {to} 所指的 Temporal：请稍后以同一编号重发",
        )
        if more:
            words = Words(f"{words.en} ({more.en})", f"{words.zh}（{more.zh}）")
        super().__init__(words)
        self.name = name
        self.to = to

    @classmethod
    def said_in(cls, text: str) -> "Moved | None":
        """Return what a query was answered with that failed for it: of such an answer only the text arrives."""
        found = re.search(r"(\S+) moves to the Temporal of profile (\S+): ", text)
        return cls(found[1], found[2]) if found else None

    def unknown(self, why: Words) -> "Moved":
        """The same, where the profile cannot be used here."""
        return Moved(self.name, self.to, why)
