"""`pingtai seed` on a real Temporal and a real register: broken off, taken up again, repeated, refused."""

import asyncio
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from itertools import count

from db.queries import RegisterQueries
from starter.client.register_lookups import RegisterLookups
from starter.client.temporal_client import PingtaiClient
from starter.clock import today
from tests.workflows.world import World
from worker.demo.clockwork import until
from worker.demo.example_lives import load_examples
from worker.seed.sample_cases import SAMPLES, Sample
from worker.seed.seeding import Seeding
from workflows.record import EntryKind
from workflows.vocabulary import AssessmentStage

_EXAMPLES = {one.platform_id: one for one in load_examples(None)}


def seeding(world: World) -> Seeding:
    """As a new process begins."""
    register = RegisterQueries(world.engine)
    lookups = RegisterLookups(lambda: nullcontext(register))
    return Seeding(PingtaiClient(world.temporal, lookups, due=False), register)


async def test_broken_off_and_taken_up_again(world: World) -> None:
    """What was sent stays, the rest follows, dated to the day of the beginning; a third run sends nothing."""
    yesterday = today() - timedelta(days=1)
    first = seeding(world)
    assert await first.begun_on() is None
    done = count(1)

    def broken_off() -> None:
        if next(done) == 6:
            filling.cancel()

    filling = asyncio.ensure_future(first.fill(_EXAMPLES, yesterday, broken_off))
    await asyncio.wait({filling})
    assert filling.cancelled() or filling.exception()  # the SDK makes an error of its own of it
    assert 0 < first.sent

    second = seeding(world)
    assert yesterday == await second.begun_on()
    assert not await second.is_empty()
    await second.fill(_EXAMPLES, yesterday, lambda: None)
    assert 0 < second.sent
    assert {} == first.refused == second.refused
    register = RegisterQueries(world.engine)
    for sample in SAMPLES:
        await until(partial(stands, register, sample), f"{sample.platform_id} {sample.stands}")
    before = {one.platform_id: await decisions(register, one) for one in SAMPLES}

    third = seeding(world)
    await third.fill(_EXAMPLES, yesterday, lambda: None)
    assert (0, {}) == (third.sent, third.refused)
    assert before == {one.platform_id: await decisions(register, one) for one in SAMPLES}


async def stands(register: RegisterQueries, sample: Sample) -> bool:
    """Whether the register has a sample where it shall stand."""
    card = await register.platform(sample.platform_id)
    if card is None:
        return False
    term = card.terms[-1]
    if isinstance(sample.stands, AssessmentStage):
        return [sample.stands] == [one.stage for one in term.assessments]
    return sample.stands == term.stage


async def decisions(register: RegisterQueries, sample: Sample) -> list[str | None]:
    """The decisions on a sample that were taken, by their ids."""
    lines = await register.log(sample.platform_id)
    return [line.entry.decision_id for line in lines if line.entry.kind == EntryKind.DECISION]
