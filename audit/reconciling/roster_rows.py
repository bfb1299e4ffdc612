"""The register's rows of the roster against its log: people, keys and versions follow from that."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.roster_queries import roster_log_page
from db.roster_store import key_rows, people_rows, root_row
from db.roster_tables import roster_entries, roster_keys, roster_roots
from workflows.record import LogEntry
from workflows.roster_state import RosterState, moved, put_in_force
from workflows.words import Words, listed_zh

_AT_ONCE = 20


async def held_log(engine: AsyncEngine) -> list[LogEntry]:
    """Return the roster's log as the register has it."""
    log: list[LogEntry] = []
    while page := await roster_log_page(engine, log[-1].seq if log else 0, _AT_ONCE):
        log += page
    return log


async def row_faults(engine: AsyncEngine, log: Sequence[LogEntry]) -> list[Words]:
    """Say which rows are not what a log that holds leads to."""
    expected = _expected(log)
    faults: list[Words] = []
    async with engine.connect() as connection:
        for table in (roster_entries, roster_keys, roster_roots):
            (key,) = table.primary_key
            rows = await connection.execute(select(table))
            held = {row._mapping[key.name]: dict(row._mapping) for row in rows}
            faults += _differences(table.name, held, expected[table.name])
    return faults


def _expected(log: Sequence[LogEntry]) -> dict[str, dict[Any, dict[str, Any]]]:
    people: dict[Any, dict[str, Any]] = {}
    keys: dict[Any, dict[str, Any]] = {}
    roots: dict[Any, dict[str, Any]] = {}
    state = RosterState()
    for entry in log:
        made, state = put_in_force(state, entry), moved(state, entry)
        if made and state.root:
            entries = [item.entry for item in made]
            version = state.root.root.version
            people |= {row["id"]: row for row in people_rows(entries, version)}
            keys |= {row["public"]: row for row in key_rows(entries)}
            roots[version] = root_row(state.root, entry.seq)
    return {
        roster_entries.name: people,
        roster_keys.name: keys,
        roster_roots.name: roots,
    }


def _differences(
    table: str, held: dict[Any, dict[str, Any]], expected: dict[Any, dict[str, Any]]
) -> Iterator[Words]:
    for key in sorted({*held, *expected}, key=str):
        if held.get(key) == expected.get(key):
            continue
        if key not in held:
            en, zh = "is missing", "缺失"
        elif key not in expected:
            en, zh = "follows from no entry", "没有相应的记录"
        else:
            names = [n for n, value in expected[key].items() if held[key].get(n) != value]
            en, zh = f"differs: {', '.join(names)}", f"不同：{listed_zh(names)}"
        yield Words(f"{table} {key}: {en}", f"{table} {key}：{zh}")
