"""A layout (§四) from a file: CSV, XLSX or JSON. The whole file is checked; each problem names its line."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from activities.added_fields import AddedField
from db.programme_rows import Direction
from starter.errors import BadInput
from starter.tables.cell_values import number_of, text_of
from starter.tables.file_content import form_of, read_many
from starter.tables.json_items import json_items
from starter.tables.table import BEYOND, Table, read_table
from starter.terminal.language import say
from workflows.model import Identifier, Name
from workflows.name_comparison import seen
from workflows.vocabulary import District, Field
from workflows.words import listed, listed_zh

MOST = 2_000
"""Maximum directions of a layout."""
HIGHEST = 999

_COLUMNS = {
    "field": ("field", "领域"),
    "direction": ("direction", "方向", "布局方向"),
    "priority": ("priority", "优先级", "优先顺序"),
    "districts": ("districts", "district", "所在区", "布局区域"),
}
_ANY = ("", "any", "all", "全市", "不限")
_BETWEEN = re.compile(r"[;；,，、\s]+")
_FIELD: TypeAdapter[str] = TypeAdapter(Identifier)
_DIRECTION: TypeAdapter[str] = TypeAdapter(Name)

Line = tuple[str, Mapping[str, Any]]
"""Where something was said, in words, and what."""


class LayoutFile:
    """What a file says: its directions, or what is wrong with it; and what is only remarkable."""

    def __init__(self, path: str) -> None:
        """Read and check a file.

        Raises:
            BadInput: it cannot be read at all.
        """
        self.problems: list[str] = []
        self.remarks: list[str] = []
        self.directions: list[Direction] = []
        self._places: dict[tuple[str, str], str] = {}
        self._unread: dict[str, None] = {}
        self._called: dict[str, str] = {}
        """How the columns are called in the file."""
        for number, (place, said) in enumerate(_lines(path), start=1):
            if number > MOST:
                self.problems.append(
                    say(f"{place}: more than {MOST:,} directions", f"{place}：超过 {MOST:,} 个方向")
                )
                break
            self._take(place, self._named(place, said))
        if self._unread:
            names = listed(self._unread)
            self.remarks.append(say(f"not read: {names.en}", f"未读取的列：{names.zh}"))
        if not self.directions and not self.problems:
            self.problems.append(say(f"{path}: no directions in it", f"{path}：没有方向"))

    def _named(self, place: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """What was said, by our names of the columns."""
        known = [(name, cell) for heading, cell in said.items() if (name := _column(heading))]
        self._called |= {name: heading for heading in said if (name := _column(heading))}
        self._unread |= dict.fromkeys(heading for heading in said if not _column(heading))
        named = dict(known)
        if len(named) < len(known):
            raise BadInput(f"{place}: a column occurs twice", f"{place}：列名重复")
        return named

    def _take(self, place: str, said: Mapping[str, Any]) -> None:
        before = len(self.problems)
        texts = {
            name: self._text(place, said, name) for name in ("field", "direction", "districts")
        }
        if len(self.problems) > before:
            return
        field = self._field(place, texts["field"])
        direction = texts["direction"]
        if _problem(_DIRECTION, direction):
            self._wrong(place, "direction", "1 to 200 characters", "应为 1 至 200 字")
        districts = self._districts(place, texts["districts"])
        priority = _priority(said.get("priority"))
        if not 1 <= priority <= HIGHEST:
            self._wrong(
                place, "priority", f"a number from 1 to {HIGHEST}", f"应为 1 至 {HIGHEST} 的整数"
            )
        if len(self.problems) > before:
            return
        first = self._places.setdefault((field, direction), place)
        if first != place:
            self._wrong(place, "direction", f"said already: {first}", f"重复：已见于{first}")
            return
        self.directions.append(
            Direction(
                field=field,
                direction=direction,
                priority=priority,
                districts=districts,
            )
        )

    def _field(self, place: str, given: str) -> str:
        field = next((str(one) for one in (*Field, *AddedField) if given in (one, one.zh)), given)
        if _problem(_FIELD, field):
            self._wrong(
                place,
                "field",
                f"one of {', '.join(Field)}",
                f"应为 {listed_zh(f.zh for f in Field)}",
            )
        elif field not in tuple(Field):
            self.remarks.append(
                say(
                    f"{place}: {field} is none of the guideline's fields: taken as one that a policy adds",
                    f"{place}：{field} 不在指引列举的领域之中，按政策增加的领域处理",
                )
            )
        return field

    def _districts(self, place: str, given: str) -> tuple[str, ...]:
        found: list[str] = []
        for district in District:  # of two words in English
            given = re.sub(re.escape(district.words.en), district, given, flags=re.IGNORECASE)
        for part in _BETWEEN.split(given):
            if part.lower() in _ANY:
                continue
            known = next((str(d) for d in District if part in (d, d.zh)), None)
            if known is None:
                self._wrong(
                    place, "districts", f"{part!r} is not a district", f"没有“{part}”这个区"
                )
            elif known not in found:
                found.append(known)
        return tuple(found)

    def _text(self, place: str, said: Mapping[str, Any], column: str) -> str:
        given = said.get(column)
        if column == "districts" and isinstance(given, list):
            given = ";".join(one if isinstance(one, str) else str([one]) for one in given)
        try:
            return text_of(given)
        except BadInput as error:
            self._wrong(place, column, *error.words)
            return ""

    def _wrong(self, place: str, column: str, en: str, zh: str) -> None:
        heading = self._called.get(column) or say(column, _COLUMNS[column][1])
        self.problems.append(say(f"{place}, {heading}: {en}", f"{place}，{heading}：{zh}"))


def _problem(model: TypeAdapter[str], value: str) -> bool:
    try:
        model.validate_python(value)
    except ValidationError:
        return True
    return not seen(value)


def _priority(cell: Any) -> int:
    try:
        return number_of(cell)
    except BadInput:
        return 0


def _lines(path: str) -> Iterator[Line]:
    form = form_of(path)
    if form is None:
        raise BadInput(
            f"{path}: a layout is a .json, .csv or .xlsx file",
            f"{path}：布局文件应为 .json、.csv 或 .xlsx",
        )
    content = read_many(path)
    if form in ("csv", "xlsx"):
        yield from _table(path, read_table(content))
        return
    for number, _, item in json_items(content, form):
        if isinstance(item, BadInput):
            raise item
        yield say(f"item {number}", f"第 {number} 项"), item


def _table(path: str, table: Table) -> Iterator[Line]:
    """Rows under a heading that names the columns, in English or Chinese and in any order."""
    place = say(f"{path}, line {table.number}", f"{path} 第 {table.number} 行")
    names = {_column(heading) for heading in table.heading}
    missing = [name for name in ("field", "direction", "priority") if name not in names]
    if missing:
        raise BadInput(
            f"{place}: the heading lacks {', '.join(missing)}",
            f"{place}：表头缺少" + listed_zh(_COLUMNS[name][1] for name in missing),
        )
    if table.named_twice():
        raise BadInput(f"{place}: a column occurs twice", f"{place}：列名重复")
    for row in table.rows:
        where = say(f"line {row.number}", f"第 {row.number} 行")
        if row.beyond:
            raise BadInput(f"{where}: {BEYOND[0]}", f"{where}：{BEYOND[1]}")
        yield where, row.cells


def _column(heading: str) -> str | None:
    wanted = heading.lower()
    return next((name for name, known in _COLUMNS.items() if wanted in known), None)
