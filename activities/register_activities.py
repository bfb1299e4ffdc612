"""Handing in to the register, and the due dates that go with it."""

import asyncio
from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.calendar import escalation, working_day_due
from activities.register_metrics import record_failed, record_written
from workflows.activity_messages import (
    CaseLog,
    LogLookup,
    LogRequest,
    NumberClaim,
    NumberHolder,
    RegisterBatch,
    RegisterWrite,
    RegisterWritten,
)
from workflows.contract import (
    CLAIM_NUMBER,
    FIND_LOG,
    HAND_IN,
    READ_LOG,
    WRITE_REGISTER,
    WRITE_ROSTER,
)
from workflows.known_roster import RosterVersions
from workflows.older_entries import in_one_answer, objection_to_older
from workflows.record import LogEntry
from workflows.roster_batches import CarriedRoster, RosterBatch

REGISTER_CONFLICT = "RegisterConflict"
"""The type of the error that a workflow gets: trying again cannot help."""
OTHER_LOG = "OlderEntries"
"""The type of the error while the register has another log than the one that was handed on."""
PATIENCE_SECONDS = 1.0
"""How long the due date of a step waits for the register."""
FIRST_PATIENCE_SECONDS = 8.0
"""The first batch of a log says whether the register has another life of it: nothing may be decided before."""


class Register(Protocol):
    """What the activities need of the register; `db.register_store.PostgresRegister` is the real one."""

    async def write(self, batch: RegisterBatch) -> None:
        """Write a batch in one transaction; a batch written before changes nothing.

        Raises an error whose class is called `REGISTER_CONFLICT` where another history has written the
        same log; with `second_life`, from its first entry on.
        """

    async def read_log(self, request: LogRequest) -> tuple[LogEntry, ...]:
        """The whole log of an assessment that the register has; empty when it has none."""

    async def claim_number(self, claim: NumberClaim) -> str:
        """Claim a certificate number, or release one that no listing has; returns whose it is."""

    async def write_roster(self, batch: RosterBatch) -> None:
        """Write entries of the roster's log; those written before change nothing.

        Raises an error whose class inherits from one called `REGISTER_CONFLICT` where it has another log.
        """

    async def roster_news(self) -> tuple[tuple[str, ...], RosterVersions | None]:
        """The ids of the workflows of open cases, and the newest versions of the roster."""

    async def known_roster(self) -> CarriedRoster:
        """Where the roster's log leads that the register has, put through the rules again.

        Raises an error where they do not take it.
        """

    async def roster_page(self, after: int) -> tuple[LogEntry, ...]:
        """The next entries of the roster's log after a number; none after the last."""

    async def platform_log(self, platform_id: str, term: int | None) -> tuple[LogEntry, ...]:
        """The platform's own log of a term, or of its newest; empty when the register has none."""

    async def term_to_recover(self, platform_id: str) -> CaseLog:
        """A platform's own log of its newest term, with all else that it takes to go on from it."""


