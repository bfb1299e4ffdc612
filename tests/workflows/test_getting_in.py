"""Getting in (§四): decisions by update and by signal, in and out of order, twice, after the end."""

import asyncio
from datetime import date, datetime

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowFailureError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from starter.errors import NoSuchPlatform
from tests.rules.builders import COMMISSION, DISTRICT, application, panel
from tests.workflows.world import World
from worker.demo.clockwork import until
from workflows.application import PlatformApplication
from workflows.contract import DISTRICT as DISTRICT_ATTRIBUTE
from workflows.contract import PLATFORM_TYPE, STAGE, TASK_QUEUE, VALID_UNTIL, platform_workflow_id
from workflows.model import InvalidMessage, parse
from workflows.record import BEGINNING, EntryKind, find_chain_break
from workflows.refusal import Refused
from workflows.state_folding import fold
from workflows.vocabulary import Stage


async def test_four_decisions_make_a_platform_valid(world: World) -> None:
    """Each receipt says where the case stands and who must act next until when; the log holds."""
    life = await world.apply()
    receipt = await life.decide("recommendation")
    assert ("inspection", 2) == (receipt.stage, receipt.seq)
    assert ["commission"] == [what.role for what in receipt.awaited]
    assert receipt.due is not None
    for kind in ("inspection", "expert_opinion", "listing"):
        receipt = await life.decide(kind)
    assert Stage.VALID == receipt.stage
    await life.stands("valid")
    log = await life.log()
    assert find_chain_break(log, BEGINNING) is None
    assert fold(log) == await life.state()
    card = await world.queries.platform(life.id)
    assert card
    assert [entry.hash for entry in log] == [line.entry.hash for line in card.log]


async def test_the_web_ui_shows_where_a_platform_stands(world: World) -> None:
    """Search attributes and current details say the stage, the district, and what is awaited."""
    life = await world.apply()
    await life.get_listed()
    await life.stands("valid")
    description = await life.handle.describe()
    found = description.typed_search_attributes
    assert ("valid", "haidian") == (found.get(STAGE), found.get(DISTRICT_ATTRIBUTE))
    assert (await life.state()).valid_until == found.get(VALID_UNTIL)
    other = await world.apply()
    shown = await other.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    for words in ("待所在区推荐 · recommendation", "待 所在区 所在区推荐", "(§四(一))"):
        assert words in shown.current_details
    assert {"recommendation", "withdrawal"} <= {s.name for s in shown.definition.signal_definitions}

    async def listed() -> bool:
        query = f"WorkflowId = '{other.handle.id}' AND PlatformStage = 'recommendation'"
        return (await world.temporal.count_workflows(query)).count == 1

    await until(listed, "the stage can be searched for")


async def test_a_refused_update_leaves_nothing_behind(world: World) -> None:
    """Out of order, another district, a panel that does not do: refused by rule; the history is clean."""
    life = await world.apply()
    await life.stands("recommendation")
    before = await life.events()
    with pytest.raises(Refused) as error:
        await life.decide("listing")
    assert "§四(四)" == error.value.refusal.rule
    assert ["recommendation"] == [what.kind for what in error.value.refusal.awaited]
    elsewhere = {**DISTRICT, "district": "chaoyang"}
    with pytest.raises(Refused, match="only the platform's own district"):
        await life.decide("recommendation", actor=elsewhere)
    with pytest.raises(InvalidMessage, match="outcome"):
        await life.decide("recommendation", "perhaps")
    assert before == await life.events()
    assert 1 == len(await life.log())


async def test_a_panel_must_be_whole_and_independent(world: World) -> None:
    """No industry expert, an expert of the lead unit: refused by §四(三), and the workflow is unharmed."""
    life = await world.apply()
    await life.decide("recommendation")
    await life.decide("inspection")
    no_industry = [{**expert, "field": "technology"} for expert in panel()]
    from_lead = [{**expert, "organisation": "京芯微电子研究院"} for expert in panel()]
    for bad, why in ((no_industry, "no expert from industry"), (from_lead, "lead unit")):
        with pytest.raises(Refused, match=why):
            await life.decide("expert_opinion", panel=bad)
    await life.decide("expert_opinion")
    assert "WORKFLOW_TASK_FAILED" not in await life.events()


