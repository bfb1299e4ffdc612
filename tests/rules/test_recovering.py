"""A case that goes on from its log alone: wherever it stands, it is the case that it was, and lives on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from workflows import recovering
from workflows.activity_messages import CaseLog
from workflows.assessment_years import open_assessment, open_year
from workflows.case import Case
from workflows.case_roles import year_log
from workflows.deadlines import due_request
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.model import canonical
from workflows.record import LogEntry, find_chain_break
from workflows.recovering import (
    log_to_recover,
    note_recovery,
    objection_to_recovery,
    term_from_log,
    year_end,
    year_from_log,
)
from workflows.reopening import BrokenLog, objection_to_reopening
from workflows.run_io import CarriedPlatform
from workflows.state_folding import fold
from workflows.states import next_assessment
from workflows.vocabulary import AssessmentStage, Happening, Kind, Role, Stage

from . import test_examples
from .cases import (
    PATHS,
    at_stage,
    decide,
    decision,
    moment,
    policy_of,
    record_event,
    recovery,
    returned_from,
    walk,
)
from .test_reopening import corrected, texts
from .world import World

OPEN = [stage for stage in PATHS if isinstance(stage, Stage) and not PLATFORM.ended(stage)]
YEARS = [stage for stage in PATHS if isinstance(stage, AssessmentStage)]


def overdue() -> Case[Any]:
    """A platform that is late, and was reminded and escalated."""
    case = at_stage(Stage.INSPECTION)
    for name in (Happening.REMINDED, Happening.OVERDUE, Happening.ESCALATED):
        record_event(case, name)
    return case


def suspended() -> Case[Any]:
    """A suspended platform whose facts have changed."""
    case = at_stage(Stage.EXPERT_REVIEW)
    decide(case, Kind.FACTS_CHANGE)
    decide(case, Kind.SUSPENSION)
    return case


def heard_of_the_end() -> Case[Any]:
    """A valid platform that was told of the end, recorded support and applied for the next term."""
    case = at_stage(Stage.VALID, policy={"validity_years": 1, "next_term_days": 365})
    record_event(case, Happening.VALIDITY_NEARING)
    decide(case, Kind.SUPPORT)
    decide(case, Kind.NEXT_TERM)
    return case


def corrected_again() -> Case[Any]:
    """One with every kind of correction, which stands where a decision was set aside."""
    case = corrected()
    decide(case, Kind.SET_ASIDE)
    return case


CASES: dict[str, Callable[[], Case[Any]]] = {
    **{str(stage): partial(at_stage, stage) for stage in OPEN},
    **{
        f"correction from {stage}": partial(returned_from, stage)
        for stage in (Stage.RECOMMENDATION, Stage.INSPECTION, Stage.EXPERT_REVIEW)
    },
    "overdue": overdue,
    "suspended": suspended,
    "near its end": heard_of_the_end,
    "set aside": corrected_again,
}


def begun(case: Case[Any], **changes: Any) -> CarriedPlatform:
    """What a term goes on with, from its log alone and what the register has beside it."""
    carried = term_from_log({LogId(1): case.log}, texts(case), case.next_application)
    return carried.model_copy(update={"recovery": recovery(case, **changes)})


def found(case: Case[Any], **changes: Any) -> CaseLog:
    """What the register has of a term without an open assessment."""
    return CaseLog(entries=tuple(case.log), **changes)


@pytest.mark.parametrize("name", CASES)
def test_from_its_log_it_is_the_case_that_it_was(name: str) -> None:
    """State, receipts and room are those of before, its step is due on the same day, and it says so once."""
    case = CASES[name]()
    carried = begun(case)
    assert objection_to_recovery(carried, found(case), moment(case)) is None
    assert carried.recovery
    again: Case[Any] = Case(carried.state, carried.record)
    assert again.state == case.state
    assert again.record() == case.record()
    due = due_request(case.state)
    note_recovery(again, carried.recovery, moment(case))
    note_recovery(again, carried.recovery, moment(case))
    assert (again.state, due_request(again.state)) == (case.state, due)
    assert next_assessment(again.state) == next_assessment(case.state)
    assert [e.name for e in again.log[len(case.log) :]] == [Happening.RECOVERED]
    assert again.log[-1].said["log_hash"] == again.log[-1].previous == case.log[-1].hash
    assert find_chain_break(again.log, again.before) is None
    assert fold(again.log) == case.state


@pytest.mark.parametrize("name", CASES)
def test_what_may_be_decided_next_is_decided_as_before(name: str) -> None:
    """Whoever decides answers the same content, and what follows is the same but for the one entry."""
    case = CASES[name]()
    carried = begun(case)
    assert carried.recovery
    again: Case[Any] = Case(carried.state, carried.record)
    note_recovery(again, carried.recovery, case.log[-1].at)
    assert again.content_chain().answerable[-1] == case.content_chain().newest
    raw = decision(Kind.WITHDRAWAL, case)
    one, other = case.decide(raw, moment(case)), again.decide(raw, moment(case))
    assert (other.stage, other.seq) == (one.stage, one.seq + 1)
    assert again.decide(raw, moment(again)).repeated


def test_it_stays_when_an_earlier_decision_is_set_aside() -> None:
    """That a case was lost and went on is true whatever was decided of its plan."""
    case = at_stage(Stage.LISTING)
    note_recovery(case, recovery(case), moment(case))
    decide(case, Kind.SET_ASIDE, target="d-2")
    assert case.state.stage is Stage.RECOMMENDATION
    decide(case, Kind.RECOMMENDATION)
    assert fold(case.log) == case.state


@pytest.mark.parametrize("stage", YEARS)
def test_an_open_assessment_goes_on_with_its_platform(stage: AssessmentStage) -> None:
    """Wherever it stands, also where it has ended and its platform has not heard so."""
    platform, year = with_year(stage)
    logs = {LogId(1): platform.log, LogId(1, 1, 1): year.log}
    carried = term_from_log(logs, texts(platform))
    end = year_end(carried.state, year_log(carried.state, logs))
    said = recovery(platform, assessment=end)
    carried = carried.model_copy(update={"recovery": said})
    assert objection_to_recovery(carried, log_to_recover(logs, None), moment(year)) is None
    again: Case[Any] = Case(carried.state, carried.record)
    note_recovery(again, said, moment(year))
    opening = open_year(again, 1, moment(year), again.state.valid_until, again.roles)
    opening = year_from_log(opening, year.log, again.log, said)
    assert opening.carried
    child: Case[Any] = Case(opening.carried.state, opening.carried.record)
    assert (child.state, child.record()) == (year.state, year.record())
    assert (opening.before, opening.carried.due) == (year.before, None)
    note_recovery(child, said, moment(year))
    noted = [] if year.ended else [Happening.RECOVERED]
    assert [e.name for e in child.log[len(year.log) :]] == noted
    assert fold(child.log) == year.state


def with_year(stage: AssessmentStage) -> tuple[Case[Any], Case[Any]]:
    """A platform and its open assessment, which stands in a stage."""
    platform = at_stage(Stage.VALID, policy=policy_of(stage))
    opening = open_year(platform, 1, moment(platform), platform.state.valid_until, {})
    return platform, walk(open_assessment(opening, moment(platform)), PATHS[stage])


def test_an_assessment_of_which_nothing_was_written_is_opened_anew() -> None:
    """Its log begins after the entry of its platform's log that opened it, and not after the recovery."""
    platform, _ = with_year(AssessmentStage.SELF_REPORT)
    opened, said = platform.log[-1], recovery(platform)
    note_recovery(platform, said, moment(platform))
    opening = open_year(platform, 1, moment(platform), platform.state.valid_until, {})
    opening = year_from_log(opening, (), platform.log, said)
    assert (opening.before, opening.carried, opening.recovery) == (opened.hash, None, None)


