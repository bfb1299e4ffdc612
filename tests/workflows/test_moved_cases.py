"""Cases that move to another Temporal while people decide: nothing is lost or doubled, and clients follow."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from audit.archive.archive_contents import PostgresArchive
from audit.archive.server_histories import ServerHistories
from audit.moving.departures import Departures, Standing
from audit.moving.moving_cases import Ended, Move, MovingCases, Sides
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading
from audit.recovering.recovering_terms import RecoveringTerms
from audit.recovering.recovery_sender import Outcome
from audit.recovering.statement import Stating
from audit.replay.replaying import replay
from db.open_cases import OpenCase, open_cases
from starter.client.temporal_client import PingtaiClient
from starter.errors import Moved, no_such_platform
from tests.rules.builders import application
from tests.workflows.test_crashes import Away
from tests.workflows.test_recovered_cases import logs_of
from tests.workflows.world import Life, World, worker_of_0_4
from worker.doctor import check_cases
from workflows import leaving_case
from workflows.application import PlatformApplication
from workflows.contract import MOVE_AWAY
from workflows.log_id import LogId
from workflows.model import parse
from workflows.record import find_chain_break
from workflows.states import Receipt
from workflows.vocabulary import Happening

PROFILE = "cluster"
_BETWEEN = 0.1
"""Seconds between two signals: the server ends no run while they come faster than its tasks."""


def write_profile(there: Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name another Temporal in Temporal's client configuration."""
    file = folder / "temporal.toml"
    file.write_text(
        f'[profile.{PROFILE}]\naddress = "{there.service_client.config.target_host}"\n'
        f'namespace = "{there.namespace}"\n'
    )
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))


