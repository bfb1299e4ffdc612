"""Why a decision was refused: the rule, what is awaited, from whom. One shape for every way in."""

from workflows.model import Record
from workflows.state import Awaited
from workflows.vocabulary import Kind


class Refusal(Record):
    """A refusal that a person can act on, in English and Chinese."""

    rule: str
    en: str
    zh: str
    stage: str
    awaited: tuple[Awaited, ...] = ()

    def text(self, lang: str = "en") -> str:
        """One or two sentences: what was wrong, which rule says so, what is awaited and from whom."""
        awaited = self._awaited(lang)
        if lang == "zh":
            return f"{self.zh}（{self.rule}）。" + (f"现待：{awaited}。" if awaited else "")
        return f"{self.en} ({self.rule})." + (f" Awaited now: {awaited}." if awaited else "")

    def _awaited(self, lang: str) -> str:
        if lang == "zh":
            return "、".join(f"{a.role.zh}的“{Kind(a.kind).zh}”（{a.rule}）" for a in self.awaited)
        return ", ".join(f"{a.kind} from the {a.role} ({a.rule})" for a in self.awaited)


class Refused(Exception):
    """The rules refuse a decision; nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry the refusal to whoever answers."""
        self.refusal = refusal
        super().__init__(refusal.text())


def same_name(one: str, other: str) -> bool:
    """Whether two names mean the same: spaces, letter case and full width do not count."""
    return _plain(one) == _plain(other)


def part_of(organisation: str, body: str) -> bool:
    """Whether an organisation is a body or a department of it: its name begins with the body's.

    A name of three letters or fewer is too short to tell its departments by.
    """
    whole = _plain(body)
    if len(whole) <= _SHORT:
        return same_name(organisation, body)
    return _plain(organisation).startswith(whole)


_SHORT = 3
_ALIKE = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
"""Full-width letters and brackets as their half-width ones: a table, not Unicode's, which may change."""
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


def _plain(name: str) -> str:
    return "".join(name.translate(_ALIKE).translate(_INVISIBLE).split()).casefold()
