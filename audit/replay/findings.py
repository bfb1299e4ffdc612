"""What an audit finds: where, and what is wrong there, in English and Chinese."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    en: str
    zh: str

    def text(self, language: Language) -> str:
        """In one of them."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        """In English."""
        return self.en


@dataclass(frozen=True)
class Finding(Words):
    """Something that does not agree.

    A `remark` is worth knowing, and no sign that anything was changed. What is `unchecked` nobody can say,
    since the other run that it depends on is not here.
    """

    event_id: int | None = None
    """The event of the history that it is about."""
    remark: bool = False
    unchecked: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something was found that does not hold."""
        return not (self.remark or self.unchecked)
