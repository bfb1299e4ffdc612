"""A worker without memory, and a register that is away: the log stays the same, and nothing is lost."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities import register_activities
from db.queries import RegisterQueries
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows.activity_messages import CaseLog, LogRequest, NumberClaim, RegisterBatch
from workflows.known_roster import RosterVersions
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.roster_batches import CarriedRoster, RosterBatch


async def hashes(queries: RegisterQueries, life: Life) -> list[str]:
    """The hashes of a platform's own log in the register."""
    return [line.entry.hash for line in await queries.log(life.id) if line.year == 0]


class Away:
    """The real register, behind a door that can be shut: a failure, not a fake of the register."""

    def __init__(self, world: World) -> None:
        """Open at first."""
        self._register = world.register
        self.open = True
        self.slow = 0.0

    async def write(self, batch: RegisterBatch) -> None:
        """Write, if the door is open."""
        await asyncio.sleep(self.slow)
        if not self.open:
            raise ApplicationError("the register is away")
        await self._register.write(batch)

    async def read_log(self, request: LogRequest) -> tuple[LogEntry, ...]:
        """Read, if the door is open."""
        if not self.open:
            raise ApplicationError("the register is away")
        return await self._register.read_log(request)

    async def write_roster(self, batch: RosterBatch) -> None:
        """As the register does."""
        await self._register.write_roster(batch)

    async def roster_news(self) -> tuple[tuple[str, ...], RosterVersions | None]:
        """As the register does."""
        return await self._register.roster_news()

    async def claim_number(self, claim: NumberClaim) -> str:
        """Ask, if the door is open."""
        if not self.open:
            raise ApplicationError("the register is away")
        return await self._register.claim_number(claim)

    async def platform_log(self, platform_id: str, term: int | None) -> tuple[LogEntry, ...]:
        """As the register does."""
        return await self._register.platform_log(platform_id, term)

    async def known_roster(self) -> CarriedRoster:
        """As the register does."""
        return await self._register.known_roster()

    async def roster_page(self, after: int) -> tuple[LogEntry, ...]:
        """As the register does."""
        return await self._register.roster_page(after)

    async def term_to_recover(self, platform_id: str) -> CaseLog:
        """Ask, if the door is open."""
        if not self.open:
            raise ApplicationError("the register is away")
        return await self._register.term_to_recover(platform_id)


async def test_a_worker_without_memory_replays_every_task(world: World) -> None:
    """With room for one case and two that take turns, histories are replayed; the log stays whole."""
    async with world.with_worker(world.register, max_cached=1):
        one, other = await world.in_its_first_year(), await world.in_its_first_year()
        for kind in ("self_report", "district_review"):
            for life in (one, other):
                await life.decide(kind)
                await life.signal("recommendation")
        for life in (one, other):
            await life.stands("valid")
    # The clock may have lagged for a moment (docs/decisions/0007-workflow-clock.md): with
    # its next entry a case tells the register its log as the history has it.
    for life in (one, other):
        await life.signal("recommendation")

        async def heard(life: Life = life) -> bool:
            return len(await life.log()) == 6

        await until(heard, "the last signal is logged")
        await life.stands("valid")
        log = await life.log()
        assert find_chain_break(log, BEGINNING) is None
        assert [entry.hash for entry in log] == await hashes(world.queries, life)


async def test_a_register_that_is_away_delays_no_decision(world: World) -> None:
    """Decisions and due dates go on; when it is back it has every entry, plan and due date."""
    register = Away(world)
    async with world.with_worker(register):
        life = await world.apply()
        await life.stands("recommendation")
        register.open = False
        receipt = await life.decide("recommendation", "returned")
        assert receipt.due is not None
        await life.decide("plan_revision")
        await life.decide("recommendation")
        await life.signal("listing")
        view = await life.view()
        assert view.platform
        assert "inspection" == view.platform.stage
        assert view.recorded < view.log_seq
        assert 1 == len(await hashes(world.queries, life))
        register.open = True
        await life.stands("inspection")
        assert [entry.hash for entry in await life.log()] == await hashes(world.queries, life)
        card = await world.queries.platform(life.id)
        assert card
        assert [1, 2] == [plan.version for plan in card.terms[0].plans]
        assert card.terms[0].due == (await life.view()).due.due  # type: ignore[union-attr]


async def test_a_register_that_hangs_delays_no_decision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that never answers is left after a moment; the case goes on into its next run."""
    monkeypatch.setattr(register_activities, "PATIENCE_SECONDS", 0.2)
    register = Away(world)
    register.slow = 0.6
    async with world.with_worker(register):
        life = await world.apply()
        await life.get_listed()
        assert "valid" == (await life.state()).stage
        register.slow = 0.0
        await life.stands("valid")
        assert [entry.hash for entry in await life.log()] == await hashes(world.queries, life)


async def test_a_term_ends_only_when_the_register_has_it(world: World) -> None:
    """The last run waits for the register: nothing is left behind in a workflow that is closed."""
    register = Away(world)
    async with world.with_worker(register):
        life = await world.apply()
        await life.stands("recommendation")
        register.open = False
        await life.decide("recommendation", "declined")
        assert "declined" == (await life.state()).stage
        assert (await life.handle.describe()).close_time is None
        register.open = True
        assert "declined" == (await life.handle.result())["stage"]
        assert [entry.hash for entry in await life.log()] == await hashes(world.queries, life)
