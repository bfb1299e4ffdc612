"""A platform that is renamed, moves and is suspended while its assessment is open, on the real servers."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from audit.archive.server_histories import ServerHistories
from audit.dossier.making import make
from audit.dossier.verifying import verify
from db.as_of import register_on
from tests.rules.builders import DISTRICT, OPERATOR, OPERATOR_CODE, Raw
from tests.workflows.test_crashes import Away
from tests.workflows.test_setting_aside import settled
from tests.workflows.world import Life, World, worker_of_0_4
from worker.demo.clockwork import until
from workflows.contract import DISTRICT as DISTRICT_ATTRIBUTE
from workflows.contract import FOLLOW_PLATFORM, PATCH_V0_5_LATER
from workflows.periods import beijing_date
from workflows.record import LogEntry, find_chain_break
from workflows.refusal import Refused
from workflows.state_folding import fold
from workflows.states import AssessmentState

NEW_NAME = "京芯共性平台科技有限公司"
NEW_OPERATOR: Raw = {**OPERATOR, "id": "op-2", "organisation": NEW_NAME}
NEW_DISTRICT: Raw = {
    "id": "et-1",
    "role": "district",
    "organisation": "经开区科技主管部门",
    "district": "beijing_etown",
}


@pytest.fixture
async def away(world: World) -> AsyncIterator[Away]:
    """A register with a door that can be shut."""
    register = Away(world)
    async with world.with_worker(register):
        yield register


async def assessment_log(world: World, life: Life) -> list[LogEntry]:
    """The log of the open assessment, as its workflow holds it."""
    assert life.assessment
    raw = await life.assessment.query("log")
    return [LogEntry.model_validate(entry, strict=False) for entry in raw]


async def rename(life: Life) -> None:
    """The operator gets another name."""
    await life.decide(
        "facts_change",
        name="芯片验证平台",
        operator={"name": NEW_NAME, "credit_code": OPERATOR_CODE},
    )


async def move(life: Life) -> None:
    """The platform moves to another district."""
    await life.decide("facts_change", requested_by="district", name=None, district="beijing_etown")


async def test_a_rename_a_move_and_a_suspension_in_the_middle_of_an_assessment(
    world: World, tmp_path: Path
) -> None:
    """It ends right; the state at each date is right; each log holds, and each history replays."""
    life = await world.in_its_first_year()
    await life.decide("self_report")
    assessment = life.assessment
    assert assessment

    await rename(life)
    with pytest.raises(Refused, match=f"only the operator, {NEW_NAME}"):
        await life.decide("withdrawal")
    await move(life)
    with pytest.raises(Refused, match="only the platform's own district, Beijing E-Town"):
        await life.decide("district_review")

    await life.decide("suspension")
    with pytest.raises(Refused, match="until the commission resumes the platform"):
        await life.decide("district_review", actor=NEW_DISTRICT)
    with pytest.raises(Refused, match="support is not possible: suspended since"):
        await life.decide("support", given_on=str(await today(life)))
    await life.forward(60)  # far beyond the ten working days of the step
    assert "overdue" not in [entry.name for entry in await assessment_log(world, life)]
    view = await assessment.query("state")
    assert (None, []) == (view["due"], view["awaited"])

    await life.decide("resumption")
    receipt = await life.decide("district_review", actor=NEW_DISTRICT)
    assert "evaluation" == receipt.stage
    log = await assessment_log(world, life)
    followed = [entry.name for entry in log if "entry" in entry.said]
    assert followed == [
        "facts_changed",
        "facts_changed",
        "platform_suspended",
        "platform_resumed",
    ]
    assert "effective" == (await life.decide("evaluation", "effective")).stage
    await life.over()

    own = await settled(world, life)
    state = await life.state()
    assert (NEW_NAME, "beijing_etown") == (state.facts.operator.name, state.facts.district)
    assert ["effective"] == [year.result for year in state.assessments]
    await the_dates_are_right(world, life, own)
    await its_dossier_holds(world, life, tmp_path)


async def today(life: Life) -> date:
    """The day on the platform's clock."""
    return beijing_date(await life.world.clockwork.now(life.handle))


async def the_dates_are_right(world: World, life: Life, log: list[LogEntry]) -> None:
    """At the end of the last day of each state the register says what was true then."""
    for number, entry in enumerate(log, 1):
        following = log[number].at if number < len(log) else entry.at + timedelta(days=1)
        day = beijing_date(entry.at)
        if beijing_date(following) == day:
            continue
        (row,) = (await register_on(world.engine, day, limit=1, after=_before(life.id))).rows
        facts = fold(log[:number]).facts
        assert (facts.name, facts.operator.name, facts.district, facts.field) == (
            row.name,
            row.operator,
            row.district,
            row.field,
        )


def _before(platform_id: str) -> str:
    """What comes right before an id in the order of the register."""
    return platform_id[:-1] + chr(ord(platform_id[-1]) - 1) + "~"


async def its_dossier_holds(world: World, life: Life, folder: Path) -> None:
    """Each run of platform and assessment replays by today's code, each log is whole, no row differs."""
    path = folder / "dossier.zip"
    dossier = await make(
        world.engine,
        ServerHistories(world.temporal),
        life.id,
        source="server",
        made_by="auditor-1",
        at=datetime.now(UTC),
    )
    path.write_bytes(dossier)
    found = await verify(path)
    assert [] == [f"{one.check} {one.where}: {one.words.en}" for one in found.problems]
    assert () == found.manifest.register_differs


