"""The short notations of flags: `site=satisfactory:remark`, `张三,technology,单位,supported`."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

import click

from starter.commands.document_files import Document, document
from starter.desk.platform_names import may_be_id
from starter.errors import BadInput
from starter.tables.cell_values import day_of
from starter.terminal.language import say
from workflows.exact_numbers import as_json, exact
from workflows.vocabulary import (
    AssessmentStage,
    ExpertField,
    Finding,
    IndicatorGroup,
    LeadUnitKind,
    Vote,
)
from workflows.words import BilingualEnum, Words, listed_zh

ALL = "all"
REST = "其余"
REST_WORDS = (REST, "全部", ALL, "others")
"""How those are called that are not named one by one, in flags and in headings."""
"""The same in Chinese."""
_FIGURE = r"(\d{1,12}(?:\.\d{1,4})?)"
_MEASURE = re.compile(rf"([A-Za-z0-9][A-Za-z0-9._-]{{0,63}})\s*[=＝]\s*{_FIGURE}")
_INDICATOR = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})\s*[=＝]\s*([^(（@＠]+?)\s*(?:[(（]([^)）]+)[)）])?\s*[@＠](.+)"
)
_TARGET = re.compile(
    rf"([A-Za-z0-9][A-Za-z0-9._-]{{0,63}})\s+第?(\d{{1,2}})年?\s*[=＝]\s*{_FIGURE}"
)
_SCORE = re.compile(r"@(\d{1,3}(?:\.\d{1,4})?)$")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)$")
_EXPERT = re.compile(r"^([^,，]+)[,，]([^,，]+)[,，](.+)[,，]([^,，]+)$", re.DOTALL)

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
        return say(_no_word(self.vocabulary, value))

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
    raise BadInput(*_no_word(several, given.strip()).at(where))


def _no_word(vocabulary: Iterable[StrEnum], said: str) -> Words:
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


def day(given: str) -> str:
    """A day as it is written in a message, of one as people write it: 2026/11/28, 2026年11月28日, 20261128.

    Whatever else it is stays as it was written, for the model to name.
    """
    text = unicodedata.normalize("NFKC", given).strip()
    try:
        return day_of(_COMPACT.sub(r"\1-\2-\3", text))
    except BadInput:
        return given


def entries(
    given: Sequence[str], vocabulary: Iterable[StrEnum], *, rest: bool = False
) -> dict[str, str]:
    """`KEY=TEXT` flags as a mapping; `all` is a key too, which is offered where the `rest` may be meant.

    Raises:
        BadInput: no `=`, an unknown key, or a key that was said twice.
    """
    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"{text!r}: write KEY=TEXT", f"“{text}”：应写作 键=内容")
        name = ALL if key.strip() in REST_WORDS else _key(vocabulary, key.strip(), text, rest=rest)
        if name in found:
            raise BadInput(f"{name} is given twice", f"{name} 重复")
        found[name] = value
    return found


def _key(vocabulary: Iterable[StrEnum], said: str, where: str, *, rest: bool) -> str:
    several = tuple(vocabulary)
    found = known(several, said)
    if found is not None:
        return found
    en, zh = _no_word(several, said)
    if rest:
        en, zh = f"{en} ({ALL}: those not named)", f"{zh}（未列明的各项：“{REST}”）"
    raise BadInput(*Words(en, zh).at(where))


def findings(
    given: Sequence[str], before: Any, vocabulary: Iterable[StrEnum], *, scored: bool
) -> dict[str, Any]:
    """`ITEM=FINDING[:remark]` flags, for groups also with `@score`, over what a file says.

    `all=FINDING` is for those that neither the flags nor the file name.

    Raises:
        BadInput: a flag is not written so.
    """
    terms = {str(one): getattr(one, "zh", str(one)) for one in vocabulary}
    said = {
        key: _finding(text, Words(f"{key}={text}", f"{terms.get(key, key)}={text}"), scored)
        for key, text in entries(given, vocabulary, rest=True).items()
    }
    rest = said.pop(ALL, None)
    named = {**(before if isinstance(before, dict) else {}), **said}
    if rest is None:
        return named
    return {str(key): named.get(key, rest) for key in vocabulary}


def _finding(text: str, where: Words, scored: bool) -> dict[str, Any]:
    made: dict[str, Any] = {}
    score = _SCORE.search(text) if scored else None
    if score:
        made["score"] = as_json(exact(score[1]))
        text = text[: score.start()]
    # Whoever writes Chinese may well type the full-width colon.
    finding, *remark = re.split("[:：]", text, maxsplit=1)
    made["finding"] = word(Finding, finding, where)
    if remark and remark[0].strip():
        made["remark"] = remark[0].strip()
    return made


def _written(pattern: re.Pattern[str], text: str, how: Words) -> re.Match[str]:
    """Return the parts of a text that is written by a pattern.

    Raises:
        BadInput: it is not; `how` it is written.
    """
    found = pattern.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{text[:60]!r}: write {how.en}", f"“{text[:60]}”：应写作 {how.zh}")
    return found


def measure(text: str) -> tuple[str, int | str]:
    """`ID=NUMBER`: the figure of an indicator.

    Raises:
        BadInput: it is not written so.
    """
    found = _written(_MEASURE, text, Words("ID=NUMBER", "指标编号=数值"))
    return found[1], as_json(exact(found[2]))


def target(text: str) -> dict[str, Any]:
    """`ID YEAR=NUMBER`: what a plan aims at in a year of the term.

    Raises:
        BadInput: it is not written so.
    """
    how = Words("ID YEAR=NUMBER, as papers 1=12", "指标编号 年度=数值，如 papers 1=12")
    found = _written(_TARGET, text, how)
    return {"indicator": found[1], "year": int(found[2]), "value": as_json(exact(found[3]))}


def indicator(text: str) -> dict[str, Any]:
    """`ID=NAME（UNIT）@GROUP`: an indicator of a catalogue; the unit may be left out.

    Raises:
        BadInput: it is not written so.
    """
    found = _written(_INDICATOR, text, Words("ID=NAME(UNIT)@GROUP", "编号=名称（单位）@指标组"))
    made = {"id": found[1], "name": found[2], "group": word(IndicatorGroup, found[4].strip(), text)}
    return {**made, "unit": found[3]} if found[3] else made


def texts(given: Sequence[str], before: Any, vocabulary: Iterable[StrEnum]) -> dict[str, Any]:
    """`GROUP=TEXT` flags over what a file says.

    Raises:
        BadInput: a flag is not written so.
    """
    said: dict[str, Any] = dict(entries(given, vocabulary))
    rest = said.pop(ALL, None)
    if rest is not None:
        raise BadInput(
            "each item has its own text: all=… is for findings",
            "各项目须分别说明，“其余=…”（all=…）只用于考核意见",
        )
    return {**(before if isinstance(before, dict) else {}), **said}


def expert(given: str) -> dict[str, str]:
    """`NAME,FIELD,ORGANISATION,VOTE`; commas may be full-width, and the organisation may have some.

    Raises:
        BadInput: it is not written so.
    """
    parts = _EXPERT.match(given)
    if not parts:
        raise BadInput(
            f"expert {given!r}: write NAME,FIELD,ORGANISATION,VOTE",
            f"专家“{given}”：应写作 姓名,方面,单位,意见",
        )
    name, field, organisation, vote = (part.strip() for part in parts.groups())
    return {
        "name": name,
        "field": word(ExpertField, field, given),
        "organisation": organisation,
        "vote": word(Vote, vote, given),
    }


def body(given: str) -> dict[str, str]:
    """`NAME[,CODE]`, of an organisation and its credit code; the name may have commas, full-width ones, too."""
    found = _CODED.fullmatch(given)
    if not found:
        return {"name": given.strip()}
    return {"name": found[1].strip(), "credit_code": found[2].upper()}


def lead_unit(given: str) -> dict[str, str]:
    """`NAME,KIND[,CODE]`; the comma may be full-width, and the name may have some.

    Raises:
        BadInput: it is not written so.
    """
    said = body(given)
    name, comma, kind = said["name"].replace("，", ",").rpartition(",")
    if not comma or not name.strip():
        raise BadInput(
            f"lead unit {given!r}: write NAME,KIND[,CODE]",
            f"牵头单位“{given}”：应写作 名称,类型[,统一社会信用代码]",
        )
    return {
        **said,
        "name": said["name"][: len(name)].strip(),
        "kind": word(LeadUnitKind, kind, given),
    }


_CODED = re.compile(r"(.*\S)\s*[,，]\s*([0-9A-Za-z]{18})\s*", re.DOTALL)


def past_assessment(given: str, hashed: Callable[[str], Document] = document) -> dict[str, Any]:
    """`YEAR:RESULT:DAY:FILE[=TITLE]`, of an assessment that ended before the platform came here.

    `hashed` reads its document.

    Raises:
        BadInput: it is not written so, or the file cannot be read.
    """
    year, *rest = re.split("[:：]", given, maxsplit=3)
    if len(rest) != 3 or not year.strip().isdecimal():
        raise BadInput(
            f"assessment {given!r}: write YEAR:RESULT:DAY:FILE[=TITLE]",
            f"考核“{given}”：应写作 年度:结果:日期:文件[=名称]",
        )
    result, on, paper = rest
    return {
        "year": int(year.strip()[:3]),
        "result": word(AssessmentStage, result, given),
        "concluded_on": day(on),
        "documents": [hashed(paper)],
    }


def platform_id(given: str) -> str:
    """A platform's id as it may be, before anybody is asked about it.

    Raises:
        BadInput: no platform can have this id.
    """
    if may_be_id(given):
        return given
    raise BadInput(no_platform_id(given))


def no_platform_id(given: str) -> Words:
    """Say that no platform can have an id, and what it may be made of."""
    return Words(
        f"{given!r} is not a platform id: use 1 to 64 letters, digits, dots, dashes and underscores",
        f"“{given}”不是平台编号：应为 1 至 64 个字母、数字、点、横线或下划线",
    )
