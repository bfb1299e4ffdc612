"""What an audit finds: where, and what is wrong there, in English and Chinese."""

from dataclasses import dataclass

from workflows.words import Language, Words


@dataclass(frozen=True)
class Finding:
    """Something that does not agree.

    A `remark` is worth knowing, and no sign that anything was changed. What is `unchecked` nobody can say,
    since the other run that it depends on is not here.
    """

    en: str
    zh: str
    event_id: int | None = None
    """The event of the history that it is about."""
    remark: bool = False
    unchecked: bool = False

    def text(self, language: Language) -> str:
        """In one of them."""
        return Words(self.en, self.zh).text(language)

    def __str__(self) -> str:
        """In English."""
        return self.en

    @property
    def wrong(self) -> bool:
        """Whether something was found that does not hold."""
        return not (self.remark or self.unchecked)
