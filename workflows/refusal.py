"""Why a decision was refused: the rule, what is awaited, from whom. One shape for every way in."""

from workflows.awaited import Awaited
from workflows.model import Record
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
