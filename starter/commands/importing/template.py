"""The template for people who work with spreadsheets: columns, remarks that explain them, examples."""

from collections.abc import Iterator
from pathlib import Path

from starter.commands.importing.application_cells import cell_of
from starter.commands.importing.columns import COLUMNS, YEARS, Column, how
from starter.commands.importing.example import EXAMPLES
from starter.commands.message_shapes import Shape
from starter.commands.new_file import write_new
from starter.errors import BadInput
from starter.tables.cell_values import Cell
from starter.tables.csv_rows import csv_of
from starter.tables.workbook import TEXT, workbook
from starter.terminal.screen import show
from workflows.words import Words

_YEARS_SHOWN = 3
_FORMATS = {Shape.DAY: "yyyy-mm-dd", Shape.NUMBER: "General", Shape.DECIMAL: "General"}
"""All others are text: a spreadsheet would take 2024-2 for a date, and 00096 for 96."""
_WIDTHS = (44, 36, 36, 20, 40, 40, 60)


def write_template(target: Path) -> None:
    """Write a template, in the form that its name says, and say so. A file that is there is kept.

    Raises:
        BadInput: the name says no form, there is such a file, or it cannot be written.
    """
    suffix = target.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise BadInput(
            f"{target}: a template is a .xlsx or a .csv file", f"{target}：模板应为 .xlsx 或 .csv"
        )
    content = csv_of(_rows()).encode("utf-8") if suffix == ".csv" else _book()
    write_new(target, content)
    show(
        Words(
            f"{target}: write over the two examples, then: pingtai import {target} --check",
            f"{target}：请改写其中两个示例，再运行 pingtai import {target} --check",
        )
    )


def shown() -> list[Column]:
    """The columns of the template: those that are usually needed; the others may be added."""
    return [column for column in COLUMNS.values() if _usual(column.name)]


def _usual(name: str) -> bool:
    return (
        not name.startswith("policy.")
        and ".acting_for." not in name
        and _year(name) <= _YEARS_SHOWN
    )


def _year(name: str) -> int:
    parts = name.split(".")
    return int(parts[2]) if parts[:2] == ["brought_in", "assessments"] else 0


def _rows() -> Iterator[list[Cell]]:
    columns = shown()
    yield [column.name for column in columns]
    yield _remark([" ".join(reversed(column.label.words)) for column in columns])
    yield _remark([_needed(column) for column in columns])
    yield _remark([" ".join(reversed(how(column))) for column in columns])
    for example in EXAMPLES:
        yield [cell_of(column, example, chinese=True) for column in columns]


def _remark(cells: list[str]) -> list[Cell]:
    """A row that is passed over on reading."""
    return [f"# {cells[0]}", *cells[1:]]


def _needed(column: Column) -> str:
    if not column.required:
        return "选填 optional"
    if not column.group:
        return "必填 required"
    return f"填写 {column.group} 时必填 required with {column.group}"


def _book() -> bytes:
    columns = shown()
    choices = {
        place: [getattr(word, "zh", str(word)) for word in column.vocabulary]
        for place, column in enumerate(columns, 1)
        if column.shape is Shape.WORD and not column.is_open
    }
    return workbook(
        [
            ("applications 申请", list(_rows()), [28] * len(columns)),
            ("columns 列说明", list(_explained()), _WIDTHS),
        ],
        choices,
        [_FORMATS.get(column.shape, TEXT) for column in columns],
    )


def _explained() -> Iterator[list[Cell]]:
    yield [
        "column 列名",
        "名称",
        "what it is",
        "必填 required",
        "怎样填写",
        "how it is written",
        "词语 words（英文或中文均可 either language）",
    ]
    for column in COLUMNS.values():
        if _year(column.name) > _YEARS_SHOWN:
            continue
        en, zh = column.label.words
        how_en, how_zh = how(column)
        needed = "否 no"
        if column.required:
            needed = f"填写 {column.group} 时 with {column.group}" if column.group else "是 yes"
        words = "\n".join(f"{word} {getattr(word, 'zh', '')}" for word in column.vocabulary)
        default = _default(column)
        yield [
            column.name,
            zh,
            en,
            needed,
            how_zh + (f"；空则为 {default}" if default else ""),
            how_en + (f"; empty: {default}" if default else ""),
            words,
        ]
    yield [
        "#",
        f"考核最多可列 {YEARS} 年（brought_in.assessments.{YEARS}.…）。模板未列出的列可自行加在表头。"
        "以 # 开头的行不读取。证明文件放在表格所在的文件夹中，单元格写文件名即可，导入时计算 SHA256；"
        "文件本身不上传。",
        f"Assessments may go up to year {YEARS}. Columns that the template does not show may be added to"
        " the heading. Rows that begin with # are passed over. Put documents into the folder of the table and"
        " write their file names: the import computes the SHA-256. The files themselves are not sent.",
    ]


def _default(column: Column) -> str:
    if column.default is None:
        return ""
    given = column.default
    return "; ".join(str(one) for one in given) if isinstance(given, tuple) else str(given)
