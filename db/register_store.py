"""Writing batches of cases into the register, in any order and as often as they come."""

import asyncio
import logging

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.awaited_rows import OF_PLATFORM, WRITE_AWAITING
from db.certificate_claims import WRITE_NUMBERS, claim_number, number_rows
from db.conflicts import NOTE_CONFLICT, conflict_row, is_second_life
from db.derived_rows import derivations, log_key
from db.direct_writes import DirectConnection, begin_direct
from db.erasure_tables import erasure_log
from db.notice_queries import WRITE_NOTICES, notice_rows
from db.open_cases import open_cases
from db.projection import (
    assessment_row,
    log_rows,
    plan_rows,
    platform_row,
    support_rows,
    term_row,
    year_of,
)
from db.queries import RegisterQueries
from db.register_errors import RegisterConflict, RosterConflict
from db.retimed_log import replace_retimed_log
from db.roster_queries import newest_root, roots_after, roster_log_page
from db.roster_store import write_roster
from db.statements import (
    WRITE_ASSESSMENT,
    WRITE_LOG,
    WRITE_PLANS,
    WRITE_SUPPORT,
    WRITE_TERM,
    fill_late_fields,
    parameters,
)
from db.tables import assessments, platforms, terms
from workflows.activity_messages import CaseLog, LogRequest, NumberClaim, RegisterBatch
from workflows.erasure_decisions import ErasureOutcome
from workflows.known_roster import RosterVersions
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.recovering import log_to_recover
from workflows.roster_batches import CarriedRoster, RosterBatch
from workflows.roster_log import RosterLog
from workflows.signed_roots import MOST_ROOTS

_log = logging.getLogger(__name__)
_LOG_PAGE = 20
Open = AsyncConnection | DirectConnection
"""A connection whose transaction is open."""


class PostgresRegister:
    """The register that activities write to (`activities.register_activities.Register`)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def write(self, batch: RegisterBatch) -> None:
        """Write a batch in one transaction; a batch written before changes nothing.

        Batches may overlap, repeat, and come in any order: a row shows the state after the latest
        entry that has come. The driver executes it by itself (`db.direct_writes`).

        Raises:
            RegisterConflict: another history has written entries of this log; nothing was written.
            sqlalchemy.exc.DBAPIError, OSError, TimeoutError: the database is away; try again later.
        """
        try:
            async with begin_direct(self._engine) as connection:
                await write_on(connection, batch)
        except RegisterConflict as conflict:
            async with self._engine.begin() as connection:
                if await replace_retimed_log(connection, batch):
                    _log.warning("%s: its log was sent again with other moments", batch.workflow_id)
                    await write_on(connection, batch)
                    return
            raise await self._refused(batch, conflict) from None

    async def _refused(self, batch: RegisterBatch, conflict: RegisterConflict) -> RegisterConflict:
        """Note what was refused, so that somebody looks; returns what the writer is answered."""
        async with self._engine.begin() as connection:
            second = await is_second_life(connection, batch)
            await connection.execute(NOTE_CONFLICT, conflict_row(batch, conflict.seq, second))
        return RegisterConflict(
            conflict.platform_id,
            conflict.term,
            conflict.year,
            conflict.seq,
            conflict.workflow_id,
            second_life=second,
        )

    async def claim_number(self, claim: NumberClaim) -> str:
        """Claim a certificate number, or release one that no listing has; returns whose it is."""
        return await claim_number(self._engine, claim)

    async def write_roster(self, batch: RosterBatch) -> None:
        """Write entries of the roster's log, and what follows from them."""
        await write_roster(self._engine, batch)

    async def known_roster(self) -> CarriedRoster:
        """Where the roster's log leads, put through the rules again.

        Raises:
            Refused, InvalidMessage: they do not take it.
            RosterConflict: its hashes are not those that follow.
        """
        roster = RosterLog()
        while page := await roster_log_page(self._engine, roster.seq, _LOG_PAGE):
            for entry in page:
                await asyncio.to_thread(roster.take, entry)
                if roster.last_hash != entry.hash:
                    raise RosterConflict(entry.seq)
        return CarriedRoster(
            state=roster.state,
            seq=roster.seq,
            last_hash=roster.last_hash,
            receipts=roster.receipts,
            content_hash=roster.content_hash,
        )

    async def roster_page(self, after: int) -> tuple[LogEntry, ...]:
        """The next entries of the roster's log after a number; none after the last."""
        return tuple(await roster_log_page(self._engine, after, _LOG_PAGE))

    async def roster_news(self) -> tuple[tuple[str, ...], RosterVersions | None]:
        """The ids of the workflows of open cases, and the newest versions of the roster."""
        cases = await open_cases(self._engine)
        newest = await roots_after(self._engine, None, MOST_ROOTS)
        versions = RosterVersions(roots=tuple(newest[::-1])) if newest else None
        return tuple(case.workflow_id for case in cases), versions

    async def read_log(self, request: LogRequest) -> tuple[LogEntry, ...]:
        """The whole log of an assessment that the register has; empty when it has none."""
        lines = await RegisterQueries(self._engine).log(request.platform_id, request.term)
        asked = (request.year, request.opening)
        return tuple(line.entry for line in lines if (line.year, line.opening) == asked)

    async def platform_log(self, platform_id: str, term: int | None) -> tuple[LogEntry, ...]:
        """The platform's own log of a term, or of its newest; empty when the register has none."""
        lines = await RegisterQueries(self._engine).log(platform_id, term)
        own = [line for line in lines if line.year == 0]
        newest = max((line.term for line in own), default=0)
        return tuple(line.entry for line in own if line.term == newest)

    async def term_to_recover(self, platform_id: str) -> CaseLog:
        """A platform's own log of its newest term, with all else that it takes to go on from it."""
        logs: dict[LogId, list[LogEntry]] = {}
        for line in await RegisterQueries(self._engine).log(platform_id):
            logs.setdefault(line.log, []).append(line.entry)
        root = await newest_root(self._engine)
        return log_to_recover(logs, root.root if root else None)


