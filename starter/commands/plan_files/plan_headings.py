"""What the parts and mechanisms of a plan are called in files, and what stands under each as a plan's value."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import create_model

from starter.commands.importing.application_cells import cell_of, read
from starter.commands.importing.columns import COLUMNS, Column
from starter.commands.message_shapes import Shape
from starter.errors import BadInput
from starter.plans.plan_sections import HEADINGS, INDICATORS, MECHANISMS, PARTS
from starter.tables.cell_values import Cell, as_text
from starter.tables.strict_json import parsed
from starter.terminal.language import say
from workflows.application import Plan
from workflows.model import InvalidMessage, Message, parse
from workflows.words import Words, listed_zh

GROUPS = {
    PARTS: Words("plan", "建设方案"),
    MECHANISMS: Words("operating mechanisms", "运作机制"),
    INDICATORS: Words("indicators", "指标"),
}
"""Headings over several sections; nothing stands under them itself."""
_DIGITS = "[0-9一二三四五六七八九十]{1,3}"
_NUMBER = re.compile(
    rf"^(?:第{_DIGITS}(?:部分|章|节|条)[、\s]*|[（(]?{_DIGITS}(?:[.．][0-9]{{1,2}})*(?:[)）、.．]\s*|\s+))"
)
"""How headings are numbered: 一、 （一） 1. 1.2 第一章."""
_DASH = re.compile(r"^\s*[-*•]\s+", re.MULTILINE)
_ARTICLE = re.compile(r"\s*[(（](?:§|《指引》|按).*$")


class Found(NamedTuple):
    """What a file says under a heading."""

    where: Words
    """The line or the row of the heading."""
    heading: str
    """As it is written there."""
    value: Cell


def column_of(path: str) -> Column:
    """Return the column of a table of applications that holds the same: one reader for all files."""
    return COLUMNS[f"plan.{path}"]


def title_of(path: str) -> str:
    """Return how a heading is written in a file, in the language of whoever fetches it; both are read."""
    return heading_of(HEADINGS[path])


def heading_of(words: Words) -> str:
    """Return a heading in the language of the answers."""
    return say(Words(f"{words.en[:1].upper()}{words.en[1:]}", words.zh))


def path_of(heading: str) -> str | None:
    """Return what a heading is of: a section's path, or a key of `GROUPS`; None: of nothing in a plan.

    It may be in Chinese, in English or both, in any case, numbered, and with the article behind it.
    """
    plain = heading.strip().rstrip("#").strip().strip("*_").strip()
    said = _key(_ARTICLE.sub("", _NUMBER.sub("", plain)))
    return _KNOWN.get(said)


def text_of(path: str, plan: Mapping[str, Any]) -> str:
    """Return what stands under a heading in a file; empty where the plan says nothing of it."""
    group, _, name = path.partition(".")
    value = (plan.get(group) or {}).get(name)
    if value in (None, [], ()):
        return ""
    column = column_of(path)
    if column.shape is Shape.TEXT:
        return str(value)
    text = as_text(cell_of(column, {"plan": plan}, chinese=True))
    if column.shape is Shape.SHARES and not _reads_as(column, text, value):
        return json.dumps(
            value, ensure_ascii=False
        )  # a source whose name has a sign that stands between two
    return text


def plan_from(found: Mapping[str, Found], *, groups: Sequence[str] = tuple(GROUPS)) -> Any:
    """Return the plan that a file says, or only some of its groups.

    Raises:
        BadInput: parts are missing, are empty, or do not fit; names each heading and where it stands.
    """
    wanted = [path for path in HEADINGS if path.startswith(tuple(groups))]
    missing = missing_parts(found, groups)
    if missing:
        raise all_at_once(no_heading_for(missing))
    plan: dict[str, dict[str, Any]] = {group: {} for group in groups}
    problems: list[Words] = []
    for path in wanted:
        if path not in found:
            continue
        group, _, name = path.partition(".")
        try:
            value = _value(path, found[path])
        except BadInput as error:
            problems.append(error.words)
            continue
        if value is not None:
            plan[group][name] = value
    if problems:
        raise all_at_once(problems)
    if not plan.get(INDICATORS, True):  # no plan must have them
        del plan[INDICATORS]
    try:
        parse(_message(groups), plan)
    except InvalidMessage as error:
        raise BadInput(_complaint(error, found)) from None
    return plan


def missing_parts(found: Mapping[str, Found], groups: Sequence[str] = tuple(GROUPS)) -> list[str]:
    """Return the paths of the headings that a plan must have, and a file has not."""
    wanted = [path for path in HEADINGS if path.startswith(tuple(groups))]
    return [path for path in wanted if column_of(path).required and path not in found]


def no_heading_for(missing: Sequence[str]) -> list[Words]:
    """Say which headings are missing, and how one is written."""
    if not missing:
        return []
    return [
        Words(
            f"no heading for {', '.join(HEADINGS[path].en for path in missing)}: write"
            f" “{title_of(missing[0])}”",
            f"缺少标题：{listed_zh(HEADINGS[path].zh for path in missing)}；应写作“{title_of(missing[0])}”",
        )
    ]


def all_at_once(problems: Sequence[Words]) -> BadInput:
    """Return one error for all that is wrong with a file, so that it is corrected in one go."""
    return BadInput("; ".join(one.en for one in problems), "；".join(one.zh for one in problems))


def _message(groups: Sequence[str]) -> type[Message]:
    """The model of a plan, or of some of its groups."""
    if len(groups) == len(GROUPS):
        return Plan
    fields: dict[str, Any] = {
        group: (Plan.model_fields[group].annotation, Plan.model_fields[group]) for group in groups
    }
    return create_model("Plan", __base__=Message, **fields)


def _value(path: str, found: Found) -> Any:
    column = column_of(path)
    text = as_text(found.value)
    if not text.strip():
        if column.required:
            raise BadInput(_said(found, Words("nothing is written there", "没有内容")))
        return None
    if column.shape is Shape.TEXT and isinstance(found.value, str):
        return text
    try:
        return _read(column, found.value)
    except BadInput as error:
        raise BadInput(_said(found, error.words)) from None


def _read(column: Column, value: Cell) -> Any:
    """The value of a mechanism that is no free text; the items of a list may have dashes, as in Markdown."""
    if not isinstance(value, str):
        return read(column, value)
    if column.shape is Shape.SHARES and value.lstrip().startswith("[{"):
        return parsed(value, column.name)
    return read(column, _DASH.sub("", value.strip()))


def _reads_as(column: Column, text: str, value: Sequence[Any]) -> bool:
    try:
        return bool(_read(column, text) == list(value))
    except BadInput:
        return False


def _complaint(error: InvalidMessage, found: Mapping[str, Found]) -> Words:
    """What does not fit, each by its heading."""
    said = []
    for field, why in error.problems:
        path = ".".join(field.split(".")[:2])
        group = GROUPS.get(path)
        said.append(_said(found[path], why) if path in found else why.at(group) if group else why)
    return Words("; ".join(one.en for one in said), "；".join(one.zh for one in said))


def _said(found: Found, why: Words) -> Words:
    return why.at(Words(f"{found.where.en}, {found.heading}", f"{found.where.zh}“{found.heading}”"))


def _key(heading: str) -> str:
    return re.sub(r"[\s_]+", " ", heading).strip().casefold()


def _names(key: str, words: Words) -> Iterable[tuple[str, str]]:
    name = key.rpartition(".")[2]
    for said in (name, *words, f"{words.zh} {words.en}", f"{words.en} {words.zh}"):
        yield _key(said), key


_KNOWN = dict(pair for key, words in {**GROUPS, **HEADINGS}.items() for pair in _names(key, words))
