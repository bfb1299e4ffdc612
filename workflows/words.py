"""A text that people read, in both languages of the programme. Only what shows it chooses one."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, NamedTuple, Self

Language = Literal["en", "zh"]


class Words(NamedTuple):
    """The same said in English and in Chinese."""

    en: str
    zh: str

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    @classmethod
    def same(cls, text: str) -> Self:
        """Return what is written alike in both: a command, a number, a name."""
        return cls(text, text)

    def at(self, where: "str | Words") -> "Words":
        """Return it with where it stands before it, as in `year: not a number`."""
        en, zh = where if isinstance(where, Words) else Words.same(where)
        return Words(f"{en}: {self.en}", f"{zh}：{self.zh}")


class BilingualEnum(StrEnum):
    """A list of words. Each is a string, its English value, and knows its Chinese term.

    A list whose words know more than that takes it in its own `__init__`.
    """

    def __new__(cls, value: str, *_more: object) -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        return word

    def __init__(self, value: str, zh: str = "") -> None:
        self.zh = zh

    @property
    def words(self) -> Words:
        return Words(_SPELLED.get(self, self.replace("_", " ")), self.zh)


_SPELLED = {"next_generation_it": "next-generation IT", "another_persons": "another person's"}
"""English that is written otherwise than its value says; it is read back, as values are, without signs."""


def citation(article: str) -> Words:
    """Return an article of the guideline as people cite it; `§四(一)` is its short form."""
    parts = re.sub(r"§(\w)", r"第\1部分", article)
    return Words(
        article, "《指引》" + re.sub(r"\((\w)\)", r"第（\1）项", parts).replace(", ", "、")
    )


def listed_zh(names: Iterable[str]) -> str:
    """Return names in a row in Chinese: where one of them has a 、 of its own, they are parted by ；."""
    each = tuple(names)
    return ("；" if any("、" in one for one in each) else "、").join(each)


def listed(names: Iterable[str]) -> Words:
    """Return names in a row, parted by signs that none of them has."""
    each = tuple(names)
    return Words(("; " if any(", " in one for one in each) else ", ").join(each), listed_zh(each))


def counted(number: int, one: str, many: str = "") -> str:
    """Count things, in English."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
