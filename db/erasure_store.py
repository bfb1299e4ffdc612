"""Erasing a term in the register, and writing the log of its erasure.

Which columns hold what people wrote is not listed: of every table with a platform and a term each text and
each JSON is erased, unless it is a word of the vocabulary, part of the key, or named here with its reason.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Column, Table, and_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import audit_tables, intake_tables, plaque_tables, roster_tables  # noqa: F401 - of the same metadata
from db.erased_entries import ERASED, Remains, erase_texts, erased_said, remains_of
from db.erasure_tables import erasure_log
from db.reading import log_entry
from db.register_errors import ErasureConflict
from db.tables import deliveries, log_entries, metadata, notices, terms
from db.text import Json, SafeText
from workflows.erasure_decisions import ErasedTerm, ErasureOutcome
from workflows.model import as_sent
from workflows.record import BEGINNING, LogEntry

PUBLIC = {
    "platforms": "what the commission published of organisations: it names no person",
    "erasure_log": "who erased, and why",
}
"""Tables with a platform and a term that are left as they are."""
NOT_OF_A_TERM = {
    "access_log": "who looked: of auditors, not of the term",
    "archived_histories": "encrypted; what is in the clear is not erased, and refused before",
    "certificate_numbers": "published",
    "counted_platforms": "as what a platform is counted; follows from what is public of it",
    "roster_entries": "the roster's own people",
}
"""Tables with a platform and no term that are left as they are."""
BY_MOMENT = {"plaque_entries": "recorded_at"}
"""Tables with a platform and no term whose rows belong to the term in which they were made."""
PUBLISHED = ("list_number", "certificate_number", "workflow_id")
"""Columns that stay wherever they are: published numbers, and ids that hold the platform's alone."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('pingtai erasure'))")
_NO_LIMIT = text("SET LOCAL statement_timeout = 0")


def tables_of_terms() -> list[Table]:
    """Return all tables whose rows belong to a term, but those that are left as they are."""
    wanted = {"platform_id", "term"}
    return [
        one
        for one in metadata.sorted_tables
        if wanted <= set(one.columns.keys()) and one.name not in PUBLIC
    ]


def written_by_people(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that may hold what people wrote."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, SafeText | Json | ARRAY)
        and not column.primary_key
        and column.name not in PUBLISHED
    ]


class ErasureStore:
    """Erasures in the register."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def term(self, of: ErasedTerm) -> Any:
        """Return the row of a term; None: there is none."""
        async with self._engine.connect() as connection:
            return await _term(connection, of)

    async def logs(self, of: ErasedTerm) -> dict[tuple[int, int], list[LogEntry]]:
        """Return all logs of a term, by year and opening."""
        async with self._engine.connect() as connection:
            return await _logs(connection, of)

    async def is_erased(self, of: ErasedTerm) -> bool:
        """Return whether a term was erased."""
        return any(one.outcome == ErasureOutcome.ERASED for one in await self.erasure(of))

    async def erasure(self, of: ErasedTerm) -> list[LogEntry]:
        """Return the log of a term's erasure; empty where nobody asked for one."""
        c = erasure_log.c
        query = select(erasure_log).where(c.platform_id == of.platform_id, c.term == of.term)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.order_by(c.seq))).mappings()
            return [log_entry(dict(row) | {"reason": None}) for row in rows]

    async def erasures(self) -> dict[ErasedTerm, LogEntry]:
        """Return the last entry of each erasure, by its term."""
        c = erasure_log.c
        query = select(erasure_log).order_by(c.platform_id, c.term, c.seq)
        found: dict[tuple[str, int], LogEntry] = {}
        async with self._engine.connect() as connection:
            for row in (await connection.execute(query)).mappings():
                entry = log_entry(dict(row) | {"reason": None})
                found[row["platform_id"], row["term"]] = entry
        return {ErasedTerm(platform_id=p, term=t): entry for (p, t), entry in found.items()}

    async def write(self, of: ErasedTerm, entries: Iterable[LogEntry]) -> None:
        """Write entries of an erasure's log; those written before change nothing.

        Raises:
            ErasureConflict: the register has another log of it.
        """
        async with self._engine.begin() as connection:
            await connection.execute(_LOCK)
            for entry in entries:
                stored = await _hash_of(connection, of, entry.seq)
                before = BEGINNING
                if entry.seq > 1:
                    before = await _hash_of(connection, of, entry.seq - 1) or ""
                if stored not in (None, entry.hash) or before != entry.previous:
                    raise ErasureConflict(entry.seq)
                if stored is None:
                    await connection.execute(insert(erasure_log).values(_row(of, entry)))

    async def erase(self, of: ErasedTerm) -> tuple[list[Remains], dict[str, int]]:
        """Erase in one transaction what people wrote of a term; returns what remains, and rows by table.

        Done again it changes nothing, and returns the same remains.
        """
        async with self._engine.begin() as connection:
            await connection.execute(_LOCK)
            await connection.execute(_NO_LIMIT)
            return await _erase(connection, of)

    async def preview(self, of: ErasedTerm) -> dict[str, int]:
        """Return how many rows an erasure would change, by table; nothing is changed."""
        async with self._engine.connect() as connection, connection.begin() as transaction:
            rows = (await _erase(connection, of))[1]
            await transaction.rollback()
        return rows


