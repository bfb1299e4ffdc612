"""Cases whose engine is lost go on at another from their logs: once, and nothing of them is decided twice."""

import asyncio
import re
from typing import Any

from audit.archive.server_histories import ServerHistories
from audit.histories import Histories
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading, not_checked
from audit.recovering.recovering_terms import RecoveringTerms
from audit.recovering.recovery_sender import Outcome, Recovered, RecoverySender
from audit.recovering.statement import Stating
from db.conflicts import noted_conflicts
from tests.rules.cases import at_stage
from tests.workflows.test_next_term import begun as next_begun
from tests.workflows.test_next_term import form_of, in_its_last_days
from tests.workflows.world import Life, World
from worker.demo.clockwork import A_MOMENT, until
from workflows.case_roles import year_log
from workflows.log_id import LogId
from workflows.model import as_sent, parse
from workflows.record import LogEntry, find_chain_break
from workflows.recovering import term_from_log, year_end
from workflows.recovery import Recovery
from workflows.run_io import CarriedPlatform
from workflows.state_folding import fold
from workflows.states import PlatformState
from workflows.vocabulary import Happening, Stage


async def logs_of(world: World, platform_id: str) -> dict[LogId, list[LogEntry]]:
    """The logs of a platform, as the register has them."""
    logs: dict[LogId, list[LogEntry]] = {}
    for line in await world.queries.log(platform_id):
        logs.setdefault(line.log, []).append(line.entry)
    return logs


async def begun(
    world: World, platform_id: str, name: str = "r-1", **changes: Any
) -> CarriedPlatform:
    """What a platform goes on with, and who says so."""
    logs = await logs_of(world, platform_id)
    carried = term_from_log(logs, await world.queries.plans(platform_id, 1))
    log, year = carried.record.log, year_log(carried.state, logs)
    said = {
        "recovery_id": name,
        "platform_id": platform_id,
        "term": 1,
        "entries": len(log),
        "log_hash": log[-1].hash,
        "by": "user:ops",
        "reason": "数据文件损坏",
        "histories": "归档",
    }
    if year:
        said["assessment"] = as_sent(year_end(carried.state, year))
    return carried.model_copy(update={"recovery": parse(Recovery, said | changes)})


async def recover(world: World, carried: CarriedPlatform) -> Recovered:
    """Start it from its log."""
    return await RecoverySender(world.clockwork.client).recover(carried, None)


async def test_a_platform_goes_on_with_its_assessment(world: World, elsewhere: World) -> None:
    """Where they stood, due on the same days; decisions are taken on, and each log is one chain."""
    life = await world.in_its_first_year()
    report = await life.decision("self_report")
    await world.client.decide(life.id, report)
    assert life.assessment
    await life.settled(life.assessment)
    before = await logs_of(world, life.id)
    due = await world.queries.due(life.id, 1, 1)
    assert due
    assert await recover(elsewhere, await begun(world, life.id)) == Recovered(Outcome.GOES_ON)
    other = Life(elsewhere, life.id)
    await other.opened(1)
    assert other.assessment
    await other.settled(other.assessment)
    assert await world.queries.due(life.id, 1, 1) == due
    assert (await elsewhere.client.decide(life.id, report)).repeated, "its receipt is still known"
    for kind in ("district_review", "evaluation"):
        await elsewhere.client.decide(
            life.id, await other.decision(kind, decision_id=f"{life.id}:{kind}")
        )
    await other.over()
    await other.stands("valid")
    after = await logs_of(world, life.id)
    assert set(after) == set(before)
    for place, log in after.items():
        known = before[place]
        assert [e.hash for e in log[: len(known)]] == [e.hash for e in known]
        assert log[len(known)].name == Happening.RECOVERED
        assert find_chain_break(log, log[0].previous) is None
        assert [e.name for e in log].count(Happening.RECOVERED) == 1
    state = fold(after[LogId(1)])
    assert isinstance(state, PlatformState)
    assert [(one.year, one.result) for one in state.assessments] == [(1, "effective")]
    # With the histories of before nothing is in doubt; without them the register alone attests the log.
    here = [one async for one in ServerHistories(elsewhere.temporal).runs(life.id)]
    before_that = [one async for one in ServerHistories(world.temporal).runs(life.id)]
    alone = read_runs(life.id, here)
    assert check_reading(alone) == []
    doubts = [problem.words.en for problem in not_checked(alone)]
    assert [re.sub(r"\d+", "N", one.partition(" attested")[0]) for one in doubts] == [
        "entries N to N of its log are",
        "entries N to N of its log are",
    ]
    assert all("by the register only" in one and "by user:ops" in one for one in doubts)
    both = read_runs(life.id, sorted([*before_that, *here], key=lambda one: one.workflow_id))
    assert (check_reading(both), not_checked(both)) == ([], [])
    # What the engine of before would write now is another history, and the register does not take it.
    await life.decide("support", given_on=str(state.listed_on))

    async def refused() -> bool:
        rows = await noted_conflicts(world.engine)
        return any(row.platform_id == life.id for row in rows)

    await until(refused, "the register refuses the case of before")
    assert await logs_of(world, life.id) == after
    await life.handle.terminate("lost")


