"""What a signed decision answers: all that was decided in a case before it, in one hash.

No moments are in it. A reset has a case take its decisions again at other moments, and so does a clock
that lagged (docs/decisions/0007-workflow-clock.md): the log's own hashes are then others, and what was
signed for one of them would be lost. So it is a chain of its own, over what was said and where it led.
"""

from collections.abc import Sequence
from typing import Any

from workflows.decision import NOT_SIGNED
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import sha256
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Kind

_OF_A_MOMENT = ("suspended_since",)
"""What the first entry of an assessment says that a reset of its platform changes."""


def opening_hash(content: dict[str, Any]) -> str:
    """Return what the decision answers that comes first in a case, from the case's first entry.

    Whoever applies knows it before the case begins: what is brought in with an application can be signed.
    """
    said = {name: value for name, value in content.items() if name not in _OF_A_MOMENT}
    return sha256({"opened": said})


class ContentChain:
    """The hashes of a log's content, entry by entry, and what a decision may answer.

    An entry that decides nothing and leads nowhere has the hash of the one before it.
    """

    def __init__(self, log: Sequence[LogEntry] = ()) -> None:
        self._log: list[LogEntry] = []
        self._hashes: list[str] = []
        self._began = 0
        """The place of the entry with which the present step began."""
        self.extend(log)

    def extend(self, log: Sequence[LogEntry]) -> None:
        """Go on to the end of a log, of which this is the chain up to some entry."""
        for entry in log[len(self._log) :]:
            if not self._log:
                self._hashes.append(opening_hash(entry.said))
            else:
                begins = begins_step(entry, self._log)
                self._hashes.append(self._next(entry, counts=begins))
                if begins:
                    self._began = len(self._log)
            self._log.append(entry)

    def _next(self, entry: LogEntry, *, counts: bool) -> str:
        before, led = self._hashes[-1], {"name": entry.name, "outcome": entry.outcome}
        if entry.kind is EntryKind.DECISION:
            said = {k: v for k, v in entry.said.items() if k not in NOT_SIGNED}
            return sha256({"after": before, **led, "stage": entry.stage, "said": said})
        return sha256({"after": before, **led, "stage": entry.stage}) if counts else before

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hash after each entry."""
        return tuple(self._hashes)

    @property
    def newest(self) -> str:
        """What a decision answers that is signed now."""
        return self._hashes[-1]

    @property
    def answerable(self) -> tuple[str, ...]:
        """The hashes that a decision may answer: those since the present step began.

        What happens meanwhile, a note, or support, makes no signed decision worthless.
        """
        return tuple(self._hashes[self._began :])


def begins_step(entry: LogEntry, log: Sequence[LogEntry]) -> bool:
    """Return whether a step began with an entry; `log` are those before it.

    That is so where the case moves, also back into the stage where it was: a panel without a conclusion,
    a decision that is set aside in the same stage.
    """
    stage = log[-1].stage
    if entry.kind is EntryKind.REFUSED:
        return False
    lifecycle = ASSESSMENT if "year" in log[0].said else PLATFORM
    if entry.name == Kind.SET_ASIDE:
        first = entry.said["sets_aside"][0]
        return not lifecycle.alone(log[first - 1].name)
    return entry.stage != stage or lifecycle.returns_to(stage, entry.name, entry.outcome)
