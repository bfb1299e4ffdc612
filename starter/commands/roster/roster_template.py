"""The template of a table of people for the roster: its columns, two examples, and what each column is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from starter.commands.importing.columns import Column, how
from starter.commands.message_shapes import Shape, shape_of
from starter.commands.roster.roster_file import COLUMNS, KEY
from starter.commands.table_template import (
    OF_A_COLUMN,
    TableTemplate,
    choices_of,
    remark,
    write_table_template,
)
from starter.tables.cell_values import Cell
from starter.terminal.language import say
from workflows.roster_entries import RosterEntry
from workflows.vocabulary import District, Role
from workflows.words import BilingualEnum, Words

_REQUIRED = Words("required", "必填")
_OPTIONAL = Words("optional", "选填")
_OF_ROLES = {"district": Role.DISTRICT, "platform_id": Role.OPERATOR}
"""Columns that belong to people of one role, and to nobody else (`workflows.roster_judge`)."""
_TODAY = Words("Empty: today.", "空则为当日。")
_HELP = {
    "first_day": _TODAY,
    KEY: Words(
        "The line of the person's .pub file, as `pingtai whoami` shows it; without, they cannot sign yet.",
        "本人 .pub 文件中的一行（`pingtai whoami` 所示）；未填的，尚不能签名。",
    ),
}
_WIDTHS = (28, 40, 60, 44)
_APPOINTMENT = Words("appointment.pdf", "任命通知.pdf")
_PUBLIC = Words.same("ssh-ed25519 AAAA…")


def _word(word: BilingualEnum) -> Words:
    return Words(str(word), word.zh)


_COMMISSION = Words("Science and Technology Commission", "市科委、中关村管委会")
_HAIDIAN = Words("Haidian science and technology office", "海淀区科技主管部门")
_EXAMPLES: tuple[dict[str, Words], ...] = (
    {
        "id": Words.same("kw-01"),
        "name": Words("Li", "李某"),
        "role": _word(Role.COMMISSION),
        "organisation": _COMMISSION,
        "first_day": Words.same("2026-12-01"),
        "appointed_by": _COMMISSION,
        "document": _APPOINTMENT,
        KEY: _PUBLIC,
    },
    {
        "id": Words.same("hd-01"),
        "name": Words("Wang", "王某"),
        "role": _word(Role.DISTRICT),
        "organisation": _HAIDIAN,
        "district": _word(District.HAIDIAN),
        "first_day": Words.same("2026-12-01"),
        "appointed_by": _HAIDIAN,
        "document": _APPOINTMENT,
        KEY: _PUBLIC,
    },
)


def write_template(target: Path) -> None:
    """Write a table to be filled in, in the form that its name says and in the language of the answers.

    Raises:
        BadInput: its name says no form, there is such a file, or it cannot be written.
    """
    columns = list(_columns())
    examples = [
        remark([say(example.get(column.name, Words.same(""))) for column in columns])
        for example in _EXAMPLES
    ]
    title = Words("people", "人员")
    write_table_template(
        target,
        TableTemplate(title, columns, _heading, _needed, examples, _explained(columns), _WIDTHS),
    )


def _columns() -> Iterator[Column]:
    """The columns of the table, as templates know them."""
    for name, label in COLUMNS.items():
        info = RosterEntry.model_fields.get(name)
        shape, words = shape_of(info) if info else (Shape.TEXT, ())
        yield Column(
            name,
            replace(label, help=_HELP.get(name, label.help)),
            Shape.DOCUMENTS if name == "document" else shape,
            required=bool(info and info.is_required()) and name not in _HELP,
            group="",
            vocabulary=words,
            longest=1 if name == "document" else None,
        )


def _heading(column: Column) -> str:
    return say(column.label.name)


def _needed(column: Column) -> Words:
    role = _OF_ROLES.get(column.name)
    if role is None:
        return _REQUIRED if column.required else _OPTIONAL
    called = COLUMNS["role"]
    return Words(
        f"required where {called.en} is “{role}”, else empty",
        f"{called.zh}为“{role.zh}”时必填，其他不填",
    )


def _explained(columns: list[Column]) -> Iterator[list[Cell]]:
    yield [say(one) for one in OF_A_COLUMN]
    for column in columns:
        yield [
            _heading(column),
            say(_needed(column)),
            say(how(column)),
            "\n".join(choices_of(column)),
        ]