async def test_what_falls_due_happens_once(world: World, elsewhere: World) -> None:
    """A step of the platform is overdue on the day that it would have been; the year opens at its hour."""
    late, valid = await world.apply(), await world.valid(days=200)
    for life in (late, valid):
        await life.settled(life.handle)
    due = await world.queries.due(late.id, 1)
    opens = (await valid.view()).next_assessment
    assert due
    assert opens
    for life in (late, valid):
        assert (await recover(elsewhere, await begun(world, life.id))).outcome is Outcome.GOES_ON
    other, year = Life(elsewhere, late.id), Life(elsewhere, valid.id)
    assert await world.queries.due(late.id, 1) == due
    await other.forward(100)
    await year.open(1)
    await other.stands("recommendation")
    names = [entry.name for entry in await other.log()]
    assert names.count(Happening.OVERDUE) == 1
    noted = next(entry for entry in await other.log() if entry.name == Happening.OVERDUE)
    assert noted.at >= due
    assert noted.said["due"].startswith(f"{due:%Y-%m-%dT%H:%M}")
    opened = [e for e in await year.log() if e.name == Happening.ASSESSMENT_OPENED]
    assert [(e.said["year"], e.at >= opens) for e in opened] == [(1, True)]


async def test_several_recover_a_case_and_one_does(
    world: World, elsewhere: World, second_place: World
) -> None:
    """At one engine the server lets one in, between two the register; what was begun again goes on."""
    life = await world.apply()
    await life.settled(life.handle)
    ways = [await begun(world, life.id, f"r-{number}") for number in range(4)]
    found = await asyncio.gather(
        *(
            recover(place, way)
            for place, way in zip((elsewhere, second_place) * 2, ways, strict=True)
        )
    )
    outcomes = sorted(one.outcome for one in found)
    assert outcomes == ["already", "already", "goes_on", "refused"]
    why = next(one.why for one in found if one.outcome is Outcome.REFUSED)
    assert why
    assert "the register has gone on" in why.en
    assert "名册中该记录已有后续" in why.zh
    log = (await logs_of(world, life.id))[LogId(1)]
    assert [entry.name for entry in log].count(Happening.RECOVERED) == 1
    assert (await recover(elsewhere, ways[0])).outcome in (Outcome.ALREADY, Outcome.REFUSED)


async def test_what_does_not_follow_from_the_register_is_not_taken_up(
    world: World, elsewhere: World
) -> None:
    """Neither a whole forged life, nor a true log with another state, nor a statement about another entry."""
    life = await world.apply()
    await life.settled(life.handle)
    true = await begun(world, life.id)
    log = await logs_of(world, life.id)
    case = at_stage(Stage.VALID, platform_id=life.id)
    whole = CarriedPlatform(state=case.state, record=case.record(), recovery=true.recovery)
    valid = true.state.model_copy(update={"stage": Stage.VALID})
    forged = [
        whole.model_copy(update={"recorded": len(case.log)}),
        true.model_copy(update={"state": valid}),
        await begun(world, life.id, log_hash="ab" * 32),
        true.model_copy(update={"recovery": None}),
    ]
    for given in forged:
        found = await recover(elsewhere, given)
        assert found.outcome is Outcome.REFUSED
        assert found.why
    assert await logs_of(world, life.id) == log
    assert (await recover(elsewhere, true)).outcome is Outcome.GOES_ON, (
        "what failed is in nobody's way"
    )


async def test_what_was_applied_for_next_begins_if_a_history_has_it(
    world: World, elsewhere: World, second_place: World
) -> None:
    """The log binds the application by its hash alone: a history has its text, or it is asked for again."""
    life = await in_its_last_days(world)
    await life.decide("next_term", application=form_of(life))
    await life.stands("valid")
    kept = ServerHistories(world.temporal)

    async def where(_: str) -> str:
        return "server"

    async def went_on(place: World, histories: Histories) -> Recovered:
        terms = RecoveringTerms(world.engine, place.clockwork.client, histories)
        found = [one async for one in terms.find([life.id])]
        stating = Stating(world.engine, "user:ops", "试")
        _, became = await anext(aiter(terms.recover(found, stating, where)))
        return became

    without = await went_on(second_place, ServerHistories(second_place.temporal))
    assert without.outcome is Outcome.GOES_ON
    assert without.why
    assert f"the text of application {life.id}-2 for the next term is in no history" in (
        without.why.en
    )
    await Life(second_place, life.id).handle.terminate("the engine is lost again")
    assert await went_on(elsewhere, kept) == Recovered(Outcome.GOES_ON)
    other = Life(elsewhere, life.id)
    end = (await other.state()).valid_until
    assert end
    await elsewhere.clockwork.move_to(other.handle, end + A_MOMENT)
    await until(lambda: next_begun(other, 2), "the next term begins")