async def test_a_refused_signal_is_logged_with_its_reason(world: World) -> None:
    """What nobody can be told stands in the log: the rule, in both languages; the case stays put."""
    life = await world.apply()
    await life.signal("listing")
    await life.handle.signal("recommendation", {"decision_id": "x", "outcome": 7})
    await life.handle.signal("recommendation", "not even an object")
    await life.handle.signal("recommendation", args=[])
    await life.handle.signal("recommendation", args=[{"a": 1}, {"b": 2}])

    async def all_logged() -> bool:
        return len(await life.log()) == 6

    await until(all_logged, "five refusals are logged")
    refused = (await life.log())[1:]
    assert {EntryKind.REFUSED} == {entry.kind for entry in refused}
    assert "§四(四)" in (refused[0].reason or "")
    assert "现在不能作" in (refused[0].reason or "")
    assert "outcome" in (refused[1].reason or "")
    assert {"recommendation"} == {entry.stage for entry in refused}
    await life.stands("recommendation")
    assert "WORKFLOW_TASK_FAILED" not in await life.events()


async def test_what_is_not_even_json_harms_nothing(world: World) -> None:
    """A payload that no SDK of ours could have sent is refused and logged, and the case goes on."""
    life = await world.apply()
    for encoding, data in (
        (b"json/plain", b'{"decision_id": "\\ud800"}'),
        (b"json/plain", b"{"),
        (b"json/plain", b"\xff"),
        (b"binary/plain", b"abc"),
        (b"json/external-storage-reference", b"{}"),  # of a storage that nobody has here
    ):
        payload = Payload(metadata={"encoding": encoding}, data=data)
        await life.handle.signal("recommendation", RawValue(payload))
    await life.decide("recommendation")
    await life.stands("inspection")
    assert "WORKFLOW_TASK_FAILED" not in await life.events()
    kinds = [entry.kind for entry in await life.log()]
    assert [EntryKind.HAPPENING, *[EntryKind.REFUSED] * 5, EntryKind.DECISION] == kinds


async def test_two_signals_in_one_instant_are_judged_one_after_the_other(world: World) -> None:
    """A signal for the next stage, right behind the one that opens it, is taken: nothing is lost."""
    life = await world.apply()
    await life.stands("recommendation")
    case = await life.case("recommendation")
    kinds = ("recommendation", "inspection", "expert_opinion", "expert_opinion")
    sent = [(kind, await life.decision(kind, case=case)) for kind in kinds]
    async with world.without_worker():
        for kind, raw in sent:
            await life.handle.signal(kind, raw)
    await life.stands("listing")
    logged = [(entry.kind, entry.name) for entry in (await life.log())[1:]]
    assert [
        (EntryKind.DECISION, "recommendation"),
        (EntryKind.DECISION, "inspection"),
        (EntryKind.DECISION, "expert_opinion"),
        (EntryKind.REFUSED, "expert_opinion"),
    ] == logged


async def test_ten_updates_at_once_take_one(world: World) -> None:
    """Ten people decide the same at the same moment: one is taken, nine are told what is awaited."""
    life = await world.apply()
    decisions = [await life.decision("recommendation") for _ in range(10)]
    answers = await asyncio.gather(
        *(world.client.decide(life.id, decision) for decision in decisions),
        return_exceptions=True,
    )
    assert 1 == sum(not isinstance(answer, BaseException) for answer in answers)
    assert 9 == sum(isinstance(answer, Refused) for answer in answers)
    assert 2 == len(await life.log())


async def test_the_same_decision_twice_gives_the_first_answer(world: World) -> None:
    """By update, by signal, and after the end of the case: one entry, and the first receipt."""
    life = await world.apply()
    raw = await life.decision("recommendation", "declined")
    first = await world.client.decide(life.id, raw)
    await life.stands("declined")
    again = await world.client.decide(life.id, raw)
    assert again.repeated
    assert (first.seq, first.at) == (again.seq, again.at)
    with pytest.raises(Refused, match="too late"):
        await life.decide("recommendation")
    other = {**raw, "opinion": "another opinion"}
    with pytest.raises(Refused):
        await world.client.decide(life.id, other)
    await life.handle.result()
    assert 2 == len(await life.log())


async def test_a_term_listed_on_29_february_2024(world: World) -> None:
    """It ends on 28 February 2027 at 24:00 Beijing time; assessments open 90 days before (§四, §六)."""
    life = await world.apply()
    await life.get_listed(decided_on="2024-02-29")
    await life.opened(1)
    state = await life.state()
    assert date(2024, 2, 29) == state.listed_on
    assert datetime.fromisoformat("2027-02-28T16:00:00Z") == state.valid_until
    await life.decide("withdrawal")
    await life.over()


