"""The columns of a table of applications: read off the message, so that none is forgotten.

A column is named as the field is, dotted where fields are nested. What repeats within a nested part is
counted from one: `brought_in.assessments.1.result` is the result of the first year.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from activities.added_fields import AddedField
from starter.commands.message_shapes import Shape, longest, shape_of
from starter.commands.notation_words import METAVARS
from workflows.application import PlatformApplication
from workflows.bringing_in import PastAssessment
from workflows.field_labels import Label, bare, label_at
from workflows.vocabulary import Field as TechnologyField
from workflows.vocabulary import Finding
from workflows.words import Words, listed_zh

YEARS = 10
"""Maximum years of assessments of an existing platform."""
LEFT_TO_US = (
    "term",
    "previous",
    "policy.decisions_name_case",
    "brought_in.case",
)
"""Fields of an application that are filled in when it is started."""
_SIGNED = frozenset(("signatures", "roster", "mandate"))
"""Fields, wherever they stand, that are filled in when somebody signs."""
_MADE = ("brought_in.decision_id",)
"""What a row need not say, for it is made of the rest."""
_ALSO_NEEDED = ("brought_in.documents",)
"""What a rule of the message asks for, and its type does not."""


@dataclass(frozen=True)
class Column:
    """A column: where its value goes, and what its cells hold."""

    name: str
    label: Label
    shape: Shape
    required: bool
    """Whether its cell is needed, where anything of its group is said."""
    group: str
    """The part of the message that may be left out as a whole; empty for the message itself."""
    vocabulary: tuple[StrEnum, ...] = ()
    is_open: bool = False
    """Whether other words than those of the vocabulary may stand there: a policy may add fields."""
    default: Any = None
    """What holds where the cell is empty."""
    longest: int | None = None
    """Maximum characters, or entries."""


def columns_of(application: type[BaseModel]) -> dict[str, Column]:
    """Return the columns of a message by their names, in its order."""
    made = (
        _column(application, info, name, group, required)
        for name, info, group, required in _fields(application, "", "")
    )
    return {column.name: column for column in made}


_Place = tuple[str, FieldInfo, str, bool]
"""A field's dotted name, the field, its group, and whether it is required."""


def _fields(model: type[BaseModel], prefix: str, group: str) -> Iterator[_Place]:
    for field, info in model.model_fields.items():
        if f"{prefix}{field}" not in LEFT_TO_US and field not in _SIGNED:
            yield from _inside(info, f"{prefix}{field}", group)


def _inside(info: FieldInfo, name: str, group: str) -> Iterator[_Place]:
    kind, inner = bare(info.annotation), get_args(bare(info.annotation))
    required = info.is_required() and type(None) not in get_args(info.annotation)
    part = group if required else name
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _fields(kind, f"{name}.", part)
    elif get_origin(kind) is dict and bare(inner[0]) is not str:
        for word in inner[0]:
            yield from _inside(FieldInfo.from_annotation(inner[1]), f"{name}.{word}", part)
    elif get_origin(kind) is tuple and inner[0] is PastAssessment:
        for year in range(1, YEARS + 1):
            part = f"{name}.{year}"
            within = _fields(PastAssessment, f"{part}.", part)
            yield from (place for place in within if place[0] != f"{part}.year")
    elif not (
        get_origin(kind) is Literal and len(inner) == 1
    ):  # that says nothing: it is filled in
        yield name, info, group, required


def _column(
    model: type[BaseModel], info: FieldInfo, name: str, group: str, required: bool
) -> Column:
    shape, vocabulary = shape_of(info)
    is_open = name in ("field", "policy.fields")
    if is_open:
        shape = Shape.WORD if name == "field" else Shape.WORDS
        vocabulary = (*TechnologyField, *AddedField)
    return Column(
        name,
        label_at(model, name, first=1) or Label(name, name),
        shape,
        (required or name in _ALSO_NEEDED) and name not in _MADE,
        group,
        vocabulary,
        is_open,
        None if info.default in (PydanticUndefined, None, ()) else info.default,
        longest(info),
    )


COLUMNS = columns_of(PlatformApplication)
"""All columns."""


def lacking(message: Any) -> Iterator[Column]:
    """The columns whose values a message (plain data) lacks, though they are needed."""
    for column in COLUMNS.values():
        needed = column.required and (not column.group or at(message, column.group) is not None)
        if needed and at(message, column.name) in (None, ""):
            yield column


def at(message: Any, name: str) -> Any:
    """What stands in a message (plain data) where a column's value goes; None when nothing does."""
    for part in name.split("."):
        if isinstance(message, list) and part.isdecimal():
            index = int(part) - 1
            message = message[index] if index < len(message) else None
        elif isinstance(message, dict):
            message = message.get(part)
        else:
            return None
    return message


