"""Why a decision was refused: the rule, what is awaited, from whom. One shape for every way in."""

from workflows.awaited import Awaited
from workflows.model import Record
from workflows.roster_words import RosterKind
from workflows.vocabulary import Kind
from workflows.words import Words, listed_zh


class Refusal(Record):
    """A refusal that a person can act on; `en` and `zh` are the reason alone."""

    rule: str
    en: str
    zh: str
    stage: str
    awaited: tuple[Awaited, ...] = ()

    @property
    def reason(self) -> Words:
        return Words(self.en, self.zh)

    @property
    def words(self) -> Words:
        """One or two sentences: what was wrong, which rule says so, what is awaited and from whom."""
        en, zh = f"{self.en} ({self.rule}).", f"{self.zh}（{self.rule}）。"
        if self.awaited:
            listed = ", ".join(
                f"{_term(a.kind).en} from the {a.role} ({a.rule})" for a in self.awaited
            )
            in_chinese = listed_zh(
                f"{a.role.zh}的“{_term(a.kind).zh}”（{a.rule}）" for a in self.awaited
            )
            en, zh = f"{en} Awaited now: {listed}.", f"{zh}现待：{in_chinese}。"
        return Words(en, zh)


def _term(kind: str) -> Words:
    """What a kind of decision is called, on a case or on the roster."""
    return (Kind(kind) if kind in tuple(Kind) else RosterKind(kind)).words


class Refused(Exception):
    """The rules refuse a decision; nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.words = refusal.words
        super().__init__(self.words.en)
