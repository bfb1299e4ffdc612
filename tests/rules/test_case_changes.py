"""Facts that change, suspension and its end, termination: what is taken, what follows, what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from activities.calendar import working_day_due
from workflows.case import Case
from workflows.case_changes import changed_facts, facts_before, replaced_facts
from workflows.deadlines import clocks, deadline_of, due_request
from workflows.model import InvalidMessage, as_sent
from workflows.next_term import next_application
from workflows.periods import last_day
from workflows.platform_changes import (
    changes_said,
    changes_to_follow,
    closing_happening,
    closing_said,
    note_changes,
)
from workflows.refusal import Refused
from workflows.rules import awaited
from workflows.stated_changes import stated_changes
from workflows.states import PlatformState
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import ABSENT, COMMISSION, DAY, DISTRICT, OPERATOR, Raw, application, changed
from .cases import SOON, assessment, at_stage, decide, decision, moment, platform, record_event
from .refusing import refusal

NEW_NAME = "京芯共性平台科技有限公司"
RENAMED: Raw = {"operator": {"name": NEW_NAME}, "name": ABSENT}
OPEN = [stage for stage in Stage if stage not in
        (Stage.EXPIRED, Stage.DELISTED, Stage.DECLINED, Stage.WITHDRAWN, Stage.TERMINATED)]  # fmt: skip


def moved(case: Case[Any], **changes: Any) -> None:
    """A change of facts, of these only."""
    decide(case, Kind.FACTS_CHANGE, **{"name": ABSENT, **changes})


@pytest.mark.parametrize("stage", OPEN, ids=str)
def test_who_may_speak_follows_in_every_open_stage(stage: Stage) -> None:
    """The new operator withdraws; the old one is nobody to the platform any more."""
    case = at_stage(stage)
    moved(case, operator={"name": NEW_NAME})
    assert case.state.stage is stage
    with pytest.raises(Refused, match=f"only the operator, {NEW_NAME}"):
        case.validate(decision(Kind.WITHDRAWAL, case), moment(case))
    decide(case, Kind.WITHDRAWAL, actor=changed(OPERATOR, organisation=NEW_NAME))


def test_what_is_left_out_stays_and_the_log_says_what_was() -> None:
    """One fact changes, six do not; the entry has the old and the new."""
    case = at_stage(Stage.INSPECTION)
    before = case.state.facts
    moved(case, district="beijing_etown")
    said = case.log[-1].said
    assert {"district": "haidian"} == said["replaced"]
    assert before.model_copy(update={"district": "beijing_etown"}) == case.state.facts
    assert before == facts_before(case.state.facts, said)
    assert 2 == case.state.facts_version
    assert ("所在区：海淀区 → 北京经济技术开发区",) == tuple(w.zh for w in stated_changes(said))


def test_a_direction_belongs_to_its_field() -> None:
    """A new field without a direction has none; the log says which went."""
    case = platform(direction="芯片验证")
    moved(case, field="intelligent_equipment")
    assert (None, "芯片验证") == (
        case.state.facts.direction,
        case.log[-1].said["replaced"]["direction"],
    )
    moved(case, field="artificial_intelligence", direction="算力适配")
    assert "算力适配" == case.state.facts.direction
    assert "direction" not in case.log[-1].said["replaced"]
    assert facts_before(case.state.facts, case.log[-1].said).direction is None


@pytest.mark.parametrize(
    ("changes", "rule", "why"),
    [
        ({"name": "芯片验证共性技术平台"}, "§三(二)", "nothing changes"),
        ({"field": "astrology"}, "§三(二)", "field astrology is not one of"),
        (
            {"name": "新名", "actor": OPERATOR},
            "§四",
            "for the commission to take, not for the operator",
        ),
        (
            {"name": "新名", "actor": DISTRICT},
            "§四",
            "for the commission to take, not for the district",
        ),
        (
            {"operator": {"name": COMMISSION["organisation"]}},
            "§四",
            "nobody decides on their own body",
        ),
    ],
)
def test_refused(changes: Raw, rule: str, why: str) -> None:
    """Also whoever would make their own body the operator."""
    case = at_stage(Stage.VALID)
    raw = decision(Kind.FACTS_CHANGE, case, **{"name": ABSENT, **changes})
    assert why in refusal(case, raw, rule)


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        (Kind.FACTS_CHANGE, {"name": ABSENT}, "says what changes"),
        (Kind.FACTS_CHANGE, {"services": ["design", "design"]}, "each service once"),
        (Kind.FACTS_CHANGE, {"requested_by": "somebody"}, "requested_by"),
        *((kind, {"documents": []}, "needs a document") for kind in
          (Kind.FACTS_CHANGE, Kind.SUSPENSION, Kind.RESUMPTION, Kind.TERMINATION)),
    ],
)  # fmt: skip
def test_incomplete(kind: Kind, changes: Raw, why: str) -> None:
    """Each of them rests on a document, and a change says what changes."""
    case = at_stage(Stage.VALID)
    with pytest.raises(InvalidMessage, match=why):
        case.validate(decision(kind, case, **changes), moment(case))


def test_changes_have_an_order_of_dates_of_their_own() -> None:
    """Steps are dated among themselves, changes among themselves: paper of either may come later."""
    case = at_stage(Stage.INSPECTION)
    today = moment(case).date()
    decide(case, Kind.INSPECTION)
    moved(case, district="beijing_etown", decided_on=f"{today - DAY}")
    early = decision(Kind.FACTS_CHANGE, case, decided_on=f"{today - 2 * DAY}")
    assert "is before the decision it follows" in refusal(case, early, "§四")
    decide(case, Kind.EXPERT_OPINION, decided_on=f"{today}")


def test_what_lasts_is_not_set_aside() -> None:
    """Nor with what came before it: the case stands where it stood, with the facts as they are."""
    case = at_stage(Stage.EXPERT_REVIEW)
    inspection = case.log[-1].decision_id
    moved(case, district="beijing_etown")
    change = case.log[-1].decision_id
    raw = decision(Kind.SET_ASIDE, case, target=change)
    assert "is not set aside: correct it by another change" in refusal(case, raw, "§四, §六")
    decide(case, Kind.SUSPENSION)
    decide(case, Kind.SET_ASIDE, target=inspection)
    assert ("inspection", "beijing_etown") == (case.state.stage, case.state.facts.district)
    assert case.state.suspended_since is not None


def test_while_suspended_steps_wait_and_the_rest_is_possible() -> None:
    """Support and steps are refused; a change, a withdrawal, a termination are taken."""
    case = at_stage(Stage.VALID)
    decide(case, Kind.SUSPENSION)
    since = case.log[-1].at.date()
    assert [("resumption", "commission")] == [(a.kind, a.role) for a in awaited(case.state)]
    with pytest.raises(Refused, match=f"suspended since {since}, until the commission resumes"):
        case.validate(decision(Kind.SUPPORT, case), moment(case))
    with pytest.raises(Refused, match="suspension is not possible"):
        case.validate(decision(Kind.SUSPENSION, case), moment(case))
    for kind in (Kind.FACTS_CHANGE, Kind.WITHDRAWAL, Kind.TERMINATION, Kind.SET_ASIDE):
        case.validate(decision(kind, case), moment(case))
    decide(case, Kind.RESUMPTION)
    with pytest.raises(Refused, match="the case is not suspended"):
        case.validate(decision(Kind.RESUMPTION, case), moment(case))


def test_support_of_a_day_of_the_suspension_is_refused_later_too() -> None:
    """From the day of the suspension until the day before its end."""
    case = at_stage(Stage.VALID)
    decide(case, Kind.SUSPENSION)
    suspended = case.log[-1].at.date()
    decide(case, Kind.RESUMPTION)
    raw = decision(Kind.SUPPORT, case, given_on=f"{suspended}")
    assert f"the platform was suspended on {suspended}" in refusal(case, raw, "§四")
    decide(case, Kind.SUPPORT, given_on=f"{suspended + DAY}")


def test_the_clock_goes_on_where_it_stopped() -> None:
    """Five working days had run: the other days of the step are left after the resumption."""
    case = platform()
    began = case.log[0].at
    whole = due_request(case.state).working_days
    case.decide(decision(Kind.SUSPENSION, case), began + 7 * DAY)
    assert deadline_of(case.state, None) is None
    case.decide(decision(Kind.RESUMPTION, case), began + 200 * DAY)
    request = due_request(case.state)
    assert ((began, began + 7 * DAY),) == request.used
    assert case.state.since == began + 200 * DAY
    left = working_day_due(request.model_copy(update={"used": (), "working_days": whole - 5}))
    assert left.due == working_day_due(request).due


def test_a_step_that_was_overdue_stays_so() -> None:
    """Its due date does not move; while it is suspended nobody is reminded of it."""
    case = platform()
    record_event(case, Happening.OVERDUE)
    due = working_day_due(due_request(case.state))
    since = case.state.since
    decide(case, Kind.SUSPENSION)
    assert [] == clocks(case.state, due, None)
    decide(case, Kind.RESUMPTION)
    assert (True, since) == (case.state.overdue, case.state.since)
    assert due == working_day_due(due_request(case.state))


def test_a_second_visit_to_a_suspended_step_has_all_its_days() -> None:
    """What the first one had run before it was suspended is no part of it."""
    case = at_stage(Stage.CORRECTION)
    decide(case, Kind.SUSPENSION)
    decide(case, Kind.RESUMPTION)
    assert due_request(case.state).used
    decide(case, Kind.PLAN_REVISION)
    decide(case, Kind.RECOMMENDATION, "returned")
    assert case.state.stage is Stage.CORRECTION
    assert () == due_request(case.state).used


def followed(case: Case[PlatformState], year: Case[Any]) -> None:
    """The open assessment notes what its platform decided of itself."""
    note_changes(year, changes_to_follow(case.log, year.before, year.log), moment(case))


def test_a_rectification_has_the_days_of_the_suspension_more() -> None:
    """Its deadline moves by as many days, and not beyond the end of validity."""
    owner = at_stage(Stage.VALID)
    record_event(owner, Happening.ASSESSMENT_OPENED)
    year = assessment(owner)
    for kind, outcome in (
        (Kind.SELF_REPORT, None),
        (Kind.DISTRICT_REVIEW, None),
        (Kind.EVALUATION, "not_effective"),
    ):
        decide(year, kind, outcome)
    before = year.state.mend_by
    assert year.state.stage is AssessmentStage.RECTIFICATION and before
    decide(owner, Kind.SUSPENSION)
    start = owner.log[-1].at
    followed(owner, year)
    owner.decide(decision(Kind.RESUMPTION, owner), start + 30 * DAY)
    note_changes(year, changes_to_follow(owner.log, year.before, year.log), start + 30 * DAY)
    moved_to = year.state.mend_by
    assert moved_to and last_day(moved_to) == last_day(before) + timedelta(days=30)
    decide(owner, Kind.SUSPENSION)
    followed(owner, year)
    late = start + 1_000 * DAY
    owner.decide(decision(Kind.RESUMPTION, owner), late)
    note_changes(year, changes_to_follow(owner.log, year.before, year.log), late)
    assert year.state.mend_by == year.state.valid_until


def test_an_assessment_notes_each_change_once() -> None:
    """Told again, or told of what it has noted: nothing more stands in its log."""
    owner = at_stage(Stage.VALID)
    record_event(owner, Happening.ASSESSMENT_OPENED)
    year = assessment(owner)
    moved(owner, operator={"name": NEW_NAME})
    change = owner.log[-1]
    said = changes_said(({"changes": [as_sent(change)]},))
    assert (change.hash, (change,)) == (said.entry, said.changes)
    for _ in range(2):
        note_changes(year, said.changes or (), moment(owner))
        followed(owner, year)
    assert ["assessment_opened", "facts_changed"] == [entry.name for entry in year.log]
    assert NEW_NAME == year.state.facts.operator.name
    assert (change.seq, change.hash) == (year.log[-1].said["entry"], year.log[-1].said["hash"])


@pytest.mark.parametrize(
    "said", [(), (None,), ("x",), ({"changes": 1},), ({"changes": [{"seq": "x"}]},)], ids=str
)
def test_nonsense_in_the_platforms_name_is_no_change(said: tuple[Any, ...]) -> None:
    """Anyone can send a signal, of anything."""
    assert (None, ()) == (changes_said(said).entry, changes_said(said).changes)
    assert (None, Happening.PLATFORM_WITHDRAWN) == closing_said(said)[:2]


@pytest.mark.parametrize(
    ("kind", "noted"),
    [
        (Kind.WITHDRAWAL, Happening.PLATFORM_WITHDRAWN),
        (Kind.TERMINATION, Happening.PLATFORM_TERMINATED),
    ],
)
def test_how_an_assessment_ends_with_its_platform(kind: Kind, noted: Happening) -> None:
    """Its log says whether the operator withdrew or the commission terminated."""
    owner = at_stage(Stage.VALID)
    decide(owner, kind)
    assert noted is closing_happening(owner.log, owner.log[-1].hash)


def test_a_change_of_nothing_but_spelling_is_one() -> None:
    """The comparison of names is for people who speak; the register shows what stands in the document."""
    facts = platform().state.facts
    said = {"operator": {"name": facts.operator.name + "（北京）"}}
    assert facts != changed_facts(facts, said)
    assert {"operator": as_sent(facts.operator)} == replaced_facts(facts, said)


def test_an_application_for_the_next_term_follows_what_it_repeats() -> None:
    """Filed under the old name it begins under the new one; what it applied for otherwise stays."""
    case = at_stage(Stage.VALID, policy=SOON)
    own = application(application_id="a-2", name="下一期另用的名称", submitted_by=OPERATOR)
    decide(case, Kind.NEXT_TERM, "filed", application=own)
    moved(case, operator={"name": NEW_NAME}, district="beijing_etown", name="本期的新名称")
    log, kept = tuple(case.log), case.next_application
    form = next_application(case.state, log, kept)
    assert form
    assert (NEW_NAME, "beijing_etown") == (form.operator.name, form.district)
    assert ("下一期另用的名称", 2) == (form.name, form.term)
