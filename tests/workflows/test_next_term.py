"""§四: the next term begins the moment validity ends, in one step and once, whatever dies in between."""

from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus

from audit.archive.server_histories import ServerHistories
from audit.reconciling.reconciling import reconcile
from tests.register import cases
from tests.rules.builders import ABSENT, COMMISSION, OPERATOR, Raw, application
from tests.workflows.test_crashes import Away
from tests.workflows.world import Life, World
from worker.demo.clockwork import A_MOMENT, until
from workflows.application import PlatformApplication
from workflows.contract import STAGE, VALID_UNTIL
from workflows.model import parse
from workflows.periods import beijing_date
from workflows.policy import NEW_CASES
from workflows.refusal import Refused


async def in_its_last_days(world: World) -> Life:
    """A platform that is valid for one year, of which the last days have begun."""
    life = await world.in_its_first_year(policy={"validity_years": 1}, submitted_by=COMMISSION)
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.over()
    return life


def form_of(life: Life) -> Raw:
    """The application for its next term."""
    return application(
        platform_id=life.id, application_id=f"{life.id}-2", submitted_by=OPERATOR, policy=ABSENT
    )


async def expired(life: Life) -> bool:
    """Whether its validity has ended, and nothing has followed."""
    state = await life.state()
    return (state.stage, state.facts.term) == ("expired", 1)


async def begun(life: Life, term: int) -> bool:
    """Whether a term of it has begun."""
    return (await life.state()).facts.term == term


async def test_a_term_follows_another_once_though_the_worker_dies_in_between(world: World) -> None:
    """The end is noted while the register is away; with the next worker the term begins, and only one."""
    away = Away(world)
    async with world.with_worker(away):
        life = await in_its_last_days(world)
        assert (await life.decide("next_term", application=form_of(life))).stage == "valid"
        end = (await life.state()).valid_until
        assert end
        await world.clockwork.move_to(life.handle, end - A_MOMENT)
        await life.settled(life.handle)
        away.open = False
        await world.clockwork.forward(life.handle, 2 * A_MOMENT)
        await until(lambda: expired(life), "validity ends")
    async with world.with_worker(world.register):
        await until(lambda: begun(life, 2), "the next term begins")
        await life.stands("recommendation")
    first = (await life.log())[0]
    card = await world.queries.platform(life.id)
    assert card
    assert [(1, "expired"), (2, "recommendation")] == [(t.term, t.stage) for t in card.terms]
    last = [line.entry for line in card.log if line.term == 1 and not line.year][-1]
    assert (last.name, last.hash) == ("validity_ended", first.previous)
    assert timedelta() <= first.at - last.at < timedelta(minutes=10), (
        "as soon as the register has all"
    )
    years = [(one["year"], one["result"]) for one in first.said["previous"]["assessments"]]
    assert [(1, "effective")] == years
    query = f"WorkflowId = '{life.handle.id}'"
    statuses = [run.status async for run in world.temporal.list_workflows(query)]
    assert statuses.count(WorkflowExecutionStatus.RUNNING) == 1
    assert set(statuses[1:]) == {WorkflowExecutionStatus.CONTINUED_AS_NEW}
    found = (await life.handle.describe()).typed_search_attributes
    assert ("recommendation", None) == (found.get(STAGE), found.get(VALID_UNTIL))
    assert first.said["policy"] == NEW_CASES, "as of every application that is sent"
    again = await world.client.apply(parse(PlatformApplication, form_of(life)))
    assert (again.term, again.repeated, again.begins) == (2, True, None)
    listing = next(line.entry for line in card.log if line.entry.name == "bringing_in")
    with pytest.raises(Refused, match="term 2 has begun since"):
        await life.set_aside(str(listing.decision_id))
    assert "inspection" == (await life.decide("recommendation")).stage
    await life.stands("inspection")
    read = reconcile(world.engine, ServerHistories(world.temporal), (life.id,))
    [audited] = [one async for one in read]
    # Where time is skipped a clock may lag (docs/decisions/0007-workflow-clock.md).
    wrong = [one for one in audited.problems if "bears a moment" not in one.words.en]
    assert ([], []) == (wrong, audited.differences)


async def shown_as_valid(life: Life) -> bool:
    """Whether the search attribute of its stage has come."""
    return (await life.handle.describe()).typed_search_attributes.get(STAGE) == "valid"


async def test_who_applies_in_the_last_days_hands_in_for_the_next_term(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `apply` itself, which says when the term begins; a later one replaces it, and it is taken back."""
    life = await in_its_last_days(world)
    now = beijing_date(await world.clockwork.now(life.handle))
    monkeypatch.setattr("starter.client.next_term_sender.today", lambda: now)
    end = (await life.state()).valid_until
    form = parse(PlatformApplication, form_of(life))
    await life.decide("suspension")  # validity runs on, and with it the last days
    first, again = await world.client.apply(form), await world.client.apply(form)
    assert (2, False, end) == (first.term, first.repeated, first.begins)
    assert (2, True, end) == (again.term, again.repeated, again.begins)
    other = form.model_copy(update={"application_id": f"{life.id}-3"})
    assert not (await world.client.apply(other)).repeated
    filed = (await life.state()).next_term
    assert filed and filed.application_id == f"{life.id}-3"
    await life.decide("next_term", "taken_back")
    assert (await life.state()).next_term is None
    assert not (await world.client.apply(form)).repeated
    monkeypatch.undo()
    early = await world.valid(days=0, policy={"validity_years": 1}, submitted_by=COMMISSION)
    await until(lambda: shown_as_valid(early), "Temporal's lists say so")
    with pytest.raises(Refused, match=r"is open, .*; the next term is applied for from 2027-"):
        await world.client.apply(parse(PlatformApplication, form_of(early)))


async def test_a_term_that_only_the_register_knows_tells_its_years(world: World) -> None:
    """Temporal has let its run go: how its yearly assessments ended comes from the register's log."""
    platform_id = "bj-of-the-register"
    platform = cases.listed(cases.application(platform_id))
    year = cases.rectified(platform, outcome="not_met")
    await world.register.write(cases.batch(platform))
    await world.register.write(cases.batch(year, platform=platform))
    form = application(platform_id=platform_id, application_id="a-next", policy=ABSENT)
    applied = await world.client.apply(parse(PlatformApplication, form))
    [first, *_] = await world.client.log(platform_id)
    said = first.said["previous"]
    assert (2, platform.case.log[-1].hash) == (applied.term, said["log_hash"])
    assert [{"year": 1, "result": "not_met"}] == said["assessments"]
