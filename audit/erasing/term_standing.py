"""How a term stands that is to be erased: looked up in the register, the archive and the keys' directory."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import PostgresArchive
from audit.erasing.retention import retention_years
from audit.histories import StoredHistory
from db.erased_entries import is_erased
from db.erasure_store import ErasureStore
from db.roster_queries import newest_root
from starter.encryption.key_inventory import inventory
from starter.encryption.term_keys import TermKeys
from workflows.contract import assessment_workflow_id
from workflows.erasure_decisions import ErasedTerm
from workflows.erasure_log import TermStanding
from workflows.periods import add_months, beijing_date
from workflows.record import LogEntry, find_chain_break

_OF_THE_SDK = {"core_patch": "patch-data", "core_local_activity": "data"}
"""What the SDK writes of `workflow.patched` and of a local activity, past the codec."""


async def standing_of(engine: AsyncEngine, keys: TermKeys | None, of: ErasedTerm) -> TermStanding:
    """Return how a term stands.

    Raises:
        BadInput: a setting cannot be used.
    """
    store = ErasureStore(engine)
    row = await store.term(of)
    root = await newest_root(engine)
    if row is None or not row.log_seq:
        return TermStanding(roster=root.root if root else None, keys=None if keys is None else 0)
    ended = row.ended_at
    return TermStanding(
        log_hash=row.log_hash,
        ended_at=ended,
        retained_until=_until(beijing_date(ended)) if ended else None,
        keys=await _count(keys, of),
        in_the_clear=await _in_the_clear(engine, of, row),
        broken=find_break(await store.logs(of)),
        erased=await store.is_erased(of),
        roster=root.root if root else None,
        log=tuple(await store.erasure(of)),
    )


def _until(ended: date) -> date:
    return add_months(ended, 12 * retention_years())


async def _count(keys: TermKeys | None, of: ErasedTerm) -> int | None:
    if keys is None:
        return None
    files = (await asyncio.to_thread(inventory, keys.directory)).get((of.platform_id, of.term))
    # The mark alone: an attempt before this one destroyed them, and was broken off.
    return len(files.masters) or int(files.erased) if files else 0


def find_break(logs: Mapping[tuple[int, int], Sequence[LogEntry]]) -> str | None:
    """Return the first break in the logs of a term; entries that were erased are held by their links alone."""
    for (year, opening), log in sorted(logs.items()):
        if not log or any(map(is_erased, log)):
            continue
        if found := find_chain_break(log, log[0].previous):
            return f"year {year}.{opening}: {found.en}" if year else found.en
    return None


async def _in_the_clear(engine: AsyncEngine, of: ErasedTerm, row: Any) -> int:
    """How many archived histories of a term say something in the clear."""
    found = 0
    async for history in PostgresArchive(engine, None).runs(of.platform_id):
        if _is_of(history, of, row):
            found += await asyncio.to_thread(says_something, history)
    return found


def _is_of(history: StoredHistory, of: ErasedTerm, row: Any) -> bool:
    if history.year:
        named = assessment_workflow_id(of.platform_id, of.term, history.year)
        return history.workflow_id == named
    began = (
        row.applied_at is None or history.closed_at is None or history.closed_at > row.applied_at
    )
    return began and (row.ended_at is None or history.started_at < row.ended_at)


def says_something(history: StoredHistory) -> bool:
    """Return whether a history says in the clear what people wrote."""
    return any(_clear(event) for event in history.stored["events"])


def _clear(value: Any) -> bool:
    """Whether a payload stands in the clear that may hold what people wrote.

    Search attributes always stand there, and name nobody; so do the SDK's own marks, which name code.
    """
    if isinstance(value, dict):
        if own := _OF_THE_SDK.get(str(value.get("markerName"))):
            value = value | {"details": {**value.get("details", {}), own: None}}
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and "encoding" in metadata:
            return "encryption-key-id" not in metadata and bool(value.get("data"))
        return any(_clear(one) for name, one in value.items() if name != "searchAttributes")
    return isinstance(value, list) and any(map(_clear, value))