def test_an_assessment_hears_what_it_missed() -> None:
    """What its platform decided of itself before the engine was lost, and the assessment had not noted."""
    platform, year = with_year(AssessmentStage.EVALUATION)
    decide(platform, Kind.SUSPENSION)
    logs = {LogId(1): platform.log, LogId(1, 1, 1): year.log}
    said = recovery(platform, assessment=year_end(platform.state, year.log))
    assert (
        objection_to_recovery(
            term_from_log(logs, texts(platform)).model_copy(update={"recovery": said}),
            log_to_recover(logs, None),
            moment(year),
        )
        is None
    )
    opening = open_year(platform, 1, moment(year), platform.state.valid_until, {})
    again = year_from_log(opening, year.log, platform.log, said)
    assert [e.name for e in again.changes] == [Kind.SUSPENSION]


@pytest.mark.parametrize("wrong", ["other log", "shorter", "not named"])
def test_another_log_is_not_gone_on_from(wrong: str) -> None:
    """An assessment goes on from the very log that the recovery names."""
    platform, year = with_year(AssessmentStage.EVALUATION)
    other = with_year(AssessmentStage.DISTRICT_REVIEW)[1]
    end = year_end(platform.state, year.log)
    opening = open_year(platform, 1, moment(year), platform.state.valid_until, {})
    log = {"other log": other.log, "shorter": year.log[:-1], "not named": year.log}[wrong]
    said = recovery(platform, assessment=None if wrong == "not named" else end)
    with pytest.raises(BrokenLog):
        year_from_log(opening, log, platform.log, said)


