"""Setting a wrong decision aside, on the real servers: with an assessment open, ended, or the term over."""

from datetime import date, timedelta

import pytest

from starter.client.register_lookups import NoRegister
from starter.client.set_aside_sender import Addressed, SetAsideSender
from starter.client.temporal_client import PingtaiClient
from starter.errors import Unreachable
from tests.workflows.test_crashes import Away
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows.decisions import SetAside
from workflows.model import as_sent
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.refusal import Refused
from workflows.run_io import CarriedPlatform
from workflows.state_folding import fold, set_aside_marks
from workflows.states import PlatformState


async def settled(world: World, life: Life) -> list[LogEntry]:
    """The platform's log, when the register has it; it is whole, and its fold is the state."""
    await life.settled(life.handle)
    log = await life.log()
    assert find_chain_break(log, BEGINNING) is None
    assert fold(log) == await life.state()
    card = await world.queries.platform(life.id)
    assert card
    assert [e.hash for e in log] == [line.entry.hash for line in card.log if line.year == 0]
    assert card.terms[-1].stage == (await life.state()).stage
    return log


async def assessed(life: Life, *ways: tuple[str, str | None]) -> str:
    """Take the decisions of an assessment; the id of the last."""
    last = ""
    for kind, outcome in ways:
        last = (await life.decide(kind, outcome)).decision_id
    return last


FALLS_SHORT = (
    ("self_report", None),
    ("district_review", None),
    ("evaluation", "not_effective"),
    ("rectification_report", None),
    ("district_review", None),
)


async def test_an_inspection_is_set_aside(world: World) -> None:
    """The platform stands at the inspection again, with a due date of its own, and goes on from there."""
    life = await world.apply()
    await life.decide("recommendation")
    wrong = await life.decide("inspection")
    receipt = await life.set_aside(wrong.decision_id)
    assert ("inspection", True) == (receipt.stage, receipt.due is not None)
    repeated = await life.world.client.decide(
        life.id, await life.decision("inspection", decision_id=receipt.decision_id + "x")
    )
    assert "expert_review" == repeated.stage
    log = await settled(world, life)
    assert {wrong.seq: receipt.seq} == set_aside_marks(log)


async def test_a_listing_falls_with_the_opinion_it_rests_on(world: World) -> None:
    """The opinion set aside, validity is gone and the open assessment is closed; listed anew, it opens anew."""
    life = await world.apply()
    await life.get_listed(decided_on=(date.today() - timedelta(days=300)).isoformat())
    await life.opened(1)
    log = await life.log()
    opinion = next(e for e in log if e.name == "expert_opinion")
    assert opinion.decision_id
    receipt = await life.set_aside(opinion.decision_id)
    assert "expert_review" == receipt.stage

    async def closed() -> bool:
        return (await life.log())[-1].name == "assessment_closed"

    await until(closed, "the platform notes that its assessment was closed")
    state = await life.state()
    assert (None, None, ()) == (state.valid_until, state.list_number, state.assessments)
    await settled(world, life)
    for kind in ("expert_opinion", "listing"):
        await life.decide(kind, decided_on=log[1].said["decided_on"])
    await life.opened(1)
    await assessed(life, *FALLS_SHORT[:2], ("evaluation", "effective"))
    await life.over()
    await settled(world, life)
    card = await world.queries.platform(life.id)
    assert card
    openings = [(a.year, a.opening, a.result) for a in card.terms[0].assessments]
    assert [(1, 1, "ended_with_platform"), (1, 2, "effective")] == openings


async def test_an_evaluation_with_rectification_open(world: World) -> None:
    """In the open assessment: it stands at the evaluation again, and the platform does not notice."""
    life = await world.in_its_first_year()
    wrong = await assessed(life, *FALLS_SHORT[:3])
    before = len(await life.log())
    receipt = await life.set_aside(wrong)
    assert ("evaluation", 1) == (receipt.stage, receipt.year)
    assert before == len(await life.log())
    assert "effective" == (await life.decide("evaluation", "effective")).stage
    await life.over()
    assert ["effective"] == [a.result for a in (await life.state()).assessments]


async def test_a_reassessment_that_delisted(world: World) -> None:
    """The term is started again from its log, the assessment too; met, the platform stays valid."""
    life = await world.in_its_first_year()
    wrong = await assessed(life, *FALLS_SHORT, ("reassessment", "not_met"))
    assert "delisted" == (await life.handle.result())["stage"]
    raw = await life.decision("set_aside", target=wrong)
    receipt = await world.client.decide(life.id, raw)
    assert ("valid", None) == (receipt.stage, receipt.year)
    again = await world.client.decide(life.id, raw)
    assert (True, receipt.seq) == (again.repeated, again.seq)
    await life.opened(1)
    assert life.assessment
    assert "met" == (await life.decide("reassessment", "met")).stage
    await life.over()
    log = await settled(world, life)
    assert ["met"] == [a.result for a in (await life.state()).assessments]
    card = await world.queries.platform(life.id)
    assert card
    mine = [line.entry for line in card.log if line.year == 1]
    opened = next(e for e in log if e.name == "assessment_opened")
    assert find_chain_break(mine, opened.hash) is None
    assert "met" == fold(mine).stage
    third = await world.client.decide(life.id, raw)
    assert (True, receipt.seq) == (third.repeated, third.seq)


