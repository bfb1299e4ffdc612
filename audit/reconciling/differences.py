"""How a row of the register differs from what it should be; in words that name it exactly."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Table

from db.count_comparison import WrongCount
from db.tables import (
    assessments,
    awaiting,
    findings,
    listings,
    log_entries,
    notices,
    plan_versions,
    platforms,
    support,
    terms,
)
from workflows.log_id import LogId
from workflows.model import Record
from workflows.words import Words

DERIVED: tuple[Table, ...] = (
    platforms,
    terms,
    plan_versions,
    assessments,
    findings,
    log_entries,
    listings,
    awaiting,
    support,
    notices,
)
"""The tables that follow from the logs."""

_NOT_COMPARED: Mapping[str, frozenset[str]] = {
    # What was known when it was written, and whether it went out: notified once, and not again.
    notices.name: frozenset(("number", "at", "content", "handed_out")),
    # In which order the register heard of it, for those who follow the feed; no log says so.
    log_entries.name: frozenset(("position",)),
}
_LETTERS = 80
_MAY_BE_MISSING = frozenset((notices.name,))
"""A register that is older than its notices never had them."""

Row = Mapping[str, Any]
Rows = Mapping[tuple[Any, ...], Row]


class What(StrEnum):
    """How a row differs."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    MOVED = "moved"


class Difference(Record):
    """A row of the register that is not what it should be."""

    table: str
    key: dict[str, Any]
    """The row's key, without the platform."""
    what: What
    columns: dict[str, tuple[Any, Any]] | None = None
    """Of a changed row: what the register has, and what it should have, by column; in JSON by path."""
    belongs: int | None = None
    """Of a log entry that was moved: where it belongs."""
    event: str | None = None
    """Where the histories have it: run and event."""

    @property
    def entry(self) -> str | None:
        """The name of the log entry; None for other rows."""
        if self.table != log_entries.name:
            return None
        key = self.key
        return LogId(key["term"], key["year"], key["opening"]).entry(key["seq"])


def compare(table: Table, register: Rows, expected: Rows) -> Iterator[Difference]:
    """The rows of a table that differ, by their keys."""
    moved = _moved(register, expected) if table is log_entries else {}
    for key in sorted({*register, *expected}, key=repr):
        named = {
            column.name: _plain(value)
            for column, value in zip(table.primary_key, key, strict=True)
            if column.name != "platform_id"
        }
        if key not in register:
            if must_be_there(table):
                yield Difference(table=table.name, key=named, what=What.MISSING)
        elif key not in expected:
            yield Difference(table=table.name, key=named, what=What.EXTRA)
        elif key in moved:
            yield Difference(table=table.name, key=named, what=What.MOVED, belongs=moved[key])
        else:
            columns = differing(table, register[key], expected[key])
            if columns:
                yield Difference(table=table.name, key=named, what=What.CHANGED, columns=columns)


def differing(table: Table, has: Row, should: Row) -> dict[str, tuple[Any, Any]]:
    """In which columns two rows of a table differ: what it has, and what it should have."""
    return dict(_columns(table, has, should))


def compared(table: Table, name: str) -> bool:
    """Whether a column follows from the log whenever it is written."""
    return name not in _NOT_COMPARED.get(table.name, frozenset())


def must_be_there(table: Table) -> bool:
    """Whether a row that is missing is a difference."""
    return table.name not in _MAY_BE_MISSING


def _columns(table: Table, register: Row, expected: Row) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for column in table.columns:
        name = column.name
        has, should = register[name], expected[name]
        if has == should or not compared(table, name):
            continue
        if name == "policy" and isinstance(has, dict):
            # A release that knew fewer fields wrote fewer; the rest are the defaults, which never change.
            should = {field: value for field, value in should.items() if field in has}
        yield from _parts(name, _plain(has), _plain(should))


def _parts(name: str, has: Any, should: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Where two values differ: of JSON the fields that do, by their paths."""
    if isinstance(has, dict) and isinstance(should, dict):
        for field in sorted({*has, *should}):
            one, other = has.get(field), should.get(field)
            if field in has and field in should:
                yield from _parts(f"{name}.{field}", one, other)
            else:
                yield f"{name}.{field}", (one, other)
    elif has != should:
        yield name, (has, should)


def _moved(register: Rows, expected: Rows) -> dict[tuple[Any, ...], int]:
    """Entries that stand whole in another entry's place of the same log, with the place they belong to."""
    belongs = {(*key[:-1], row["hash"]): key for key, row in expected.items()}
    found = {}
    for key, row in register.items():
        home = belongs.get((*key[:-1], row["hash"]))
        if home is not None and home != key and _says(row) == _says(expected[home]):
            found[key] = int(home[-1])
    return found


def _says(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("at", "name", "outcome", "said", "actor", "previous")}


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, str | int | bool | None | dict | list):
        return value
    if isinstance(value, Sequence):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def of_count(one: WrongCount) -> Difference:
    """Return a count that is not the number of its rows, as a difference."""
    columns = {one.column: (one.counted, one.rows)}
    return Difference(table=one.table, key=one.cell, what=What.CHANGED, columns=columns)


def difference_words(one: Difference) -> Words:
    """Return a difference in a sentence: the row, and how it differs."""
    match one.what:
        case What.MISSING:
            words = Words("missing in the register", "名册中缺失")
        case What.EXTRA:
            words = Words("in the register, and in no log", "名册中多出，没有依据")
        case What.MOVED:
            words = Words(f"holds the entry of {one.belongs}", f"所载为第 {one.belongs} 条的内容")
        case _:
            columns = [(n, _short(a), _short(b)) for n, (a, b) in (one.columns or {}).items()]
            words = Words(
                "; ".join(f"{name} is {has}, should be {should}" for name, has, should in columns),
                "；".join(f"{name} 为 {has}，应为 {should}" for name, has, should in columns),
            )
    row = one.entry or ", ".join(f"{name} {value}" for name, value in one.key.items())
    en, zh = (f" ({one.event})", f"（{one.event}）") if one.event else ("", "")
    row = f"{one.table} {row}".strip()
    return Words(f"{row}: {words.en}{en}", f"{row}：{words.zh}{zh}")


def _short(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= _LETTERS else f"{words[:_LETTERS]}…"