class Recovering(World):
    """A term whose engine is lost after each step: its cases go on from their logs alone."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.texts: dict[str, Any] = texts(self.platform)
        self.times = 0

    def step_taken(self) -> None:
        """Lose the engine."""
        platform, year = self.platform, self.assessment
        self.texts |= texts(platform)
        if platform.ended:
            return
        facts = platform.state.facts
        logs: dict[LogId, list[LogEntry]] = {LogId(facts.term): platform.log}
        for case in self.cases[1:]:
            logs[LogId(facts.term, case.state.year, case.state.opening)] = case.log
        carried = term_from_log(logs, self.texts, platform.next_application)
        self.times += 1
        end = year_end(carried.state, year.log) if year else None
        name = f"recovery-{self.times}"
        said = recovery(platform, assessment=end, recovery_id=name)
        carried = carried.model_copy(update={"recovery": said})
        carried = CarriedPlatform.model_validate_json(carried.model_dump_json())
        assert objection_to_recovery(carried, log_to_recover(logs, None), self.now) is None
        assert carried.state == platform.state
        assert carried.record.receipts == tuple(platform.receipts)
        self.platform = self.cases[0] = Case(carried.state, carried.record)
        note_recovery(self.platform, said, self.now)
        if year:
            opening = self._opening(year.state.year)
            again = year_from_log(opening, year.log, self.platform.log, said).carried
            assert again
            assert again.state == year.state
            assert again.record.receipts == tuple(year.receipts)
            self.assessment = Case(again.state, again.record)
            self.cases[self.cases.index(year)] = self.assessment
            note_recovery(self.assessment, said, self.now)


@pytest.mark.parametrize("name", test_examples.NAMES)
def test_an_example_ends_as_its_file_says(name: str) -> None:
    """Though the engine is lost after every step of its life, with all that it had."""
    for world in test_examples.live(name, Recovering):
        assert isinstance(world, Recovering)
        assert world.times > 0 or len(world.platform.log) <= 2
        for case in world.cases:
            assert find_chain_break(case.log, case.before) is None
            assert fold(case.log) == case.state
        noted = [e for e in world.platform.log if e.name == Happening.RECOVERED]
        assert len(noted) == world.times


def test_people_have_their_roles_from_the_years_before() -> None:
    """Who assessed a year as the commission cannot come back as another body."""
    worlds = test_examples.live("bj-llm-evaluation", Recovering)
    roles = worlds[-1].platform.roles
    acted = {e.actor.id.casefold() for c in worlds[-1].cases[1:-1] for e in c.log if e.actor}
    assert acted
    assert acted <= set(roles)


# ---- what does not go on ----


def test_only_what_follows_from_the_log_goes_on() -> None:
    """Another state, another record, another log, another last entry, a due date: each is refused."""
    case = at_stage(Stage.INSPECTION)
    carried, said = begun(case), found(case)
    state, record = carried.state, carried.record
    other = at_stage(Stage.LISTING)
    spoilt: list[dict[str, Any]] = [
        {"state": state.model_copy(update={"stage": Stage.VALID})},
        {"record": record.model_copy(update={"receipts": ()})},
        {"record": record.model_copy(update={"roles": {"somebody": Role.DISTRICT}})},
        {"record": record.model_copy(update={"next_application": {"application_id": "a"}})},
        {"record": record.model_copy(update={"log": record.log[:-1]})},
        {"record": record.model_copy(update={"plans": returned_with_plan().plans})},
        {"recorded": 1},
        {"recovery": recovery(case, entries=1)},
        {"recovery": recovery(case, log_hash="0" * 64)},
        {"recovery": recovery(case, term=2)},
        {"recovery": recovery(case, platform_id="bj-other")},
        {"recovery": recovery(case, assessment=with_year_named())},
    ]
    for changes in spoilt:
        wrong = carried.model_copy(update=changes)
        assert objection_to_recovery(wrong, said, moment(case)), changes
    assert objection_to_recovery(carried, found(other), moment(case))
    assert objection_to_recovery(carried, CaseLog(entries=()), moment(case))


def returned_with_plan() -> Any:
    """The record of another case, with a plan that this one never filed."""
    return corrected().record()


def test_of_many_plans_the_newest_are_taken_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit into a start stays in the register, bound by its hash."""
    case = corrected_again()
    assert begun(case).record.plans == tuple(case.plans)
    assert len(case.plans) == 2
    monkeypatch.setattr(recovering, "MOST_PLANS", len(canonical(case.plans[-1].plan)))
    carried = begun(case)
    assert carried.record.plans == tuple(case.plans[-1:])
    assert objection_to_recovery(carried, found(case), moment(case)) is None