async def test_nothing_overtakes_a_change(world: World, away: Away) -> None:
    """By the receipt the assessment knows it, though the register is away: the old district is refused."""
    life = await world.in_its_first_year()
    await life.decide("self_report")
    late = await life.decision("district_review", actor=DISTRICT)
    late["case"] = await life.case("district_review")
    away.open = False
    await move(life)
    with pytest.raises(Refused, match="only the platform's own district, Beijing E-Town"):
        await world.client.decide(life.id, late)
    assert "evaluation" == (await life.decide("district_review", actor=NEW_DISTRICT)).stage
    away.open = True


async def test_a_stranger_changes_no_facts(world: World) -> None:
    """Whoever sends the platform's signal: the assessment follows only what the platform's log says."""
    life = await world.in_its_first_year()
    assert life.assessment
    true = await life.log()
    forged = true[-1].model_dump(mode="json") | {
        "seq": 99,
        "kind": "decision",
        "name": "facts_change",
        "said": {"district": "beijing_etown"},
    }
    for said in ({"changes": [forged]}, {"changes": "x"}, "nonsense", None):
        await life.assessment.signal(FOLLOW_PLATFORM, said)
    await life.decide("self_report")
    await life.decide("district_review", actor=DISTRICT)
    assert ["assessment_opened", "self_report", "district_review"] == [
        entry.name for entry in await assessment_log(world, life)
    ]


async def test_a_year_that_ended_hears_what_it_has_missed(world: World) -> None:
    """Its evaluation is set aside after the rename: it opens again with the new name."""
    life = await world.in_its_first_year()
    for kind in ("self_report", "district_review"):
        await life.decide(kind)
    wrong = await life.decide("evaluation", "effective")
    await life.over()
    await rename(life)
    await life.set_aside(wrong.decision_id)
    await life.opened(1)
    await life.decide("evaluation", "not_effective")
    with pytest.raises(Refused, match=f"only the operator, {NEW_NAME}"):
        await life.decide("rectification_report")
    await life.decide("rectification_report", actor=NEW_OPERATOR)
    log = await assessment_log(world, life)
    names = [entry.name for entry in log]
    assert names.index("facts_changed") == names.index("set_aside") + 1
    assert find_chain_break(log, log[0].previous) is None
    state = fold(log)
    assert isinstance(state, AssessmentState)
    assert NEW_NAME == state.facts.operator.name


async def test_an_assessment_opens_suspended_and_ends_with_a_termination(world: World) -> None:
    """A kick-off does not wait for a resumption, and no step runs; a termination ends both."""
    life = await world.valid(days=200)
    await life.decide("suspension")
    await life.open(1)
    assert life.assessment
    view = await life.assessment.query("state")
    assert (None, []) == (view["due"], view["awaited"])
    with pytest.raises(Refused, match="suspended since"):
        await life.decide("self_report")
    receipt = await life.decide("termination")
    assert "terminated" == receipt.stage
    assert "ended_with_platform" == (await life.assessment.result())["result"]
    assert "platform_terminated" == (await assessment_log(world, life))[-1].name
    assert "terminated" == (await life.handle.result())["stage"]


async def test_a_termination_is_set_aside(world: World) -> None:
    """It closed the assessment, which is opened anew; the platform is valid as before."""
    life = await world.in_its_first_year()
    receipt = await life.decide("termination")
    await life.over()
    with pytest.raises(Refused, match="set the termination aside first"):
        await life.set_aside("zr-1")
    assert "valid" == (await life.set_aside(receipt.decision_id)).stage
    await life.opened(1)
    assert "district_review" == (await life.decide("self_report")).stage


async def test_a_clock_goes_on_where_it_stopped(world: World) -> None:
    """Twenty working days less those before the suspension; search attributes follow the move."""
    life = await world.apply()
    await life.stands("recommendation")
    before = (await life.view()).due
    await life.forward(9)
    await life.decide("suspension")
    await life.forward(90)
    assert ("recommendation", False) == await standing(life)
    await move(life)
    receipt = await life.decide("resumption")
    assert before and receipt.due
    assert receipt.due > before.due + timedelta(days=85)
    assert receipt.due < receipt.at + timedelta(days=35)

    async def moved() -> bool:
        found = (await life.handle.describe()).typed_search_attributes
        return found.get(DISTRICT_ATTRIBUTE) == "beijing_etown"

    await until(moved, "the search attributes follow")
    with pytest.raises(Refused, match="Beijing E-Town"):
        await life.decide("recommendation")
    assert "inspection" == (await life.decide("recommendation", actor=NEW_DISTRICT)).stage


async def standing(life: Life) -> tuple[str, bool]:
    """Where a platform stands, and whether its step is overdue."""
    state = await life.state()
    return state.stage, state.overdue


async def test_a_case_of_before_takes_the_change_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run of 0.4.0 and its open assessment go by the newer edition from the change on, and replay."""
    with worker_of_0_4(monkeypatch):
        life = await world.in_its_first_year()
        await life.decide("self_report")
    await rename(life)
    await move(life)
    with pytest.raises(Refused, match="only the platform's own district, Beijing E-Town"):
        await life.decide("district_review")
    await life.decide("district_review", actor=NEW_DISTRICT)
    await life.decide("evaluation", "effective")
    await life.over()
    state = await life.state()
    assert (NEW_NAME, "beijing_etown") == (state.facts.operator.name, state.facts.district)
    first = [run async for run in world.temporal.list_workflows(f"WorkflowId = '{life.handle.id}'")]
    patches = set()
    for run in first:
        handle = world.temporal.get_workflow_handle(run.id, run_id=run.run_id)
        async for event in handle.fetch_history_events():
            details = event.marker_recorded_event_attributes.details
            patches |= {str(value) for one in details.values() for value in one.payloads}
    assert any(PATCH_V0_5_LATER in patch for patch in patches)
    await its_dossier_holds(world, life, tmp_path)
