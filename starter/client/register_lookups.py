"""What the clients of Temporal ask the register about terms and decisions.

They speak to Temporal and need no database; whoever reads the register needs no Temporal.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from db.queries import RegisterQueries
from db.row_types import AppliedBefore
from starter.client.register_access import open_register, translate_database_errors
from starter.errors import PingtaiError, Unreachable, no_such_platform
from workflows.application import PreviousTerm, PreviousYear
from workflows.circumstances import UNKNOWN_HOLDER
from workflows.decision import CaseReference
from workflows.lifecycle import PLATFORM
from workflows.model import Record
from workflows.next_term import years_of
from workflows.record import LogEntry
from workflows.reopening import record_of
from workflows.run_io import CarriedPlatform
from workflows.state_folding import fold
from workflows.states import PlatformState, Receipt
from workflows.vocabulary import Stage

if TYPE_CHECKING:  # each question loads what it is answered with
    from starter.plans.plan_view import PlanView
    from workflows.roster_entries import RosterProof
    from workflows.signed_roots import SignedRoot

_UNTIL_RECORDED = (0.01, 0.01, 0.02, 0.03, 0.05, 0.08, 0.15, 0.2)
"""When to look for what was just decided (seconds): nearly always it is there at the first looks, and a person
waits for it."""


class KnownTerm(PreviousTerm):
    """A platform's last term as the register knows it, and whether it has ended by the rules."""

    ended: bool = False


class DecidedBefore(Record):
    """A decision that was taken: in which case, in which of its openings, and as which entry."""

    term: int
    year: int | None
    entry: LogEntry
    opening: int = 0
    """Of an assessment: counted from 1. A platform's own log has but one."""


class NoRegister:
    """Answers a client that has no register to ask: nothing is known. See `RegisterLookups`."""

    async def last_term(self, platform_id: str) -> PreviousTerm | None:
        """Find a platform's last term, when Temporal no longer keeps its history."""
        return None

    async def years_of(self, platform_id: str, ended: PreviousTerm) -> tuple[PreviousYear, ...]:
        """Find how the yearly assessments of a term ended, when its run does not say; none: nobody knows."""
        return ()

    async def applied_before(self, platform_id: str, application_id: str) -> AppliedBefore | None:
        """Find the term that an application asked for, however long ago."""
        return None

    async def has_term(self, platform_id: str, term: int) -> bool | None:
        """Whether a term of a platform has been recorded; None: nobody can say."""
        return None

    async def decided_before(self, platform_id: str, decision_id: str) -> list[DecidedBefore]:
        """Find the decisions of an id that a platform's cases have taken."""
        return []

    async def number_holder(self, number: str) -> str | None:
        """Find the platform to which a certificate number belongs; None: nobody's, or nobody can say."""
        return None

    async def due_after(self, receipt: Receipt) -> datetime | None:
        """Return when the step after a decision is due; None: it is over already, or has no due date.

        Raises:
            Unreachable: the register cannot say so, or does not have the decision within a moment.
        """
        raise Unreachable("no register is configured here", "此处未配置名册")

    async def ended_term(self, platform_id: str) -> CarriedPlatform | None:
        """Read a platform's newest term, to be started again; None: the register does not know it.

        Raises:
            Unreachable: the register cannot be asked.
            BrokenLog: the log in the register is not whole.
        """
        raise Unreachable(
            "the term has ended: it can only be started again from the register, which is not"
            " configured here",
            "该期已结束：须从名册恢复，但此处未配置名册",
        )

    async def case_log(self, about: CaseReference, opening: int | None = None) -> list[LogEntry]:
        """Read the log of a case, of its last opening or of this one; none: the register does not have it."""
        return []

    async def roster_proof(self, person: str) -> "RosterProof | None":
        """Prove that a person stands in the roster in force; None: they do not, or nobody can say."""
        return None

    async def roster_holder(self, public: str) -> str | None:
        """In whose entry a key stands; "": in nobody's. None: there is no roster, or nobody can say."""
        return None

    async def roster_after(self, version: int | None) -> "list[SignedRoot]":
        """Read the versions of the roster after one, the oldest first; without one the one in force."""
        return []

    async def plan(self, platform_id: str, **wanted: Any) -> "PlanView":
        """Read a version of a plan; see `starter.plans.plan_view.plan_view`.

        Raises:
            NoSuchPlatform: the register does not have this platform, term or version.
            Unreachable: the register cannot be asked.
        """
        raise Unreachable(
            "the texts of plans are in the register, which is not configured here",
            "建设方案文本存于名册，但此处未配置名册",
        )