def with_year_named() -> dict[str, Any]:
    """An open assessment that the register does not have."""
    return {"year": 1, "opening": 1, "entries": 3, "log_hash": "ab" * 32}


def test_a_log_that_does_not_hold_is_named() -> None:
    """Whoever changed the register cannot make a case of it."""
    case = at_stage(Stage.LISTING)
    log = [*case.log[:2], case.log[2].model_copy(update={"outcome": "failed"}), *case.log[3:]]
    with pytest.raises(BrokenLog, match="entry 3 "):
        term_from_log({LogId(1): log}, texts(case))
    carried = begun(case)
    carried = carried.model_copy(
        update={"record": carried.record.model_copy(update={"log": tuple(log)})}
    )
    logs = log_to_recover({LogId(1): log}, None)
    why = objection_to_recovery(carried, logs, moment(case))
    assert why
    assert "entry 3 was changed" in why.en


def test_a_term_that_has_ended_does_not_go_on_and_one_that_is_open_is_not_reopened() -> None:
    """What was started with a log alone, without a recovery, had ended; what is recovered had not."""
    ended, valid = at_stage(Stage.DECLINED), at_stage(Stage.VALID)
    assert objection_to_recovery(begun(ended), found(ended), moment(ended))
    assert objection_to_reopening(begun(ended), ended.log) is None
    assert objection_to_reopening(begun(valid), valid.log)
