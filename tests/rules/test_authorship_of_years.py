"""An assessment knows the roster that its platform knows, and asks for the same signatures."""

from typing import Any

import pytest

from audit.problems import Check
from audit.reading.authorship import authorship_of
from audit.reading.log_links import check_logs
from workflows.assessment_years import (
    note_year_end,
    open_assessment,
    open_year,
    reopened,
)
from workflows.case import Case
from workflows.circumstances import Edition
from workflows.known_roster import follow_platform, learn_roster
from workflows.log_id import LogId
from workflows.model import as_sent, sha256, size_of
from workflows.platform_changes import note_changes
from workflows.run_io import AssessmentOpening
from workflows.signed_roots import MOST_ROOTS
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import AssessmentStage, Happening, Kind, Role, Stage

from .authored_cases import at, roster, take
from .builders import ACTORS, Raw
from .cases import assessment, at_stage, decision, moment, record_event
from .rosters import Roster, person
from .test_authorship import asks, refusal


def test_next_term_and_years_know_what_the_platform_knows() -> None:
    """The year is opened with it; an edition of before never had one."""
    case, known = at(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    opening = open_year(case, 1, moment(case), case.state.valid_until, {})
    year = open_assessment(opening, moment(case))
    assert year.state.roster == known.newest.root == fold(year.log).roster
    assert case.edition is Edition.V0_5


def test_an_open_year_follows_what_the_platform_is_asked() -> None:
    """It knows the roster from the same word, and takes only signed decisions from then on."""
    known = roster()
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    year = assessment(case)
    roots = [as_sent(known.newest)]
    case.decide(asks(case, known, "required", "kw-1") | {"roster": roots}, moment(case))
    note_changes(year, [case.log[-1]], moment(case))
    assert year.state.roster == known.newest.root == fold(year.log).roster
    assert year.state.facts == case.state.facts
    assert "this one is not" in refusal(year, decision(Kind.SELF_REPORT, year))
    year.decide(known.signed(decision(Kind.SELF_REPORT, year), year, "op-1"), moment(year))


@pytest.mark.parametrize("versions", [1, MOST_ROOTS + 10])
def test_a_year_that_ended_long_ago_is_set_aside_by_whoever_stands_in_the_roster_today(
    versions: int,
) -> None:
    """However many versions came since: it is handed on the one by which its platform took the decision."""
    case, known, opening, year = _ended_year()
    for number in range(versions):
        known.change(person(f"new-{number}"), person("kw-8"), person("kw-9"))
    for first in range(0, versions, MOST_ROOTS):
        later = known.versions[1:][first : first + MOST_ROOTS]
        learn_roster(case, {"roots": [as_sent(one) for one in later]}, moment(case))
    again = reopened(opening, year.log, case.log, _set_aside(case, known, year))
    assert again.set_aside
    assert "roster" not in again.set_aside
    assert again.handed_on == known.newest.root
    opened_again = _goes_on(again, case)
    assert opened_again.state.stage is AssessmentStage.EVALUATION
    assert opened_again.state.roster == known.newest.root == fold(opened_again.log).roster
    logs = {LogId(1): tuple(case.log), LogId(1, 1, 1): tuple(opened_again.log)}
    assert [one for one in check_logs(logs) if one.check is Check.SIGNATURES] == []
    assert len(authorship_of(logs).proven) == 4 + 1 + 3 + 1
    grown = sum(size_of(as_sent(one)) for one in opened_again.log[len(year.log) :])
    assert grown < 6_000, "however many versions there are"


def test_a_version_that_came_after_it_was_taken_is_not_handed_on() -> None:
    """Its proofs are of the version by which the platform took it."""
    case, known, opening, year = _ended_year()
    known.change(person("kw-8"), person("kw-9"))
    when = known.newest.root
    raw = _set_aside(case, known, year)
    later = known.change(person("kw-10"))
    learn_roster(case, {"roots": [as_sent(later)]}, moment(case))
    again = reopened(opening, year.log, case.log, raw)
    assert again.handed_on == when
    assert _goes_on(again, case).state.stage is AssessmentStage.EVALUATION


def test_what_runs_of_before_sent_on_comes_with_all_versions() -> None:
    """They replay so; and a log that says so is as good as before."""
    case, known, opening, year = _ended_year()
    known.change(person("kw-8"), person("kw-9"))
    raw = _set_aside(case, known, year)
    again = reopened(opening, year.log, case.log, raw, hands_on=False)
    assert again.handed_on is None
    assert again.set_aside
    assert [as_sent(known.newest)] == again.set_aside["roster"]
    opened_again = _goes_on(again, case)
    assert opened_again.state.roster == known.newest.root
    logs = {LogId(1): tuple(case.log), LogId(1, 1, 1): tuple(opened_again.log)}
    assert [one for one in check_logs(logs) if one.check is Check.SIGNATURES] == []


def test_a_version_that_no_platform_handed_on_is_found() -> None:
    """Who writes a year's log cannot put another roster into it, which nobody signed."""
    case, known, opening, year = _ended_year()
    known.change(person("kw-8"), person("kw-9"))
    again = reopened(opening, year.log, case.log, _set_aside(case, known, year))
    assert again.carried
    forged = Case(again.carried.state, again.carried.record)
    other = roster()
    other.change(person("kw-8", key="forger"), person("kw-9", key="forger"))
    follow_platform(forged, other.newest.root, year.log[-1].at)
    logs = {LogId(1): tuple(case.log), LogId(1, 1, 1): tuple(forged.log)}
    (found, *_) = [one for one in check_logs(logs) if one.check is Check.SIGNATURES]
    assert (
        "nobody signed version 2 of the roster, and the platform's log has none such"
        in found.words.en
    )


Ended = tuple[Case[PlatformState], Roster, AssessmentOpening, Case[AssessmentState]]


def _ended_year() -> Ended:
    """A platform whose first year has ended, with the roster that both know."""
    case, known = at(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    opening = open_year(case, 1, moment(case), case.state.valid_until, {})
    year = open_assessment(opening, moment(case))
    for kind in (Kind.SELF_REPORT, Kind.DISTRICT_REVIEW, Kind.EVALUATION):
        take(year, known, kind)
    note_year_end(case, 1, year.state.stage, _ended(year), moment(year))
    return case, known, opening, year


def _set_aside(case: Case[PlatformState], known: Roster, year: Case[AssessmentState]) -> Raw:
    """The platform sets the year's last decision aside, signed by two; return what it sends on."""
    aside = decision(Kind.SET_ASIDE, case, target=year.log[-1].decision_id, year=1)
    aside |= {"actor": ACTORS[Role.COMMISSION] | {"id": "kw-8"}, "decision_id": "aside"}
    signed = known.signed(aside, case, "kw-8", "kw-9")
    if case.state.roster != known.newest.root:
        signed |= {"roster": [as_sent(known.newest)]}
    case.decide(signed, moment(case))
    assert case.state.reopening
    return case.state.reopening


def _goes_on(again: AssessmentOpening, case: Case[PlatformState]) -> Case[AssessmentState]:
    """The year, opened again, takes what it was opened for."""
    assert again.carried
    assert again.set_aside
    year = Case(again.carried.state, again.carried.record)
    when = moment(case)
    if again.handed_on:
        follow_platform(year, again.handed_on, when)
    year.sent_on = sha256(again.set_aside)
    year.decide(again.set_aside, when)
    return year


def _ended(year: Case[Any]) -> Raw:
    return {
        "year": 1,
        "result": str(year.state.stage),
        "entries": len(year.log),
        "log_hash": year.log[-1].hash,
    }