class RegisterLookups(NoRegister):
    """Answers from the register. Each method raises Unreachable where it cannot be asked."""

    def __init__(
        self,
        opened: Callable[[], AbstractAsyncContextManager[RegisterQueries]] | None = None,
        *,
        away: Callable[[PingtaiError], None] | None = None,
    ) -> None:
        """By default the register is opened for each question, and not started for it.

        `opened` gives one that is open. `away` is told why the last term cannot be known, and the
        application goes on without; without `away` the error is raised.
        """
        self._opened = opened or (lambda: open_register(start=False))
        self._away = away

    async def last_term(self, platform_id: str) -> PreviousTerm | None:
        try:
            async with self._register() as register:
                found = await register.last_term(platform_id)
        except PingtaiError as error:
            if self._away is None:
                raise
            self._away(error)
            return None
        if found is None:
            return None
        ended = PLATFORM.ended(Stage(found.stage))
        return KnownTerm(term=found.term, log_hash=found.log_hash, ended=ended)

    async def years_of(self, platform_id: str, ended: PreviousTerm) -> tuple[PreviousYear, ...]:
        try:
            async with self._register() as register:
                lines = await register.log(platform_id, ended.term)
        except PingtaiError:
            if self._away is None:
                raise
            return ()  # `last_term` has reported it
        log = [line.entry for line in lines if line.year == 0]
        if not log or log[-1].hash != ended.log_hash:
            return ()  # it has not all come, or is another's
        state = fold(log)
        return years_of(state) if isinstance(state, PlatformState) else ()

    async def applied_before(self, platform_id: str, application_id: str) -> AppliedBefore | None:
        try:
            async with self._register() as register:
                return await register.applied(platform_id, application_id)
        except PingtaiError:
            if self._away is None:
                raise
            return None  # `last_term` has reported it

    async def has_term(self, platform_id: str, term: int) -> bool | None:
        try:
            async with self._register() as register:
                found = await register.last_term(platform_id)
        except PingtaiError:
            return None
        return found is not None and found.term >= term

    async def decided_before(self, platform_id: str, decision_id: str) -> list[DecidedBefore]:
        async with self._register() as register:
            lines = await register.decisions(platform_id, decision_id)
        return [
            DecidedBefore(
                term=line.term, year=line.year or None, entry=line.entry, opening=line.opening
            )
            for line in lines
        ]

    async def number_holder(self, number: str) -> str | None:
        try:
            async with self._register() as register:
                return await register.number_holder(number)
        except PingtaiError:
            if self._away is None:
                raise
            return None  # `last_term` has reported it

    async def due_after(self, receipt: Receipt) -> datetime | None:
        async with self._register() as register:
            for pause in _UNTIL_RECORDED:
                await asyncio.sleep(pause)
                found = await register.due_after(receipt)
                if found:
                    return found[0]
        raise Unreachable("the register does not have the decision yet", "名册尚未收到该决定")

    async def ended_term(self, platform_id: str) -> CarriedPlatform | None:
        async with self._register() as register:
            last = await register.last_term(platform_id)
            if last is None:
                return None
            lines = await register.log(platform_id, last.term)
            plans = await register.plans(platform_id, last.term)
        log = [line.entry for line in lines if line.year == 0]
        state = fold(log)
        assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
        return CarriedPlatform(
            state=state, record=record_of(log, plans), recorded=len(log), reopened=True
        )

    async def case_log(self, about: CaseReference, opening: int | None = None) -> list[LogEntry]:
        async with self._register() as register:
            lines = await register.log(about.platform_id, about.term)
        own = [line for line in lines if line.year == (about.year or 0)]
        if opening is None:
            opening = max((line.opening for line in own), default=0)
        return [line.entry for line in own if line.opening == opening]

    async def roster_proof(self, person: str) -> "RosterProof | None":
        from db.roster_queries import proof_of  # noqa: PLC0415 - only what is signed needs it

        async with self._register() as register:
            found = await proof_of(register.source, person)
        return found[0] if found else None

    async def roster_holder(self, public: str) -> str | None:
        from db.roster_queries import holders_of, newest_root  # noqa: PLC0415 - as above

        async with self._register() as register:
            if holder := (await holders_of(register.source, [public])).get(public):
                return holder
            return UNKNOWN_HOLDER if await newest_root(register.source) else None

    async def roster_after(self, version: int | None) -> "list[SignedRoot]":
        from db.roster_queries import newest_root, roots_after  # noqa: PLC0415 - as above

        try:
            async with self._register() as register:
                if version is None:
                    newest = await newest_root(register.source)
                    return [newest] if newest else []
                return await roots_after(register.source, version)
        except PingtaiError:
            if self._away is None:
                raise
            return []  # `last_term` has reported it

    async def plan(self, platform_id: str, **wanted: Any) -> "PlanView":
        from starter.plans.plan_view import plan_view  # noqa: PLC0415 - as above

        async with self._register() as register:
            found = await plan_view(register.plan_queries, platform_id, **wanted)
        if found is None:
            raise no_such_platform(platform_id)
        return found

    @asynccontextmanager
    async def _register(self) -> AsyncIterator[RegisterQueries]:
        with translate_database_errors():
            async with self._opened() as register:
                yield register
