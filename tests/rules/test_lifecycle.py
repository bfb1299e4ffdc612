"""The two tables as tables: whole, without dead ends, without doubt, each row by an article."""

import re
from collections import Counter

import pytest

from workflows.decisions import MODELS
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.policy import Policy, policy_for_new_cases
from workflows.steps import AnyStage, Clock, Lifecycle, Step
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

ARTICLES = re.compile(
    r"^§[一二三四五六](\([一二三四五]\))?(, §[一二三四五六](\([一二三四五]\))?)*$"
)
TABLES = [PLATFORM, ASSESSMENT]
STEPS = [step for table in TABLES for step in table.steps]
FIRST: dict[str, AnyStage] = {
    "platform": Stage.RECOMMENDATION,
    "assessment": AssessmentStage.SELF_REPORT,
}

tables = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
steps = pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.stage))


def goals(table: Lifecycle, stage: AnyStage) -> set[AnyStage]:
    """Where one may go from a stage."""
    arrows = [arrow for trigger in table.triggers(stage) for arrow in trigger.arrows]
    return {arrow.to for arrow in arrows if arrow.to}


def reachable(table: Lifecycle, start: AnyStage) -> set[AnyStage]:
    """Where one may get from a stage, with it."""
    seen, todo = {start}, [start]
    while todo:
        new = goals(table, todo.pop()) - seen
        seen |= new
        todo += new
    return seen


@tables
def test_every_stage_has_one_row_and_is_reached_from_the_first(table: Lifecycle) -> None:
    """Nothing stands in the table that no case ever comes to, and no stage is forgotten."""
    words = type(FIRST[table.name])
    assert Counter(step.stage for step in table.steps) == Counter(words)
    assert reachable(table, FIRST[table.name]) == set(words)


@tables
def test_every_open_stage_leads_to_an_end_and_no_end_leads_on(table: Lifecycle) -> None:
    """No case stands still for ever by the table, and none rises again."""
    ends = {step.stage for step in table.steps if step.ended}
    dead = [s.stage for s in table.steps if not s.ended and not reachable(table, s.stage) & ends]
    assert dead == []
    assert [end for end in ends if goals(table, end)] == []
    assert [table.ended(step.stage) for step in table.steps] == [s.ended for s in table.steps]


def test_the_ends_are_those_of_the_contract() -> None:
    """How a term and an assessment may end."""
    ended = [[step.stage for step in table.steps if step.ended] for table in TABLES]
    assert ended == [
        ["expired", "delisted", "declined", "withdrawn", "terminated"],
        [
            "effective",
            "not_effective_unmended",
            "met",
            "not_met",
            "ended_with_validity",
            "ended_with_platform",
        ],
    ]


@pytest.mark.parametrize("kind", Kind)
def test_the_outcomes_of_a_decision_are_those_of_its_arrows(kind: Kind) -> None:
    """Every outcome that can be said leads somewhere, and no arrow waits for one that cannot."""
    model = MODELS[kind]
    field = model.model_fields.get("outcome")
    can_say = list(field.annotation) if field else [model.only_outcome]  # type: ignore[call-overload]
    arrows = {
        (table.name, arrow.outcome)
        for table in TABLES
        for _, trigger, arrow in table.arrows()
        if trigger.name == kind
    }
    assert {outcome for _, outcome in arrows} == set(can_say)
    assert len({name for name, _ in arrows}) == (2 if kind is Kind.SET_ASIDE else 1)


def test_every_kind_and_every_happening_stands_in_a_table() -> None:
    """Except `applied`, which opens the platform's log, no word is without a row."""
    names = {trigger.name for table in TABLES for _, trigger, _ in table.arrows()}
    assert names == (set(Kind) | set(Happening)) - {Happening.APPLIED}


@tables
def test_every_trigger_cites_an_article_and_decisions_alone_have_a_role(table: Lifecycle) -> None:
    """The rule that a refusal names is one of the guideline; the system takes no decision."""
    triggers = [trigger for _, trigger, _ in table.arrows()]
    assert [t.name for t in triggers if not ARTICLES.match(t.rule)] == []
    assert [t.name for t in triggers if isinstance(t.name, Kind) != (t.by is not None)] == []


def led(table: Lifecycle) -> list[tuple[tuple[object, ...], AnyStage | None]]:
    """Where each way of a table leads, whoever says it."""
    return [
        ((step.stage, t.name, arrow.outcome, arrow.conditions), arrow.to)
        for step in table.steps
        for t in table.triggers(step.stage)
        for arrow in t.arrows
    ]


