"""The short notations of flags: `site=satisfactory:remark`, `张三,technology,单位,supported`."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

from starter.commands.document_files import Document, document
from starter.commands.word_choice import known, no_word, word
from starter.desk.platform_names import may_be_id
from starter.errors import BadInput
from starter.tables.cell_values import day_of
from workflows.exact_numbers import as_json, exact
from workflows.vocabulary import (
    AssessmentStage,
    ExpertField,
    Finding,
    IndicatorGroup,
    LeadUnitKind,
    Vote,
)
from workflows.words import Words

ALL = "all"
REST = "其余"
"""The same in Chinese."""
REST_WORDS = (REST, "全部", ALL, "others")
"""How those are called that are not named one by one, in flags and in headings."""
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
    en, zh = no_word(several, said)
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
