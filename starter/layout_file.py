"""A layout from a file: CSV, XLSX or JSON. The whole file is checked, and each problem told with its line."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from pydantic import TypeAdapter, ValidationError

from db.programme_rows import Direction
from starter.bounds import check_workbook, check_zip
from starter.commands.given import read_bytes, read_text
from starter.csv_rows import csv_rows
from starter.errors import BadInput
from starter.language import say
from starter.strict_json import strict_loads
from workflows.model import Identifier, Name
from workflows.vocabulary import District, Field

MOST = 2_000
"""So many directions a layout has at most."""
LARGEST_BOOK = 20_000_000
"""No workbook of a layout is larger, unpacked (bytes)."""
HIGHEST = 999

_COLUMNS = {
    "field": ("field", "领域"),
    "direction": ("direction", "方向"),
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
        for number, (place, said) in enumerate(_lines(path), start=1):
            if number > MOST:
                self.problems.append(
                    say(f"{place}: more than {MOST:,} directions", f"{place}：超过 {MOST:,} 个方向")
                )
                break
            self._take(place, said)
        if not self.directions and not self.problems:
            self.problems.append(say(f"{path}: no directions in it", f"{path}：没有方向"))

    def _take(self, place: str, said: Mapping[str, Any]) -> None:
        before = len(self.problems)
        field = self._field(place, said)
        direction = _words(said.get("direction"))
        if _problem(_DIRECTION, direction):
            self._wrong(place, "direction", "1 to 200 characters", "应为 1 至 200 字")
        districts = self._districts(place, said)
        priority = _words(said.get("priority"))
        if not re.fullmatch(r"[1-9]\d{0,2}(\.0)?", priority):
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
                priority=int(float(priority)),
                districts=districts,
            )
        )

    def _field(self, place: str, said: Mapping[str, Any]) -> str:
        given = _words(said.get("field"))
        field = next((str(known) for known in Field if given in (known, known.zh)), given)
        if _problem(_FIELD, field):
            self._wrong(
                place,
                "field",
                f"one of {', '.join(Field)}",
                f"应为 {'、'.join(f.zh for f in Field)}",
            )
        elif field not in tuple(Field):
            self.remarks.append(
                say(
                    f"{place}: {field} is none of the guideline's fields: taken as one that a policy adds",
                    f"{place}：{field} 不在指引列举的领域之中，按政策增加的领域处理",
                )
            )
        return field

    def _districts(self, place: str, said: Mapping[str, Any]) -> tuple[str, ...]:
        given = said.get("districts")
        parts = given if isinstance(given, list) else _BETWEEN.split(_words(given))
        found: list[str] = []
        for part in (_words(part) for part in parts):
            if part.lower() in _ANY:
                continue
            known = next((str(d) for d in District if part in (d, d.zh)), None)
            if known is None:
                self._wrong(place, "districts", f"{part!r} is no district", f"没有 {part!r} 这个区")
            elif known not in found:
                found.append(known)
        return tuple(found)

    def _wrong(self, place: str, column: str, en: str, zh: str) -> None:
        self.problems.append(
            say(f"{place}, {column}: {en}", f"{place}，{_COLUMNS[column][1]}（{column}）：{zh}")
        )


def _problem(model: TypeAdapter[str], value: str) -> bool:
    try:
        model.validate_python(value)
    except ValidationError:
        return True
    return False


def _words(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _lines(path: str) -> Iterator[Line]:
    kind = Path(path).suffix.lower()
    if kind == ".json":
        yield from _json(path)
    elif kind == ".csv":
        yield from _table(path, csv_rows(read_text(path)))
    elif kind == ".xlsx":
        yield from _table(path, enumerate(_book(path), start=1))
    else:
        raise BadInput(
            f"{path}: a layout is a .json, .csv or .xlsx file",
            f"{path}：布局文件应为 .json、.csv 或 .xlsx",
        )


def _table(path: str, rows: Iterable[tuple[int, Iterable[Any]]]) -> Iterator[Line]:
    """Rows under a heading that names the columns, in English or Chinese and in any order."""
    columns: list[str | None] | None = None
    for number, row in rows:
        cells = [_words(cell) for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = [_column(cell) for cell in cells]
            missing = [name for name in ("field", "direction", "priority") if name not in columns]
            if missing:
                raise BadInput(
                    f"{path}, line {number}: the heading lacks {', '.join(missing)}",
                    f"{path} 第 {number} 行：表头缺少 "
                    + "、".join(f"{_COLUMNS[name][1]}（{name}）" for name in missing),
                )
            continue
        said = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
        yield say(f"line {number}", f"第 {number} 行"), said


def _column(heading: str) -> str | None:
    wanted = heading.lower()
    return next((name for name, known in _COLUMNS.items() if wanted in known), None)


def _json(path: str) -> Iterator[Line]:
    try:
        found = strict_loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON: {error}", f"{path} 不是 JSON：{error}") from None
    if not isinstance(found, list):
        raise BadInput(f"{path} is not a JSON list", f"{path} 不是 JSON 列表")
    for number, one in enumerate(found, start=1):
        place = say(f"item {number}", f"第 {number} 项")
        yield place, one if isinstance(one, dict) else {}


def _book(path: str) -> Iterator[tuple[Any, ...]]:
    try:
        content, _ = read_bytes(
            path, LARGEST_BOOK, ("no layout is that large", "超出布局文件的上限")
        )
        check_zip(content, unpacked=LARGEST_BOOK)
        check_workbook(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadInput(
            f"{path} cannot be read as XLSX: {error}", f"无法读取 XLSX 文件 {path}：{error}"
        ) from None
    try:
        page = book.worksheets[0]
        yield from page.iter_rows(max_row=MOST + 10, max_col=20, values_only=True)
    finally:
        book.close()