async def test_what_is_no_application_fails_with_its_fields(world: World) -> None:
    """A raw start with a bad input ends at once, saying what is wrong; it never blocks the queue."""
    handle = await world.temporal.start_workflow(
        "Platform",
        {"platform_id": "x"},
        id=platform_workflow_id("bad"),
        task_queue=TASK_QUEUE,
        start_signal="recommendation",  # one call with the start: a later one may find it closed
        start_signal_args=[{}],
    )
    with pytest.raises(WorkflowFailureError) as error:
        await handle.result()
    assert isinstance(error.value.cause, ApplicationError)
    assert "InvalidApplication" == error.value.cause.type
    assert "application_id" in error.value.cause.message


async def test_an_application_twice_and_another_one(world: World) -> None:
    """Twice the same gives the first; another while the term is open is refused, naming the term."""
    life = await world.apply()
    form = parse(
        PlatformApplication, application(platform_id=life.id, application_id=f"a-{life.id}")
    )
    assert (await world.client.apply(form)).repeated
    other = form.model_copy(update={"application_id": "another"})
    with pytest.raises(Refused, match="term 1 of") as open_yet:
        await world.client.apply(other)
    changed = form.model_copy(update={"name": "another name"})
    with pytest.raises(Refused, match="another content") as used:
        await world.client.apply(changed)
    assert ["recommendation"] * 2 == [one.value.refusal.stage for one in (open_yet, used)]
    await life.decide("recommendation", "declined")
    await life.handle.result()
    assert (await world.client.apply(form)).repeated
    second = await world.client.apply(other)
    assert (2, False) == (second.term, second.repeated)
    log = await life.log()
    assert BEGINNING != log[0].previous
    assert 2 == (await life.state()).facts.term
    # Of a term before: its first answer, whether or not another term is open; and never a third term.
    again = await world.client.apply(form)
    assert (1, True) == (again.term, again.repeated)
    await life.decide("recommendation", "declined")
    await life.handle.result()
    again = await world.client.apply(form)
    assert (1, True) == (again.term, again.repeated)
    with pytest.raises(Refused, match="for term 1, with another content"):
        await world.client.apply(changed)


async def test_an_application_that_was_started_by_others(world: World) -> None:
    """With whatever memo, or none: the same application is a repeat, and another one is refused."""
    for number, memo in enumerate(({}, {"ticket": "4711"})):
        form = application(platform_id=f"others-{number}", application_id=f"a-others-{number}")
        await world.temporal.start_workflow(
            PLATFORM_TYPE,
            form,
            id=platform_workflow_id(form["platform_id"]),
            task_queue=TASK_QUEUE,
            memo=memo,
        )
        assert (await world.client.apply(parse(PlatformApplication, form))).repeated
        other = form | {"application_id": "another"}
        with pytest.raises(Refused, match=f"is open, by application a-others-{number}"):
            await world.client.apply(parse(PlatformApplication, other))


async def test_a_term_that_was_terminated_from_outside_is_not_applied_for_again(
    world: World,
) -> None:
    """Terminating is no decision: the application is refused, and the way back is named."""
    life = await world.apply()
    await life.handle.terminate("by mistake")
    form = application(platform_id=life.id, application_id=f"a-{life.id}")
    with pytest.raises(Refused, match="temporal workflow reset"):
        await world.client.apply(parse(PlatformApplication, form))


async def test_many_apply_at_the_same_instant(world: World) -> None:
    """Twenty upstreams apply for one platform with two applications: one workflow, clear answers."""
    forms = [
        parse(PlatformApplication, application(platform_id="race", application_id=f"a-{n % 2}"))
        for n in range(20)
    ]
    answers = await asyncio.gather(
        *(world.client.apply(form) for form in forms), return_exceptions=True
    )
    taken = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert 10 == len(taken)
    assert 1 == sum(not answer.repeated for answer in taken)
    assert 1 == len({answer.application_id for answer in taken})
    assert 10 == sum(isinstance(answer, Refused) for answer in answers)


async def test_an_unknown_platform_is_named_as_such(world: World) -> None:
    """Nobody waits for what was never applied for."""
    with pytest.raises(NoSuchPlatform):
        await world.client.state("nobody-applied")
    with pytest.raises((NoSuchPlatform, Refused)):
        await world.client.decide(
            "nobody-applied",
            {
                "kind": "withdrawal",
                "decision_id": "d",
                "actor": COMMISSION,
                "decided_on": "2026-01-01",
                "reason": "x",
            },
        )
