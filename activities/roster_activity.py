"""Telling open cases of a version of the roster that takes a key or a person away."""

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.register_activities import REGISTER_CONFLICT, Register, is_conflict
from workflows.contract import FIND_ROSTER, FIND_ROSTER_LOG, ROSTER_NEWS, TELL_CASES
from workflows.model import InvalidMessage, size_of
from workflows.record import LogEntry
from workflows.refusal import Refused
from workflows.roster_batches import PAGE_BYTES, CarriedRoster, RosterBatch, RosterNotice

_AT_ONCE = 20


class RosterActivities:
    """What the roster's workflow asks besides writing its log."""

    def __init__(self, register: Register) -> None:
        self._register = register

    @activity.defn(name=FIND_ROSTER)
    async def find_roster(self) -> CarriedRoster:
        """Put the register's log of the roster through the rules, and return where that leads.

        Raises:
            ApplicationError: `RegisterConflict`, not to be retried: the rules do not take that log, or its
                hashes are others.
        """
        try:
            return await self._register.known_roster()
        except Exception as error:
            of_the_log = isinstance(error, Refused | InvalidMessage)
            if not of_the_log and not is_conflict(error):
                raise
            raise ApplicationError(str(error), type=REGISTER_CONFLICT, non_retryable=True) from None

    @activity.defn(name=FIND_ROSTER_LOG)
    async def find_roster_log(self, after: int) -> RosterBatch:
        """Return entries of the register's log of the roster after a number, as many as a message takes."""
        page: list[LogEntry] = []
        size = 0
        for entry in await self._register.roster_page(after):
            size += size_of(entry.model_dump(mode="json"))
            if page and size > PAGE_BYTES:
                break
            page.append(entry)
        return RosterBatch(entries=tuple(page))

    @activity.defn(name=TELL_CASES)
    async def tell_cases(self, notice: RosterNotice) -> int:
        """Send the newest versions to every open case; returns how many there are.

        Repeated from the start after a failure: a case passes over what it knows. One that has ended meanwhile
        is passed over.

        Raises:
            LookupError: the register does not have the version yet.
        """
        cases, versions = await self._register.roster_news()
        if versions is None or versions.roots[-1].root.version < notice.version:
            raise LookupError(f"the register lacks version {notice.version} of the roster")
        client = activity.client()

        async def tell(workflow_id: str) -> None:
            try:
                await client.get_workflow_handle(workflow_id).signal(ROSTER_NEWS, versions)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

        for first in range(0, len(cases), _AT_ONCE):
            await asyncio.gather(*map(tell, cases[first : first + _AT_ONCE]))
            activity.heartbeat(first)
        return len(cases)