async def write_on(connection: Open, batch: RegisterBatch) -> None:
    """Write a batch on a connection whose transaction is open; the caller ends it.

    Raises:
        RegisterConflict: as `PostgresRegister.write`; the transaction is to be rolled back.
    """
    if PLATFORM.ended(batch.platform.stage) and await _is_erased(connection, batch):
        return  # what comes late brings nothing back
    if batch.entries:
        await _write_log(connection, batch)
        newest = await _write_state(connection, batch)
        for statement in derivations(batch, late=not newest):
            await connection.execute(statement, log_key(batch))
        about = {OF_PLATFORM: batch.platform.facts.platform_id}
        await connection.execute(WRITE_AWAITING, about)
        notices = notice_rows(batch)
        if notices:
            await connection.execute(WRITE_NOTICES, notices)
    # What follows is sealed by the log: written once, it says the same for ever.
    for statement, rows in (
        (WRITE_PLANS, plan_rows(batch)),
        (WRITE_SUPPORT, support_rows(batch)),
        (WRITE_NUMBERS, number_rows(batch)),
    ):
        if rows:
            await connection.execute(statement, rows)


async def _is_erased(connection: Open, batch: RegisterBatch) -> bool:
    c, facts = erasure_log.c, batch.platform.facts
    done = (c.platform_id == facts.platform_id, c.term == facts.term)
    query = select(c.seq).where(*done, c.outcome == ErasureOutcome.ERASED)
    return (await connection.execute(query)).first() is not None


async def _write_log(connection: Open, batch: RegisterBatch) -> None:
    """Write the entries that are new; see that those there already, and the neighbours, fit them."""
    given = {entry.seq: entry for entry in batch.entries}
    for seq, stored, before, after in await connection.execute(WRITE_LOG, log_rows(batch)):
        entry = given[seq]
        if (
            stored != entry.hash
            or before not in (None, entry.previous)
            or after not in (None, entry.hash)
        ):
            facts = batch.platform.facts
            raise RegisterConflict(
                facts.platform_id, facts.term, year_of(batch), seq, batch.workflow_id
            )


async def _write_state(connection: Open, batch: RegisterBatch) -> bool:
    """Bring the rows of the case up to the batch; False when they are beyond it already."""
    term = term_row(batch)
    given = parameters(platforms, platform_row(batch)) | parameters(terms, term)
    if batch.assessment is None:
        table, row, write = terms, term, WRITE_TERM
    else:
        table, row, write = assessments, assessment_row(batch, batch.assessment), WRITE_ASSESSMENT
        given |= parameters(assessments, row)
    written = (await connection.execute(write, given)).first()
    if written is None:
        late = fill_late_fields(table, row)
        if late is not None:
            await connection.execute(late)
    return written is not None