class RegisterActivities:
    """The activities of a case after each move."""

    def __init__(self, register: Register) -> None:
        self._register = register

    @activity.defn(name=HAND_IN)
    async def hand_in(self, move: RegisterWrite) -> RegisterWritten:
        """Work out the due date, and offer the batch to the register; the register may be away.

        Both in one, because each activity is six events in a history that lives for years. The due
        date does not depend on the register: when that is down or slow, the answer says so, and
        `write_register` brings the batch later.
        """
        due = working_day_due(move.due) if move.due else None
        again = escalation(move.escalation) if move.escalation else None
        answer = RegisterWritten(recorded=False, due=due, escalate=again)
        if move.batch is None:
            return answer
        batch = move.batch.model_copy(update={"due": due}) if due else move.batch
        try:
            await asyncio.wait_for(self._register.write(batch), _patience(batch))
        except Exception as error:
            if type(error).__name__ == REGISTER_CONFLICT and getattr(error, "second_life", False):
                return answer.model_copy(update={"second_life": True})
            record_failed()
            activity.logger.warning("the register is away; it will be written later: %r", error)
            return answer
        record_written(batch.entries)
        return answer.model_copy(update={"recorded": True})

    @activity.defn(name=WRITE_REGISTER)
    async def write_register(self, batch: RegisterBatch) -> None:
        """Write a batch that the register could not take at once; retried until it is back.

        Raises:
            ApplicationError: `RegisterConflict`, not to be retried, whatever the workflow says; its first
                detail has `second_life`, whether the whole log is another one.
        """
        try:
            await self._register.write(batch)
        except Exception as error:
            record_failed()
            if type(error).__name__ != REGISTER_CONFLICT:
                raise
            detail = {"second_life": bool(getattr(error, "second_life", False))}
            raise ApplicationError(
                str(error), detail, type=REGISTER_CONFLICT, non_retryable=True
            ) from None
        record_written(batch.entries)

    @activity.defn(name=WRITE_ROSTER)
    async def write_roster(self, batch: RosterBatch) -> None:
        """Write entries of the roster's log; retried until the register is back.

        Raises:
            ApplicationError: `RegisterConflict`, not to be retried.
        """
        try:
            await self._register.write_roster(batch)
        except Exception as error:
            if not is_conflict(error):
                raise
            raise ApplicationError(str(error), type=REGISTER_CONFLICT, non_retryable=True) from None

    @activity.defn(name=READ_LOG)
    async def read_log(self, request: LogRequest) -> CaseLog:
        """Read the log of an assessment that has ended, so that it can be opened again.

        Raises:
            LookupError: the register does not have it yet; the workflow checks what it gets.
        """
        entries = await self._register.read_log(request)
        if not entries:
            raise LookupError(f"the register has no log of {request}")
        return CaseLog(entries=entries)

    @activity.defn(name=FIND_LOG)
    async def find_log(self, lookup: LogLookup) -> CaseLog:
        """Find a platform's own log, against which a workflow checks what it was given.

        Empty when the register has none: the workflow decides what that means. A long one is answered
        in parts: what one answer cannot hold is asked for `after` its last entry.

        Raises:
            ApplicationError: `OlderEntries`: the register has other entries than a run handed on by reference;
                it is tried again, until it has these.
        """
        found = await self._find(lookup)
        if older := lookup.older:
            wrong = await asyncio.to_thread(objection_to_older, found.entries, older)
            if wrong:
                raise ApplicationError(*wrong, type=OTHER_LOG)
            found = found.model_copy(update={"entries": found.entries[: older.entries]})
        return in_one_answer(found, lookup.after)

    async def _find(self, lookup: LogLookup) -> CaseLog:
        if lookup.recovery:
            return await self._register.term_to_recover(lookup.platform_id)
        if lookup.term and lookup.year and lookup.opening:
            asked = LogRequest(
                platform_id=lookup.platform_id,
                term=lookup.term,
                year=lookup.year,
                opening=lookup.opening,
            )
            return CaseLog(entries=await self._register.read_log(asked))
        return CaseLog(entries=await self._register.platform_log(lookup.platform_id, lookup.term))

    @activity.defn(name=CLAIM_NUMBER)
    async def claim_number(self, claim: NumberClaim) -> NumberHolder:
        """Claim a certificate number for a platform; answers with the platform that has it."""
        return NumberHolder(platform_id=await self._register.claim_number(claim))


def _patience(batch: RegisterBatch) -> float:
    first = batch.entries and batch.entries[0].seq == 1
    return FIRST_PATIENCE_SECONDS if first else PATIENCE_SECONDS


def is_conflict(error: Exception) -> bool:
    """Whether the register has another log (`db.register_errors.RegisterConflict`, not imported here)."""
    return REGISTER_CONFLICT in (one.__name__ for one in type(error).__mro__)
