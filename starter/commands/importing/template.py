"""The template of a table of applications: its columns, two examples, and what each column is."""

from collections.abc import Iterator
from pathlib import Path

from starter.commands.importing.application_cells import cell_of
from starter.commands.importing.application_files import HEADINGS
from starter.commands.importing.columns import COLUMNS, YEARS, Column, how
from starter.commands.importing.example import EXAMPLES
from starter.commands.table_template import (
    OF_A_COLUMN,
    TableTemplate,
    choices_of,
    write_table_template,
)
from starter.tables.cell_values import Cell
from starter.terminal.language import language, say
from starter.terminal.screen import show
from workflows.application import PlatformApplication
from workflows.field_labels import label_at
from workflows.words import Words

_YEARS_SHOWN = 3
_WIDTHS = (44, 20, 48, 60, 44)


def write_template(target: Path) -> None:
    """Write a template, in the form that its name says, and say so. A file that is there is kept.

    Raises:
        BadInput: the name says no form, there is such a file, or it cannot be written.
    """
    columns, chinese = shown(), language() == "zh"
    examples = [
        [cell_of(column, example, chinese=chinese) for column in columns] for example in EXAMPLES
    ]
    title = Words("applications", "申请")
    write_table_template(
        target,
        TableTemplate(title, columns, heading_of, needed, examples, _explained(), _WIDTHS),
    )
    show(
        Words(
            f"{target}: write over the two examples, then: pingtai import {target} --check",
            f"{target}：请改写其中两个示例，再运行 pingtai import {target} --check",
        )
    )


def shown() -> list[Column]:
    """The columns of the template: those that are usually needed; the others may be added."""
    return [column for column in COLUMNS.values() if _usual(column.name)]


def heading_of(column: Column) -> str:
    """Return what a column is called in the language of the answers."""
    return HEADINGS.heading_of(column.name, column.label)


def needed(column: Column) -> Words:
    """Return whether a cell of a column is needed, in words."""
    if not column.required:
        return Words("optional", "选填")
    group = label_at(PlatformApplication, column.group, first=1) if column.group else None
    if group is None:
        return Words("required", "必填")
    return Words(f"required with “{group.en}”", f"填写“{group.zh}”时必填")


def _usual(name: str) -> bool:
    return (
        not name.startswith("policy.")
        and ".acting_for." not in name
        and _year(name) <= _YEARS_SHOWN
    )


def _year(name: str) -> int:
    parts = name.split(".")
    return int(parts[2]) if parts[:2] == ["brought_in", "assessments"] else 0


def _explained() -> Iterator[list[Cell]]:
    yield [
        say(one)
        for one in (
            *OF_A_COLUMN,
            Words("name of the field, in JSON", "字段名（JSON 文件用）"),
        )
    ]
    for column in COLUMNS.values():
        if _year(column.name) > _YEARS_SHOWN:
            continue
        default = _default(column)
        empty = say(Words(f"; empty: {default}", f"；空则为{default}")) if default else ""
        yield [
            heading_of(column),
            say(needed(column)),
            say(how(column)) + empty,
            "\n".join(choices_of(column)),
            column.name,
        ]
    years = label_at(PlatformApplication, f"brought_in.assessments.{YEARS - 1}")
    last = years.name if years else Words.same(str(YEARS))
    yield [
        "#",
        "",
        say(
            Words(
                f"Assessments may go up to “{last.en}”. Columns that the template does not show may be added"
                " to the heading. Rows that begin with # are passed over. Put documents into the folder of"
                " the table and write their file names: the import computes the SHA-256. The files themselves"
                " are not sent.",
                f"考核最多可填至“{last.zh}”。模板未列出的列可自行加在表头。"
                "以 # 开头的行不读取。证明文件放在表格所在的文件夹中，单元格写文件名即可，导入时计算 SHA256；"
                "文件本身不上传。",
            )
        ),
    ]


def _default(column: Column) -> str:
    if column.default is None:
        return ""
    if isinstance(column.default, bool):
        return say(Words("yes", "是") if column.default else Words("no", "否"))
    given = column.default if isinstance(column.default, tuple) else (column.default,)
    chinese = language() == "zh"
    return "; ".join((getattr(one, "zh", "") if chinese else "") or str(one) for one in given)
