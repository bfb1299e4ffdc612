"""A term that somebody starts a second time past our client: the register keeps the first, and it is named."""

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.register_activities import RegisterActivities
from db.conflicts import noted_conflicts
from db.register_store import PostgresRegister
from starter.client.temporal_client import PingtaiClient
from tests.register.cases import START, batch, opened
from tests.register.cases import application as small
from tests.rules.builders import application
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from worker.doctor.check_cases import second_lives
from worker.doctor.finding import Verdict
from workflows.application import PlatformApplication
from workflows.contract import PLATFORM_TYPE, TASK_QUEUE, platform_workflow_id
from workflows.model import parse


async def test_a_raw_start_of_an_ended_term(world: World) -> None:
    """Refused and noted, named by doctor and apply; once it is ended, the next term follows the first."""
    life = await world.apply("lived-once")
    await life.decide("recommendation", "declined")
    await life.handle.result()
    first = await world.queries.log(life.id)
    client = PingtaiClient(world.temporal, world.lookups)
    raw = application(platform_id=life.id, application_id="past-our-client")
    second = await world.temporal.start_workflow(
        PLATFORM_TYPE, raw, id=platform_workflow_id(life.id), task_queue=TASK_QUEUE
    )

    async def noted() -> bool:
        rows = await noted_conflicts(world.engine)
        return any(row.platform_id == life.id and row.second_life for row in rows)

    await until(noted, "the register has refused it")
    assert first == await world.queries.log(life.id)
    form = parse(PlatformApplication, raw | {"application_id": "the-next-one"})
    # Sooner or later it ends itself; until then it is named.
    finding = await second_lives(world.temporal, world.engine)
    if (await second.describe()).close_time is None:
        assert Verdict.BAD is finding.verdict
        assert f"platform:{life.id} (term 1, entry 1, refused" in finding.what.en

    async def over() -> bool:
        return (await second.describe()).close_time is not None

    await until(over, "it has ended by itself")
    applied = await client.apply(form)
    assert (2, False) == (applied.term, applied.repeated)
    log = await Life(world, life.id).log()
    assert first[-1].entry.hash == log[0].previous
    finding = await second_lives(world.temporal, world.engine)
    assert f"platform:{life.id} " not in finding.what.en


async def test_the_refusal_says_that_it_is_for_good(register: PostgresRegister) -> None:
    """An activity's error that no policy retries, with whether the whole log is another one."""
    writing = RegisterActivities(register)
    await register.write(batch(opened(small())))
    with pytest.raises(ApplicationError) as refused:
        await ActivityEnvironment().run(
            writing.write_register, batch(opened(small(name="另一平台"), START))
        )
    error = refused.value
    assert ("RegisterConflict", True) == (error.type, error.non_retryable)
    assert ({"second_life": True},) == error.details
