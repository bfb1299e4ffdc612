"""Reading the roster: its people, their proofs, its versions, its log."""

from collections.abc import Sequence
from typing import NamedTuple

from db.asyncpg_connections import Parameters, Row, Source, connections, where
from db.reading import LARGEST_PAGE, log_entry
from workflows.model import Record, parse, record_from
from workflows.record import LogEntry
from workflows.roster_entries import RosterEntry, RosterProof, prove_entry
from workflows.signed_roots import SignedRoot


class RosterPage(Record):
    """People of the roster, by their ids; `after` continues it."""

    people: tuple[RosterEntry, ...]
    after: str | None = None


async def newest_root(source: Source) -> SignedRoot | None:
    """Return the version in force; None where no roster is set up."""
    found = await roots_after(source, None, limit=1)
    return found[0] if found else None


async def roots_after(source: Source, version: int | None, limit: int = 50) -> list[SignedRoot]:
    """Return the versions after one, the oldest first; without one the newest."""
    async with connections(source).connect() as reading:
        if version is None:
            rows = await reading.fetch(_NEWEST, limit)
        else:
            rows = await reading.fetch(_AFTER, version, limit)
    return [_signed(row) for row in rows]


async def people_page(
    source: Source,
    *,
    role: str | None = None,
    district: str | None = None,
    platform_id: str | None = None,
    after: str = "",
    limit: int = LARGEST_PAGE,
) -> RosterPage:
    """Return people in force, by their ids."""
    part = Parameters()
    wanted = (
        ("id > {}", after),
        ("role = {}", role),
        ("district = {}", district),
        ("platform_id = {}", platform_id),
    )
    found = where([part(sql, value) for sql, value in wanted if value])
    page = part("ORDER BY id LIMIT {}", max(0, min(limit, LARGEST_PAGE)))
    query = part.query("SELECT id, entry FROM roster_entries", found, page)
    rows = await connections(source).fetch(query.sql, *query.values)
    people = tuple(_entry(row) for row in rows)
    return RosterPage(people=people, after=people[-1].id if len(people) == limit else None)


async def people_named(source: Source, ids: Sequence[str]) -> dict[str, RosterEntry]:
    """Return the entries in force of people, by their ids; who is not in the roster is left out."""
    async with connections(source).connect() as reading:
        rows = await reading.fetch(_NAMED, list(ids))
    return {row["id"]: _entry(row) for row in rows}


async def holders_of(source: Source, keys: Sequence[str]) -> dict[str, str]:
    """Return whose keys are in the roster: the ids of people by the keys' lines."""
    rows = await connections(source).fetch(_HOLDERS, list(keys))
    return {row["public"]: row["person_id"] for row in rows}


async def proof_of(source: Source, person: str) -> tuple[RosterProof, SignedRoot] | None:
    """Return the proof of a person under the version in force; None: there is none of them, or no roster."""
    async with connections(source).connect(snapshot=True) as reading:
        rows = await reading.fetch(_NEWEST, 1)
        leaves = {r["id"]: r["leaf"] for r in await reading.fetch(_LEAVES)} if rows else {}
        own = await reading.fetch(_NAMED, [person])
    if not rows or not own:
        return None
    entry = _entry(own[0])
    return prove_entry(entry, leaves), _signed(rows[0])


async def roster_log_page(source: Source, after: int = 0, limit: int = 20) -> list[LogEntry]:
    """Return entries of the roster's log after a number."""
    async with connections(source).connect() as reading:
        return [log_entry(row) for row in await reading.fetch(_LOG, after, limit)]


class RosterEnd(NamedTuple):
    """The last entry of the roster's log."""

    seq: int
    hash: str


async def roster_end(source: Source) -> RosterEnd | None:
    """Return the last entry of the roster's log; None where there is none."""
    async with connections(source).connect() as reading:
        rows = await reading.fetch(_END)
    return RosterEnd(rows[0]["seq"], rows[0]["hash"]) if rows else None


def _signed(row: Row) -> SignedRoot:
    return parse(SignedRoot, row["signed"])


def _entry(row: Row) -> RosterEntry:
    return record_from(RosterEntry, row["entry"])


_NEWEST = "SELECT signed FROM roster_roots ORDER BY version DESC LIMIT $1"
_AFTER = "SELECT signed FROM roster_roots WHERE version > $1 ORDER BY version LIMIT $2"
_NAMED = "SELECT id, entry FROM roster_entries WHERE id = ANY($1)"
_LEAVES = "SELECT id, leaf FROM roster_entries"
_LOG = "SELECT *, NULL AS reason FROM roster_log WHERE seq > $1 ORDER BY seq LIMIT $2"
_END = "SELECT seq, hash FROM roster_log ORDER BY seq DESC LIMIT 1"
_HOLDERS = "SELECT public, person_id FROM roster_keys WHERE public = ANY($1)"
