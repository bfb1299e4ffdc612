"""A text that people read, in both languages of the programme. Only what shows it chooses one."""

from typing import Literal, NamedTuple

Language = Literal["en", "zh"]


class Words(NamedTuple):
    """The same said in English and in Chinese."""

    en: str
    zh: str

    def text(self, language: Language) -> str:
        """Return it in one of the languages."""
        return self.zh if language == "zh" else self.en

    def at(self, where: str) -> "Words":
        """Return it with where it stands before it, as in `year: not a number`."""
        return Words(f"{where}: {self.en}", f"{where}：{self.zh}")