@pytest.fixture(autouse=True)
def profile(elsewhere: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other Temporal, as a profile."""
    write_profile(elsewhere.temporal, tmp_path, monkeypatch)


def mover(world: World, elsewhere: World) -> MovingCases:
    """Who moves the cases of the world."""
    sides = Sides(world.engine, world.temporal, elsewhere.temporal, PROFILE)
    stating = Stating(world.engine, "user:ops", "迁往集群")
    return MovingCases(sides, PostgresArchive(world.engine), stating)


async def moved(moving: MovingCases, *lives: Life) -> list[Move]:
    """Move platforms; what became of each."""
    cases = await moving.cases([life.id for life in lives])
    return [one async for one in moving.move(cases, at_once=4)]


async def test_a_platform_moves_with_its_assessment(world: World, elsewhere: World) -> None:
    """Its client follows it; its histories are archived, and audit finds one chain that they attest."""
    life = await world.in_its_first_year()
    report = await life.decision("self_report")
    await world.client.decide(life.id, report)
    (done,) = await moved(mover(world, elsewhere), life)
    assert (done.ended, done.why) == (Ended.MOVED, None)
    assert done.histories >= 2
    assert done.silent > 0
    there = Life(elsewhere, life.id)
    await there.opened(1)
    assert (await world.client.decide(life.id, report)).repeated
    said = await there.decision("district_review", decision_id="after")
    assert (await world.client.decide(life.id, said)).stage == "evaluation"
    assert (await world.client.state(life.id)).platform
    (again,) = await moved(mover(world, elsewhere), life)
    assert again.ended is Ended.THERE
    archive = PostgresArchive(world.engine)
    kept = [one async for one in archive.runs(life.id)]
    reading = read_runs(life.id, sorted(kept, key=lambda one: one.workflow_id))
    assert check_reading(reading) == []


class Killed(BaseException):
    """The mover is killed here."""


def killed_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Let the mover be killed after its next step of this name, and not again."""
    real = getattr(owner, name)

    async def and_die(*args: Any, **kwargs: Any) -> Any:
        await real(*args, **kwargs)
        monkeypatch.setattr(owner, name, real)
        raise Killed(name)

    monkeypatch.setattr(owner, name, and_die)


async def test_clients_decide_while_the_mover_is_killed_and_run_again(
    world: World, elsewhere: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after each step: every decision is acknowledged once, and stands once in one chain."""
    young, year = [await world.apply() for _ in range(2)], await world.in_its_first_year()
    ways = ("recommendation", "inspection", "expert_opinion", "listing")
    sent: dict[str, list[str]] = {life.id: [] for life in (*young, year)}

    async def decide(life: Life, kinds: tuple[str, ...]) -> None:
        """Two clients send each decision, and each is answered."""
        for kind in kinds:
            number = f"{life.id}:{kind}"
            raw = await life.decision(kind, decision_id=number)
            clients = [PingtaiClient(world.temporal, world.lookups) for _ in range(2)]
            answers = await asyncio.gather(*(one.decide(life.id, raw) for one in clients))
            assert [one.repeated for one in answers].count(False) <= 1
            assert len({one.entry_hash for one in answers}) == 1
            sent[life.id].append(number)

    async def keep_moving() -> int:
        steps = ((Departures, "_ask"), (Departures, "leave"), (MovingCases, "_keep"))
        for owner, name in (*steps, (RecoveringTerms, "recover_one")):
            killed_once(monkeypatch, owner, name)
        kills = 0
        while True:
            try:
                done = await moved(mover(world, elsewhere), *young, year)
            except Killed:
                kills += 1
                continue
            if all(one.ended in (Ended.MOVED, Ended.THERE) for one in done):
                return kills

    async with asyncio.timeout(120):
        *_, kills = await asyncio.gather(
            *(decide(life, ways) for life in young),
            decide(year, ("self_report", "district_review", "evaluation")),
            keep_moving(),
        )
    assert kills == 4
    for life in (*young, year):
        there = Life(elsewhere, life.id)
        await there.stands("valid")
        logs = await logs_of(world, life.id)
        for log in logs.values():
            assert find_chain_break(log, log[0].previous) is None
            assert [entry.name for entry in log].count(Happening.RECOVERED) <= 1
        taken = [
            e.decision_id for log in logs.values() for e in log if e.decision_id in sent[life.id]
        ]
        assert sorted(taken) == sorted(sent[life.id])
        assert [e.name for e in logs[LogId(1)]].count(Happening.RECOVERED) == 1


async def test_signals_of_that_moment_are_judged_or_not_taken(
    world: World, elsewhere: World
) -> None:
    """What the server took before the end is in the log; what it did not take its sender knows of."""
    life = await world.valid(days=10)
    await life.settled(life.handle)
    taken: list[str] = []
    raw = await life.decision("support", given_on=str((await life.state()).listed_on))
    case = await life.case("support")

    async def send(numbers: range) -> None:
        for number in numbers:
            name = f"{life.id}:s{number}"
            try:
                await life.handle.signal("support", raw | {"decision_id": name, "case": case})
            except RPCError as error:
                assert error.status is RPCStatusCode.NOT_FOUND
                return
            taken.append(name)
            await asyncio.sleep(_BETWEEN)

    await send(range(1))
    assert taken
    _, (done,) = await asyncio.gather(send(range(1, 40)), moved(mover(world, elsewhere), life))
    assert done.ended is Ended.MOVED
    log = await Life(elsewhere, life.id).log()
    known = [entry.decision_id for entry in log if entry.name == "support"]
    assert known == taken


async def test_a_case_that_arrives_while_it_is_looked_for_has_not_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not there when the decision comes, nor when the client looks; then it is, and takes it."""
    life = await world.apply()
    await life.settled(life.handle)
    update, runs = PingtaiClient._update, PingtaiClient._runs
    early = {"_update", "_runs"}

    async def sent_too_early(self: Any, workflow_id: str, raw: dict[str, Any]) -> Receipt:
        if "_update" in early:
            early.discard("_update")
            raise no_such_platform(life.id)
        return await update(self, workflow_id, raw)

    async def seen_too_early(self: Any, workflow_id: str) -> bool:
        if "_runs" in early:
            early.discard("_runs")
            return False
        return await runs(self, workflow_id)

    monkeypatch.setattr(PingtaiClient, "_update", sent_too_early)
    monkeypatch.setattr(PingtaiClient, "_runs", seen_too_early)
    raw = await life.decision("recommendation")
    assert "inspection" == (await world.client.decide(life.id, raw)).stage
    assert not early


async def test_a_run_of_before_moves(
    world: World, elsewhere: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun by release 0.4.0, with its assessment: it leaves like any other, and goes on by the newest."""
    with worker_of_0_4(monkeypatch):
        life = await world.in_its_first_year()
        await life.decide("self_report")
    (done,) = await moved(mover(world, elsewhere), life)
    assert done.ended is Ended.MOVED, done.why
    there = Life(elsewhere, life.id)
    await there.opened(1)
    assert (await there.decide("district_review", decision_id="after")).stage == "evaluation"
    histories = [one async for one in ServerHistories(world.temporal).runs(life.id)]
    for one in histories:
        assert (await replay(one)).sound


async def test_what_cannot_settle_stays_and_decides_on(
    world: World, elsewhere: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register is away: after a while decisions are taken again, and the mover says why."""
    monkeypatch.setattr(leaving_case, "SETTLES_WITHIN", timedelta(seconds=2))
    register = Away(world)
    async with world.with_worker(register):
        life = await world.apply()
        await life.settled(life.handle)
        register.open = False
        await life.decide("recommendation")
        (done,) = await moved(mover(world, elsewhere), life)
        assert done.ended is Ended.LEFT
        assert done.why
        assert "did not settle in time" in done.why.en
        assert (await life.decide("inspection")).stage == "expert_review"
        register.open = True
    await life.settled(life.handle)  # what waited is sent again after a while
    (done,) = await moved(mover(world, elsewhere), life)
    assert done.ended is Ended.MOVED


async def test_where_it_was_nothing_begins_again(
    world: World, elsewhere: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a recovery nor an application there begins it beside itself; who has the profile is led on."""
    life = await world.apply()
    await life.settled(life.handle)
    (done,) = await moved(mover(world, elsewhere), life)
    assert done.ended is Ended.MOVED
    terms = RecoveringTerms(world.engine, world.temporal, ServerHistories(world.temporal))
    (found,) = [one async for one in terms.find([life.id])]
    assert found.is_left
    assert found.why
    assert "it has moved to the Temporal of profile cluster" in found.why.en
    form = application(platform_id=life.id, application_id=f"a-{life.id}")
    assert (await world.client.apply(parse(PlatformApplication, form))).repeated

    async def own(engine: AsyncEngine) -> list[OpenCase]:
        return [one for one in await open_cases(engine) if life.id in one.workflow_id]

    monkeypatch.setattr(check_cases, "open_cases", own)  # other tests leave theirs in the register
    finding = await check_cases.open_cases_run(world.temporal, world.engine)
    assert "have moved to the Temporal of profile cluster" in finding.what.en


async def test_what_left_for_nowhere_comes_back(world: World) -> None:
    """Whoever reaches Temporal can make a case leave, as they can terminate it: it goes on from its log."""
    life = await world.in_its_first_year()
    await life.settled(life.handle)
    for said in ([{"from": "nowhere"}], [1, 2], []):
        await life.handle.signal(MOVE_AWAY, args=said)
    assert (await life.decide("self_report")).stage == "district_review"
    departed = await Departures(world.temporal, "nowhere").leave(life.handle.id)
    assert departed.standing is Standing.LEFT
    with pytest.raises(Moved, match=r"profile nowhere.*Profile 'nowhere' not found"):
        await PingtaiClient(world.temporal, world.lookups, patience=0.0).state(life.id)
    terms = RecoveringTerms(world.engine, world.temporal, ServerHistories(world.temporal))
    (found,) = [one async for one in terms.find([life.id])]
    assert found.is_lost
    assert found.why
    assert "has not arrived" in found.why.en

    async def kept(_: str) -> str:
        return "server"

    stating = Stating(world.engine, "user:ops", "试")
    assert (await terms.recover_one(found.case, stating, kept)).outcome is Outcome.GOES_ON
    await life.opened(1)
    assert (await life.decide("district_review")).stage == "evaluation"
