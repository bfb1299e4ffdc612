"""Words of a vocabulary as people type them: in either language, a former one, or a part of one."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import click

from starter.errors import BadInput
from starter.terminal.language import say
from workflows.words import BilingualEnum, Words, listed_zh

_ALSO = {
    "区推荐": "所在区推荐",
    "推荐": "所在区推荐",
    "待区推荐": "待所在区推荐",
    "方案完善": "方案修改完善",
    "专家论证": "专家论证意见",
    "启动组建": "纳入名单",
    "区意见": "所在区意见",
    "绩效考核": "考核评价",
    "年度绩效考核": "考核评价",
    "退回": "退回修改",
    "期满": "有效期届满",
    "不再纳入": "已移出名单",
    "运营单位": "平台运营单位",
    "区": "所在区",
    "市科委": "市科委、中关村管委会",
    "中关村管委会": "市科委、中关村管委会",
    "经开": "北京经济技术开发区",
    "经开区": "北京经济技术开发区",
    "亦庄": "北京经济技术开发区",
}
"""Other terms of the guideline and of help, and those up to 0.4, which people's files still say.

They count where the vocabulary itself has no such word.
"""


class WordChoice(click.Choice[str]):
    """One word of a vocabulary, in English or as the guideline itself says it in Chinese."""

    def __init__(self, vocabulary: Iterable[StrEnum]) -> None:
        """Offer the English words; the Chinese ones are understood."""
        self.vocabulary = tuple(vocabulary)
        super().__init__([str(word) for word in self.vocabulary])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The English word, by which decisions are written."""
        found: str = super().convert(known(self.vocabulary, str(value)) or value, param, ctx)
        return found

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What may be said instead: what was probably meant, or else all of it."""
        return say(no_word(self.vocabulary, value))

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """What may be said, in the language of the answers."""
        listed = Words(", ".join(self.choices), chinese_list(self.vocabulary))
        return say(Words(f"Choose from: {listed.en}.", f"可选：{listed.zh}"))


def chinese_list(vocabulary: Iterable[StrEnum]) -> str:
    """A vocabulary in one line of Chinese, as it is understood in flags and cells."""
    return listed_zh(getattr(word, "zh", "") or str(word) for word in vocabulary)


def terms_of(said: str) -> tuple[str, ...]:
    """Return the Chinese terms that may be meant, the most likely first; for districts also without 区."""
    return said, _ALSO.get(said, said), f"{said}区"


def known(vocabulary: Iterable[StrEnum], given: str) -> str | None:
    """The English word of some for what was given in English or Chinese; None when it is none of them."""
    words = tuple(vocabulary)
    by_term = {getattr(one, "zh", one): str(one) for one in words}
    said = given.strip()
    for term in terms_of(said):
        if term in by_term:
            return by_term[term]
    english = _as_value(said)
    return next(
        (str(one) for one in words if english in (str(one), _as_value(_english(one)))), None
    )


def _english(one: StrEnum) -> str:
    return one.words.en if isinstance(one, BilingualEnum) else str(one)


def _as_value(said: str) -> str:
    return re.sub(r"[ -]", "_", said.lower())


def word(vocabulary: Iterable[StrEnum], given: str, where: str | Words) -> str:
    """The English word of a vocabulary for what was given in English or Chinese.

    Raises:
        BadInput: it is no word of this vocabulary; `where` says what it was read from.
    """
    several = tuple(vocabulary)
    found = known(several, given)
    if found is not None:
        return found
    raise BadInput(*no_word(several, given.strip()).at(where))


def no_word(vocabulary: Iterable[StrEnum], said: str) -> Words:
    """Say that it is no word of a vocabulary, with those that may be meant, or all."""
    several = tuple(vocabulary)
    near = _near(several, said)
    if near:
        en, zh = map(str, near), (f"“{getattr(one, 'zh', one)}”" for one in near)
        return Words(
            f"{said!r} is unknown. Did you mean {' or '.join(en)}?",
            f"“{said}”不在可选值之中。是否为{'或'.join(zh)}？",
        )
    return Words(
        f"{said!r} is none of {', '.join(several)}",
        f"“{said}”不在可选值之中：{chinese_list(several)}",
    )


_SEVERAL = 3
"""Words that are asked about at most; where more may be meant, all are listed."""
_PART = 2
"""Letters that a part of a word has at least."""


def _near(vocabulary: Sequence[StrEnum], said: str) -> list[StrEnum]:
    """The words of some that may be meant by another one, which resembles them or is a part of them."""
    import difflib  # noqa: PLC0415 - only who mistypes a word needs it

    wholes: dict[str, list[StrEnum]] = {}
    parts: dict[str, list[StrEnum]] = {}
    for word in vocabulary:
        for term in (str(word), str(getattr(word, "zh", word))):
            wholes.setdefault(term, []).append(word)
        for part in str(word).split("_"):
            parts.setdefault(part, []).append(word)
    meant = {
        word
        for terms, cutoff in ((wholes, 0.65), (parts, 0.8))
        for one in terms_of(said.lower())
        for term in difflib.get_close_matches(one, terms, n=2, cutoff=cutoff)
        for word in terms[term]
    }
    part = _as_value(said)
    if len(part) >= _PART:
        meant |= {one for one in vocabulary if part in str(one) or part in getattr(one, "zh", "")}
    return [one for one in vocabulary if one in meant] if len(meant) <= _SEVERAL else []
