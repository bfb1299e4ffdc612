"""People for the roster from a table: CSV or XLSX, a row for each, headings in English or Chinese."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from starter.commands.document_files import document_beside, folder_of
from starter.commands.word_choice import word
from starter.errors import BadInput
from starter.roster.roster_edits import key_line
from starter.tables.cell_values import as_text, day_of, text_of
from starter.tables.file_content import read_many
from starter.tables.headings import Headings, labelled
from starter.tables.table import BEYOND, Row, read_table
from starter.terminal.language import say
from starter.terminal.named_fields import NamedFields
from workflows.field_labels import Label, label_at
from workflows.model import InvalidMessage, parse
from workflows.roster_decisions import MOST_ITEMS
from workflows.roster_entries import RosterEntry, RosterKey
from workflows.vocabulary import District, Role
from workflows.words import Words, counted, listed, listed_zh

KEY = "public_key"
_NAMES = (
    "id",
    "name",
    "role",
    "organisation",
    "district",
    "credit_code",
    "platform_id",
    "first_day",
    "last_day",
    "appointed_by",
    "document",
)
COLUMNS: dict[str, Label] = {
    **{name: label_at(RosterEntry, name) or Label(name, name) for name in _NAMES},
    KEY: label_at(RosterKey, "public") or Label(KEY, KEY),
}
"""The columns, by their names."""
_ALSO = {"id": ("编号",), KEY: ("key", "密钥"), "platform_id": ("平台编号",)}
"""What people call columns besides."""
_DAYS = ("first_day", "last_day")
_SHOWN = 50
"""Lines that are named at most."""


def read_people(file: str, today: date) -> list[RosterEntry]:
    """Return the people in a file. Their keys are good from `today` on.

    Raises:
        BadInput: it cannot be read, or some rows do not hold; names each.
    """
    headings = Headings([*labelled(COLUMNS), *_ALSO.items()])
    table = headings.renamed(read_table(read_many(file)))
    unknown = [name for name in table.heading if name and name not in COLUMNS]
    if unknown:
        names = listed(unknown)
        raise BadInput(
            f"{file}: no such columns: {names.en}. Columns: {', '.join(COLUMNS)}",
            f"{file}：没有这些列：{names.zh}。可用的列：{listed_zh(one.zh for one in COLUMNS.values())}",
        )
    people: list[RosterEntry] = []
    wrong: list[Words] = []
    for row in table.rows:
        try:
            people.append(_person(row, folder_of(file), today))
        except (BadInput, InvalidMessage) as error:
            wrong.append(error.words.at(Words(f"line {row.number}", f"第 {row.number} 行")))
    if wrong:
        refused = BadInput(
            f"{file}: {counted(len(wrong), 'line does', 'lines do')} not hold; nothing was sent",
            f"{file}：有 {len(wrong)} 行不符合要求，未提交",
        )
        for words in wrong[:_SHOWN]:
            refused.add_note(say(words))
        raise refused
    if not people:
        raise BadInput(
            f"{file}: nobody stands in it; lines that begin with # are examples, and are passed over",
            f"{file}：没有人员；以 # 开头的行为示例，不予读取",
        )
    if len(people) > MOST_ITEMS:
        raise BadInput(
            f"{file}: {len(people)} people; 1 to {MOST_ITEMS:,} are added at once",
            f"{file}：共 {len(people)} 人；一次可登记 1 至 {MOST_ITEMS:,} 人",
        )
    return people


def person_of(said: Mapping[str, Any], today: date) -> RosterEntry:
    """Return the person that values say, by the names of columns.

    Raises:
        BadInput, InvalidMessage: they say none.
    """
    content = {name: value for name, value in said.items() if value is not None}
    key = content.pop(KEY, None)
    content.setdefault("first_day", str(today))
    if key:
        content["keys"] = [{"public": key_line(key), "first": str(today)}]
    try:
        return parse(RosterEntry, content, "roster")
    except InvalidMessage as error:
        raise NamedFields(error, RosterEntry) from None


def _person(row: Row, folder: Path | None, today: date) -> RosterEntry:
    if row.beyond:
        raise BadInput(BEYOND)
    said: dict[str, Any] = {}
    for name, cell in row.cells.items():
        if name in COLUMNS and as_text(cell).strip():
            said[name] = _value(name, cell, folder)
    return person_of(said, today)


def _value(name: str, cell: Any, folder: Path | None) -> Any:
    if name in _DAYS:
        return day_of(cell)
    text = text_of(cell)
    if name == "role":
        return word(Role, text, COLUMNS[name].name)
    if name == "district":
        return word(District, text, COLUMNS[name].name)
    if name == "document":
        return document_beside(text, folder)
    return text