async def test_a_year_that_has_ended(world: World) -> None:
    """Of a platform that is valid, the last year's conclusion is set aside, and judged anew."""
    life = await world.in_its_first_year()
    wrong = await assessed(life, *FALLS_SHORT[:2], ("evaluation", "effective"))
    await life.over()
    with pytest.raises(
        Refused, match="no decision d-unknown was taken in the assessment of year 1"
    ):
        await life.set_aside("d-unknown", year=1)
    case = {"platform_id": life.id, "term": 1, "year": 1}
    await life.set_aside(wrong, case=case)  # as it was decided; the platform takes it
    await life.opened(1)
    assert "rectification" == (await life.decide("evaluation", "not_effective")).stage
    assert ("valid", 1) == ((s := await life.state()).stage, s.open_assessment)
    await settled(world, life)


async def test_a_term_that_ended(world: World) -> None:
    """A withdrawal is set aside: the term goes on where it was."""
    life = await world.apply()
    wrong = await life.decide("withdrawal")
    await life.handle.result()
    receipt = await life.set_aside(wrong.decision_id)
    assert "recommendation" == receipt.stage
    assert "inspection" == (await life.decide("recommendation")).stage
    await settled(world, life)


async def test_what_cannot_be_set_aside(world: World) -> None:
    """An unknown decision is refused with the reason, and a term that has ended is not started again."""
    life = await world.apply()
    await life.decide("recommendation", "declined")
    await life.handle.result()
    before = (await life.handle.describe()).run_id
    with pytest.raises(Refused, match="no decision d-unknown"):
        await life.set_aside("d-unknown")
    assert before == (await life.handle.describe()).run_id
    with pytest.raises(Refused, match="for the commission"):
        await life.set_aside("d-unknown", actor=(await life.decision("recommendation"))["actor"])


async def test_support_is_recorded_and_falls_alone(world: World) -> None:
    """Support stands in the log of a valid platform; set aside, nothing else changes."""
    life = await world.in_its_first_year()
    day = (await life.state()).listed_on
    assert day
    given = await life.decide("support", given_on=day.isoformat())
    assert "valid" == given.stage
    since = (await life.state()).since
    await life.set_aside(given.decision_id)
    assert ("valid", since) == ((s := await life.state()).stage, s.since)
    with pytest.raises(Refused, match="not valid on"):
        await life.decide("support", given_on=(day - timedelta(days=1)).isoformat())


async def test_a_preview_changes_nothing(world: World) -> None:
    """The dry run says where a decision would lead, or why it is refused, and the log stays as it is."""
    life = await world.apply()
    preview = await world.client.check(life.id, await life.decision("recommendation"))
    assert "inspection" == preview.stage
    with pytest.raises(Refused, match="listing is not awaited"):
        await world.client.check(life.id, await life.decision("listing"))
    assert 1 == len(await life.log())


async def test_set_aside_while_the_register_is_away(world: World) -> None:
    """A case that has ended waits for the register; set aside meanwhile, it has not ended."""
    register = Away(world)
    async with world.with_worker(register):
        life = await world.apply()
        await life.stands("recommendation")
        register.open = False
        wrong = await life.decide("recommendation", "declined")
        assert "recommendation" == (await life.set_aside(wrong.decision_id)).stage
        register.open = True
        await life.stands("recommendation")
        assert "inspection" == (await life.decide("recommendation")).stage
    await settled(world, life)


async def test_a_term_that_was_ended_from_outside(world: World) -> None:
    """Terminated, it has not ended by the rules: it is brought back whole, and not from the register."""
    life = await world.apply()
    wrong = await life.decide("recommendation")
    await life.stands("inspection")
    raw = await life.decision("set_aside", target=wrong.decision_id)
    await life.handle.terminate()
    with pytest.raises(Refused, match="no decision: bring it back"):
        await world.client.decide(life.id, raw)


async def test_a_register_that_has_not_the_whole_log(world: World) -> None:
    """A term is not gone on with from a log without its last entries, as from a backup of before."""
    life = await world.apply()
    wrong = await life.decide("recommendation", "declined")
    await life.handle.result()
    await life.set_aside(wrong.decision_id)
    await life.decide("recommendation", "declined")
    await life.handle.result()

    class Before(NoRegister):
        async def ended_term(self, platform_id: str) -> CarriedPlatform | None:
            now = await world.lookups.ended_term(platform_id)
            assert now
            log = now.record.log[: wrong.seq]
            state = fold(log)
            assert isinstance(state, PlatformState)
            return now.model_copy(
                update={
                    "state": state,
                    "record": now.record.model_copy(
                        update={"log": log, "receipts": now.record.receipts[:1]}
                    ),
                    "recorded": len(log),
                }
            )

    client = PingtaiClient(world.clockwork.client, Before())
    run = (await life.handle.describe()).run_id
    with pytest.raises(Unreachable, match="whole log"):
        await client.decide(life.id, await life.decision("set_aside", target=wrong.decision_id))
    assert run == (await life.handle.describe()).run_id


async def test_an_assessment_that_ends_just_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting aside on its way to an assessment that has ended meanwhile is taken by the platform."""
    life = await world.in_its_first_year()
    wrong = await assessed(life, *FALLS_SHORT[:2], ("evaluation", "effective"))
    assert life.assessment
    ended = life.assessment.id
    await life.over()
    real, asked = SetAsideSender.place, []

    async def too_early(self: SetAsideSender, platform_id: str, decision: SetAside) -> Addressed:
        found = await real(self, platform_id, decision)
        asked.append(found)
        return found if asked[1:] else (ended, as_sent(decision))

    monkeypatch.setattr(SetAsideSender, "place", too_early)
    receipt = await life.set_aside(wrong)
    assert ("valid", None, 2) == (receipt.stage, receipt.year, len(asked))
    await life.opened(1)