@tables
def test_no_two_arrows_are_in_doubt(table: Lifecycle) -> None:
    """From one stage the same outcome, under the same condition, leads to one place."""
    ways = Counter(
        (stage, trigger.name, arrow.outcome, arrow.conditions, trigger.by)
        for stage in [step.stage for step in table.steps]
        for trigger in table.triggers(stage)
        for arrow in trigger.arrows
    )
    assert [way for way, count in ways.items() if count > 1] == []
    plain = {way[:3] for way in ways if not any(one is not None for one in way[3])}
    conditional = [way for way in ways if any(one is not None for one in way[3])]
    assert [way for way in conditional if way[:3] in plain] == []
    places = {(*way, goal) for way, goal in led(table)}
    assert len(places) == len({place[:4] for place in places})


def test_conditions_on_arrows_leave_no_gap() -> None:
    """Passed goes on with or without corrections; a correction goes back to each stage it came from."""
    arrows = list(PLATFORM.arrows())
    passed = [a.corrections for _, _, a in arrows if a.outcome == "passed"]
    assert passed == [False, True]
    came_from = {start for start, _, a in arrows if a.to is Stage.CORRECTION}
    filed = [a for start, _, a in arrows if start is Stage.CORRECTION and a.outcome == "filed"]
    back = {(arrow.returned_from, arrow.to) for arrow in filed}
    assert back == {(stage, stage) for stage in came_from}
    for condition in ("district_heard", "mends"):
        ways: dict[object, list[object]] = {}
        for start, trigger, arrow in ASSESSMENT.arrows():
            value = getattr(arrow, condition)
            if value is not None:
                ways.setdefault((start, trigger.by, arrow.outcome), []).append(value)
        assert ways and all(sorted(map(bool, found)) == [False, True] for found in ways.values())


def test_a_clock_stops_where_a_plan_is_returned_and_goes_on_where_it_comes_back() -> None:
    """§四: while the operator corrects the plan nobody else's time runs; all other clocks run through."""
    arrows = list(PLATFORM.arrows()) + list(ASSESSMENT.arrows())
    assert {start for start, _, a in arrows if a.stops} == {
        start for start, _, a in arrows if a.to is Stage.CORRECTION
    }
    assert {a.to for _, _, a in arrows if a.resumes} == {a.returned_from for _, _, a in arrows} - {
        None
    }
    starts = {step.stage for step in STEPS if Happening.CLOCK_STARTED in names(step)}
    assert starts == {Stage.RECOMMENDATION, Stage.INSPECTION, Stage.EXPERT_REVIEW}
    assert [s.stage for s in STEPS if Happening.CLOCK_STOPPED in names(s)] == [Stage.CORRECTION]


def names(step: Step) -> set[object]:
    """What may happen in a step of its own."""
    return {trigger.name for trigger in step.triggers}


def test_what_ended_by_a_decision_may_be_set_aside_and_what_ended_by_itself_may_not() -> None:
    """An end that the clock or the operator's withdrawal brought to an assessment stays an end."""
    ends = [step for step in STEPS if step.ended]
    assert [step.stage for step in ends if Kind.SET_ASIDE not in names(step)] == [
        "expired",
        "ended_with_validity",
        "ended_with_platform",
    ]
    alone = {(t.name, table.alone(t.name)) for table in TABLES for _, t, _ in table.arrows()}
    assert {name for name, it_is in alone if it_is} == {Kind.SUPPORT}


@steps
def test_a_step_in_working_days_has_its_days_in_the_policy(step: Step) -> None:
    """Each awaited step keeps a clock, and its days are a field of the policy."""
    if step.clock is Clock.WORKING_DAYS:
        assert getattr(policy_for_new_cases(Policy()), step.days) > 0
    else:
        assert step.days == ""
    assert (step.clock is Clock.NONE) == step.ended


def test_every_number_of_days_in_the_policy_is_used() -> None:
    """No field of the policy is without effect."""
    fields = {name for name in Policy.model_fields if name.endswith("_days")}
    others = {"assessment_lead_days", "last_assessment_lead_days", "expiry_notice_days"}
    others |= {"reminder_days", "escalate_every_days", "next_term_days"}
    others |= {"listing_entered_within_days"}
    assert {step.days for step in STEPS if step.days} == fields - others
