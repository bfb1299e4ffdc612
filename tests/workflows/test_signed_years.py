"""A year that ended is opened again for a signed setting aside, however many versions came since."""

from contextlib import nullcontext

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.server_histories import ServerHistories
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.roster_store import write_roster
from starter.client.register_lookups import RegisterLookups
from starter.client.signed_decisions import decide_signed
from starter.client.temporal_client import PingtaiClient
from tests.rules.builders import Raw
from tests.rules.roster_life import A, B, C, Life, actor_of, entry, item
from tests.workflows.test_setting_aside import FALLS_SHORT, assessed
from tests.workflows.test_signed_cases import Officer
from tests.workflows.world import World
from workflows.contract import LEARN_ROSTER
from workflows.model import as_sent
from workflows.record import LogEntry
from workflows.roster_batches import RosterBatch
from workflows.signed_roots import MOST_ROOTS


def newest(roster: Life) -> Raw:
    """The version in force, as cases are shown it."""
    root = roster.roster.state.root
    assert root
    return as_sent(root)


async def test_a_year_that_ended_many_versions_ago(
    world: World, engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Who sets it aside was entered since; the year is handed on what its platform knows, and no more."""
    roster = Life.opened()
    first = newest(roster)
    life = await world.in_its_first_year(
        roster=first, policy={"authorship": "recorded"}, submitted_by=actor_of(A)
    )
    wrong = await assessed(life, *FALLS_SHORT[:2], ("evaluation", "effective"))
    await life.over()
    versions = []
    for number in range(MOST_ROOTS + 1):
        roster.take(roster.change([item(entry(f"new-{number}"))], A, B))
        versions.append(newest(roster))
    roster.take(roster.change([item(C)], A, B))
    versions.append(newest(roster))
    await write_roster(engine, RosterBatch(entries=tuple(roster.roster.log)))
    for shown in (versions[:MOST_ROOTS], versions[MOST_ROOTS:]):
        await life.handle.execute_update(LEARN_ROSTER, {"roots": shown})

    lookups = RegisterLookups(lambda: nullcontext(RegisterQueries(engine)))
    client = PingtaiClient(world.temporal, lookups, due=False)
    officer = Officer(C)
    said = officer.says("set_aside", target=wrong, year=1, reason="所依据的材料有误")
    await decide_signed(client, life.id, said, officer)
    await life.opened(1)
    assert life.assessment
    assert "rectification" == (await life.decide("evaluation", "not_effective")).stage
    log = await life.assessment.query("log", result_type=list[LogEntry])
    names = ["assessment_opened", "self_report", "district_review", "evaluation"]
    names += ["roster_learned", "set_aside", "evaluation"]
    assert names == [one.name for one in log]
    assert [(MOST_ROOTS + 3, [])] == [
        (one["root"]["version"], one["signatures"]) for one in log[4].said["roots"]
    ]
    runs = [one async for one in ServerHistories(world.temporal).runs(life.id)]
    assert check_reading(read_runs(life.id, runs)) == []