def column_of(field: str) -> str:
    """The column in which a field of the message stands; the field itself where there is none."""
    parts = _counted(field, 1)
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        if name in COLUMNS:
            return name
    return field


def field_of(column: str) -> str:
    """The field of the message for which a column stands: JSON counts from zero."""
    return ".".join(_counted(column, -1))


def _counted(name: str, more: int) -> list[str]:
    parts = name.split(".")
    if parts[:2] == ["brought_in", "assessments"] and len(parts) > 2 and parts[2].isdecimal():
        parts[2] = str(int(parts[2]) + more)
    return parts


_TEXTS = Words("texts, separated by ;", "文字，可多项，以 ; 分隔")
_FEW = 8
"""Words that a cell may hold, up to which they are listed."""
NONE = Words("", "")
_HOW: Mapping[Shape, Words] = {
    Shape.ID: Words(
        "letters, digits, dots, dashes, underscores; 64 at most",
        "字母、数字、点、横线、下划线，最多 64 个",
    ),
    Shape.OFFICIAL_NUMBER: Words(
        "Chinese characters, letters, digits, 〔〕, dots, dashes, underscores; 64 at most: 2026年第2批",
        "汉字、字母、数字、〔〕、点、横线、下划线，最多 64 个：2026年第2批",
    ),
    Shape.DAY: Words("a day: 2026-11-24", "日期：2026-11-24"),
    Shape.NUMBER: Words("a whole number", "整数"),
    Shape.DECIMAL: Words("a number", "数字"),
    Shape.YES_OR_NO: Words("yes or no", "是或否"),
    Shape.NUMBERS: Words("whole numbers, separated by ;", "整数，以 ; 分隔"),
    Shape.WORD: Words("one of the words", "从所列词语中选一"),
    Shape.WORDS: Words("of the words, separated by ;", "所列词语，可多项，以 ; 分隔"),
    Shape.CATALOGUE: Words(
        "ID=NAME(UNIT)@GROUP, separated by ;", "编号=名称（单位）@指标组，可多项，以 ; 分隔"
    ),
    Shape.TARGETS: Words("ID YEAR=NUMBER, separated by ;", "指标编号 年度=数值，可多项，以 ; 分隔"),
    Shape.SHARES: Words(
        "SOURCE=SHARE in percent, separated by ;", "来源=份额（百分数），以 ; 分隔"
    ),
}


def how(column: Column) -> Words:
    """How a cell of a column is written, and what belongs in it."""
    most = column.longest or 0
    match column.shape:
        case Shape.DOCUMENTS if most == 1:
            words = Words(
                "FILE or FILE=TITLE, of a file in the table's folder; or TITLE=SHA256",
                "表格所在文件夹中的 文件 或 文件=名称，或 名称=SHA256",
            )
        case Shape.DOCUMENTS:
            words = Words(
                f"FILE or FILE=TITLE, of files in the table's folder; or TITLE=SHA256; separated by ;"
                f" ({most} at most)",
                f"表格所在文件夹中的 文件 或 文件=名称，或 名称=SHA256，以 ; 分隔（最多 {most} 份）",
            )
        case Shape.TEXT if most:
            words = Words(f"text, {most:,} characters at most", f"文字，最多 {most:,} 字")
        case Shape.TEXT_BY_WORD | Shape.TEXT:
            words = Words("text", "文字")
        case Shape.FINDING_BY_WORD | Shape.SCORE_BY_WORD:
            score = Words("[@SCORE]", "[@评分]") if column.shape is Shape.SCORE_BY_WORD else NONE
            words = Words(
                f"FINDING[:REMARK]{score.en}. FINDING: {', '.join(Finding)}",
                f"意见[:说明]{score.zh}。意见：{listed_zh(one.zh for one in Finding)}",
            )
        case Shape.WORD if 0 < len(column.vocabulary) <= _FEW:
            words = Words(
                f"one of: {', '.join(column.vocabulary)}",
                " / ".join(getattr(one, "zh", "") or str(one) for one in column.vocabulary),
            )
        case shape if shape not in _HOW and shape in METAVARS:
            en, zh = METAVARS[shape]
            several = Words("; several are separated by ;", "，可多项，以 ; 分隔")
            words = Words(en + several.en, zh + several.zh) if shape.listed else Words(en, zh)
        case _:
            words = _HOW.get(column.shape, _TEXTS)
    if column.label.how and column.shape is Shape.TEXTS:
        written = column.label.how
        words = Words(f"{written.en}, separated by ;", f"{written.zh}，可多项，以 ; 分隔")
    if column.label.help is None:
        return words
    return Words(f"{words.en}. {column.label.help.en}", f"{words.zh}。{column.label.help.zh}")