async def _erase(
    connection: AsyncConnection, of: ErasedTerm
) -> tuple[list[Remains], dict[str, int]]:
    term = await _term(connection, of)
    # Published numbers stay in the log, too: what the register shows of listings follows from it.
    named = (
        (of.platform_id, term.list_number, term.certificate_number) if term else (of.platform_id,)
    )
    known = frozenset(one for one in named if one)
    changed: dict[str, int] = {}
    kept = await _erase_log(connection, of, known)
    changed[log_entries.name] = kept
    for table in tables_of_terms():
        if table is not log_entries:
            where = and_(table.c.platform_id == of.platform_id, table.c.term == of.term)
            changed[table.name] = await _erase_rows(connection, table, where, known)
    ended = term.ended_at if term else None
    # Of a term that is open, which no erasure but a preview meets, no row is known to be its own.
    for name, moment in BY_MOMENT.items() if ended else ():
        table = metadata.tables[name]
        where = and_(table.c.platform_id == of.platform_id, table.c[moment] <= ended)
        changed[name] = await _erase_rows(connection, table, where, known)
    # What a failed delivery said of its notice may quote it.
    own_notices = select(notices.c.id).where(
        notices.c.platform_id == of.platform_id, notices.c.term == of.term
    )
    failed = update(deliveries).where(
        deliveries.c.notice_id.in_(own_notices), deliveries.c.last_error.is_not(None)
    )
    done = await connection.execute(failed.values(last_error=None))
    changed[deliveries.name] = done.rowcount
    remains = [
        remains_of(year, opening, entry)
        for (year, opening), log in (await _logs(connection, of)).items()
        for entry in log
    ]
    return remains, {name: number for name, number in changed.items() if number}


async def _term(connection: AsyncConnection, of: ErasedTerm) -> Any:
    c = terms.c
    query = select(terms).where(c.platform_id == of.platform_id, c.term == of.term)
    return (await connection.execute(query)).first()


async def _erase_log(connection: AsyncConnection, of: ErasedTerm, known: frozenset[str]) -> int:
    """Erase entries of logs, of which more remains than of other rows."""
    changed = 0
    for (year, opening), log in (await _logs(connection, of)).items():
        for entry in log:
            said = erased_said(entry, known)
            if said == entry.said:
                continue
            actor = erase_texts(as_sent(entry.actor), known) if entry.actor else None
            values = {
                "said": said,
                "actor": actor,
                "actor_id": ERASED if actor else None,
                "decision_id": ERASED if entry.decision_id else None,
                "reason": ERASED if entry.reason else None,
            }
            await connection.execute(
                update(log_entries).where(_entry(of, year, opening, entry)).values(values)
            )
            changed += 1
    return changed


def _entry(of: ErasedTerm, year: int, opening: int, entry: LogEntry) -> Any:
    c = log_entries.c
    return and_(
        c.platform_id == of.platform_id,
        c.term == of.term,
        c.year == year,
        c.opening == opening,
        c.seq == entry.seq,
    )


async def _erase_rows(
    connection: AsyncConnection, table: Table, where: Any, known: frozenset[str]
) -> int:
    """Erase the texts of rows, as their columns say."""
    columns = written_by_people(table)
    if not columns:
        return 0
    keys = list(table.primary_key.columns)
    changed = 0
    for row in (await connection.execute(select(*keys, *columns).where(where))).mappings().all():
        values = {
            column.name: erased
            for column in columns
            if (erased := erase_texts(row[column.name], known)) != row[column.name]
        }
        if values:
            own = and_(*(key == row[key.name] for key in keys))
            await connection.execute(update(table).where(own).values(values))
            changed += 1
    return changed


async def _logs(
    connection: AsyncConnection, of: ErasedTerm
) -> dict[tuple[int, int], list[LogEntry]]:
    c = log_entries.c
    query = select(log_entries).where(c.platform_id == of.platform_id, c.term == of.term)
    found: dict[tuple[int, int], list[LogEntry]] = {}
    for row in await connection.execute(query.order_by(c.year, c.opening, c.seq)):
        found.setdefault((row.year, row.opening), []).append(log_entry(row))
    return found


async def _hash_of(connection: AsyncConnection, of: ErasedTerm, seq: int) -> str | None:
    c = erasure_log.c
    own = (c.platform_id == of.platform_id, c.term == of.term, c.seq == seq)
    return (await connection.execute(select(c.hash).where(*own))).scalar_one_or_none()


def _row(of: ErasedTerm, entry: LogEntry) -> dict[str, Any]:
    row = entry.model_dump(mode="python", exclude={"reason"})
    return row | {
        "platform_id": of.platform_id,
        "term": of.term,
        "kind": str(entry.kind),
        "actor": as_sent(entry.actor) if entry.actor else None,
    }
