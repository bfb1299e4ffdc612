"""Writing the roster's log into the register, and what follows from it: people, keys, versions."""

from collections.abc import Iterable

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.projection import Row
from db.reading import log_entry
from db.register_errors import RosterConflict
from db.roster_tables import roster_entries, roster_keys, roster_log, roster_roots
from workflows.model import as_sent
from workflows.record import BEGINNING, LogEntry
from workflows.roster_batches import RosterBatch
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry
from workflows.roster_state import RosterState, moved, put_in_force
from workflows.roster_words import RosterStage
from workflows.signed_roots import SignedRoot
from workflows.ssh_signatures import read_public_key

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('pingtai roster'))")


async def write_roster(engine: AsyncEngine, batch: RosterBatch) -> None:
    """Write entries in one transaction; entries that were written before change nothing.

    Raises:
        RosterConflict: the register has another log, or lacks entries before these.
    """
    async with engine.begin() as connection:
        await connection.execute(_ONE_AT_A_TIME)
        await write_roster_on(connection, batch.entries)


async def write_roster_on(connection: AsyncConnection, entries: Iterable[LogEntry]) -> None:
    """Write entries on a connection whose transaction is open.

    Raises:
        RosterConflict: as `write_roster`; the transaction is to be rolled back.
    """
    state: RosterState | None = None
    for entry in entries:
        stored = await _hash_of(connection, entry.seq)
        before = BEGINNING if entry.seq == 1 else await _hash_of(connection, entry.seq - 1)
        if before != entry.previous:
            raise RosterConflict(entry.seq)
        if stored not in (None, entry.hash):
            await _write_at_another_moment(connection, entry)
        if stored:
            continue
        state = state or await _state(connection)
        await connection.execute(insert(roster_log).values(_log_row(entry)))
        made, state = put_in_force(state, entry), moved(state, entry)
        if made and state.root:
            await _write_people(connection, made, state.root.root.version)
            await connection.execute(insert(roster_roots).values(root_row(state.root, entry.seq)))


async def _write_at_another_moment(connection: AsyncConnection, entry: LogEntry) -> None:
    """Write an entry again that the workflow decided again after a reset: the same, at another moment.

    Raises:
        RosterConflict: something else was decided.
    """
    own = roster_log.c.seq == entry.seq
    row = (await connection.execute(select(roster_log).where(own))).one()
    free = {"at": entry.at, "previous": entry.previous, "hash": entry.hash}
    if log_entry(row).model_copy(update=free) != entry:
        raise RosterConflict(entry.seq)
    await connection.execute(update(roster_log).where(own).values(free))


async def _hash_of(connection: AsyncConnection, seq: int) -> str | None:
    query = select(roster_log.c.hash).where(roster_log.c.seq == seq)
    return (await connection.execute(query)).scalar_one_or_none()


async def _state(connection: AsyncConnection) -> RosterState:
    """What waits after the last version in force; the people of before are in their table."""
    newest = select(roster_roots.c.seq).order_by(roster_roots.c.version.desc()).limit(1)
    since = (await connection.execute(newest)).scalar_one_or_none()
    state = RosterState(stage=RosterStage.IN_FORCE if since else RosterStage.UNSET)
    query = select(roster_log).where(roster_log.c.seq > (since or 0)).order_by(roster_log.c.seq)
    for row in await connection.execute(query):
        state = moved(state, log_entry(row))
    return state


async def _write_people(
    connection: AsyncConnection, items: Iterable[RosterItem], version: int
) -> None:
    people = [item.entry for item in items]
    rows = (
        (roster_entries, people_rows(people, version)),
        (roster_keys, key_rows(people)),
    )
    for table, values in rows:
        new = insert(table)
        changed = {c.name: new.excluded[c.name] for c in table.columns if not c.primary_key}
        upsert = new.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
        for row in values:  # one by one: two changes of one person may be confirmed together
            await connection.execute(upsert, row)


def people_rows(people: Iterable[RosterEntry], version: int) -> list[Row]:
    """Return the rows of people whom a version puts in force."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "role": str(one.role),
            "organisation": one.organisation,
            "district": one.district and str(one.district),
            "platform_id": one.platform_id,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "entry": one.content(),
            "leaf": one.leaf().hex(),
            "version": version,
        }
        for one in people
    ]


def key_rows(people: Iterable[RosterEntry]) -> list[Row]:
    """Return the rows of the keys of people."""
    return [
        {
            "public": key.public,
            "fingerprint": read_public_key(key.public).fingerprint(),
            "person_id": one.id,
            "first": key.first,
            "last": key.last,
            "revoked": key.revoked,
        }
        for one in people
        for key in one.keys
    ]


def root_row(signed: SignedRoot, seq: int) -> Row:
    """Return the row of a version that an entry of the log puts in force."""
    return {
        "version": signed.root.version,
        "seq": seq,
        "digest": signed.root.digest(),
        "signed": as_sent(signed),
    }


def _log_row(entry: LogEntry) -> Row:
    row = entry.model_dump(mode="python", exclude={"reason"})
    return row | {
        "kind": str(entry.kind),
        "actor": as_sent(entry.actor) if entry.actor else None,
    }
