"""Moving cases, one after the other or some at once: each leaves, is archived, and goes on from its log.

What is done already is found out from both Temporals and the register, so whoever was stopped in the middle
runs it again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from audit.archive.archive_contents import Archive
from audit.archive.archiver import Taken, take_all
from audit.archive.server_histories import ServerHistories
from audit.moving.departures import Departed, Departures, Standing
from audit.reconciling.roster_rows import held_log
from audit.recovering.kept_histories import kept_in_archive
from audit.recovering.lost_roster import recover_roster
from audit.recovering.recovering_terms import RecoveringTerms
from audit.recovering.recovery_sender import Outcome, Recovered, RecoverySender
from audit.recovering.statement import Stating
from db.open_cases import OpenCase, ends_of_validity, open_cases
from starter.client.case_queries import CaseQueries
from starter.errors import Unreachable
from workflows.contract import ROSTER_ID
from workflows.words import Words


class Ended(StrEnum):
    """What became of a case that was to move."""

    MOVED = "moved"
    """It goes on at the other Temporal."""
    THERE = "there"
    """It was there already."""
    LEFT = "left"
    """It was left where it is; says why."""
    ON_ITS_WAY = "on_its_way"
    """It has left, and does not go on yet: run the command again."""


class Move(NamedTuple):
    """What became of a case, or what would."""

    name: str
    ended: Ended | None
    why: Words | None = None
    silent: float = 0.0
    """Seconds in which it took no decisions."""
    histories: int = 0
    """Histories that were archived for it."""


@dataclass(frozen=True)
class Sides:
    """The Temporal that is left, and the one where cases go on; one register."""

    engine: AsyncEngine
    old: Client
    new: Client
    profile: str
    """The profile of the new one, by which clients find it."""


class MovingCases:
    """The open terms of a register, and its roster, on their way."""

    def __init__(self, sides: Sides, archive: Archive, stating: Stating) -> None:
        """`archive` takes the histories; `stating` says who moves the cases, and why."""
        self._sides = sides
        self._archive = archive
        self._stating = stating
        self._departures = Departures(sides.old, sides.profile)
        self._histories = ServerHistories(sides.old)
        self._there = CaseQueries(sides.new)
        self._ends: dict[tuple[str, int], datetime] = {}
        self._terms = RecoveringTerms(sides.engine, sides.new, self._histories, returns=True)

    async def roster(self, *, dry_run: bool = False) -> Move | None:
        """Move the roster, or say what would become of it; None: there is none.

        Before any case, so that one that is there hears at once of what a new version takes away.
        """
        if not await held_log(self._sides.engine):
            return None
        return await self._one(ROSTER_ID, None, dry_run=dry_run)

    async def cases(self, wanted: Sequence[str]) -> list[OpenCase]:
        """The open terms that are to move, in the order of their ids; `wanted` none: all."""
        self._ends = await ends_of_validity(self._sides.engine)
        found = [one for one in await open_cases(self._sides.engine) if not one.year]
        return [one for one in found if not wanted or one.platform_id in wanted]

    async def move(
        self, cases: Sequence[OpenCase], at_once: int, *, dry_run: bool = False
    ) -> AsyncIterator[Move]:
        """Move terms, some at once. The first goes alone; after one that does not go on no other leaves.

        Raises:
            NotAllowed: nobody here may sign it.
            Unreachable: a Temporal does not answer.
        """
        if not cases:
            return
        first, *rest = cases
        tried = await self._one(first.workflow_id, first, dry_run=dry_run)
        yield tried
        if tried.ended is Ended.ON_ITS_WAY:
            return
        for begin in range(0, len(rest), at_once):
            some = rest[begin : begin + at_once]
            ways = (self._one(one.workflow_id, one, dry_run=dry_run) for one in some)
            done = await asyncio.gather(*ways)
            for one in done:
                yield one
            if any(one.ended is Ended.ON_ITS_WAY for one in done):
                return

    async def _one(self, workflow_id: str, case: OpenCase | None, *, dry_run: bool) -> Move:
        name = case.platform_id if case else ROSTER_ID
        try:
            return (await self._moved(workflow_id, case, dry_run=dry_run))._replace(name=name)
        except Unreachable as error:  # the next may answer; nothing is half done by that
            return Move(name, Ended.LEFT, error.words)

    async def _moved(self, workflow_id: str, case: OpenCase | None, *, dry_run: bool) -> Move:
        end = self._ends.get((case.platform_id, case.term)) if case else None
        now = await self._departures.look(workflow_id, end)
        found = await self._there.look(workflow_id)
        is_there = found is not None and found.close_time is None
        done = _without_moving(now, is_there=is_there)
        if done is None and dry_run:
            done = Move("", None)
        if done is None:
            done = await self._carry_over(workflow_id, case, now)
        elif done.ended is Ended.THERE and not dry_run:
            became = await self._went_on(case)
            if became.outcome is not Outcome.GOES_ON:
                done = Move("", Ended.ON_ITS_WAY, became.why or _NO_WORKER)
        return done

    async def _carry_over(self, workflow_id: str, case: OpenCase | None, now: Departed) -> Move:
        began = datetime.now(UTC)
        if now.standing is Standing.STAYS:
            now = await self._departures.leave(workflow_id)
            if now.standing is not Standing.LEFT:
                return Move("", Ended.LEFT, now.why or _ABSENT)
        elif now.run and now.run.close_time:  # stopped in the middle, the last time
            began = now.run.close_time
        taken = await self._keep(workflow_id)
        try:
            became = await self._go_on(case)
        except Unreachable as error:
            became = Recovered(Outcome.STARTED, error.words)
        silent = (datetime.now(UTC) - began).total_seconds()
        if became.outcome is Outcome.GOES_ON:
            return Move("", Ended.MOVED, became.why, silent, taken.kept)
        return Move("", Ended.ON_ITS_WAY, became.why or _NO_WORKER, silent, taken.kept)

    async def _keep(self, workflow_id: str) -> Taken:
        """Archive the histories of what has left, with those that they name and the archive lacks."""
        taken = Taken()
        newest = await self._histories.latest(workflow_id)
        if newest:
            await take_all([newest], self._histories, self._archive, taken)
        return taken

    async def _go_on(self, case: OpenCase | None) -> Recovered:
        sides = self._sides
        if case is None:
            return await recover_roster(sides.engine, sides.new, self._stating)

        async def kept(platform_id: str) -> str:
            return await kept_in_archive(sides.engine, platform_id)

        became = await self._terms.recover_one(case, self._stating, kept)
        if became.outcome is Outcome.ALREADY:  # somebody else goes on with it, or did
            return await self._went_on(case)
        return became

    async def _went_on(self, case: OpenCase | None) -> Recovered:
        """Say whether what was started there goes on."""
        if case is None:
            return Recovered(Outcome.GOES_ON)
        return await RecoverySender(self._sides.new).outcome(case.workflow_id)


def _without_moving(now: Departed, *, is_there: bool) -> Move | None:
    """Return what becomes of a case that does not move now; None where it does."""
    runs_here = now.standing is Standing.STAYS and now.run and now.run.close_time is None
    if is_there:
        return Move("", Ended.LEFT, _BOTH) if runs_here else Move("", Ended.THERE)
    if now.standing is Standing.ABSENT:
        return Move("", Ended.LEFT, _ABSENT)
    return Move("", Ended.LEFT, now.why) if now.why else None


_BOTH = Words(
    "it runs at both Temporals: `pingtai doctor` says whose entries the register refuses",
    "其在两处 Temporal 均在运行：请运行 pingtai doctor 查明哪一处被名册拒收",
)
_ABSENT = Words(
    "the Temporal that is left has nothing of it: `pingtai recover` at the other goes on from its log",
    "原 Temporal 中没有该案件：请在新处运行 pingtai recover 据记录接续",
)
_NO_WORKER = Words(
    "it has left, and no worker of the other side has gone on with it: start one, and run this command again",
    "已迁出，新处尚无工作进程接续：请启动后再次运行本命令",
)
