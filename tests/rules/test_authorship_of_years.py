"""An assessment knows the roster that its platform knows, and asks for the same signatures."""

from typing import Any

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
from workflows.log_id import LogId
from workflows.model import as_sent, sha256
from workflows.platform_changes import note_changes
from workflows.state_folding import fold
from workflows.vocabulary import AssessmentStage, Happening, Kind, Role, Stage

from .authored_cases import at, roster, take
from .builders import ACTORS, Raw
from .cases import assessment, at_stage, decision, moment, record_event
from .rosters import person
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


def test_what_is_sent_on_comes_with_the_versions_that_the_year_does_not_know() -> None:
    """Who sets aside may have been entered after the year ended."""
    case, known = at(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    opening = open_year(case, 1, moment(case), case.state.valid_until, {})
    year = open_assessment(opening, moment(case))
    for kind in (Kind.SELF_REPORT, Kind.DISTRICT_REVIEW, Kind.EVALUATION):
        take(year, known, kind)
    wrong = year.log[-1].decision_id
    note_year_end(case, 1, year.state.stage, _ended(year), moment(year))
    known.change(person("kw-8"), person("kw-9"))
    aside = decision(Kind.SET_ASIDE, case, target=wrong, year=1)
    aside |= {"actor": ACTORS[Role.COMMISSION] | {"id": "kw-8"}, "decision_id": "aside"}
    signed = known.signed(aside, case, "kw-8", "kw-9") | {"roster": [as_sent(known.newest)]}
    case.decide(signed, moment(case))
    again = reopened(opening, year.log, case.log, case.state.reopening)
    assert again.carried
    assert again.set_aside
    opened_again = Case(again.carried.state, again.carried.record)
    opened_again.sent_on = sha256(again.set_aside)
    opened_again.decide(again.set_aside, moment(case))
    assert opened_again.state.stage is AssessmentStage.EVALUATION
    assert opened_again.state.roster == known.newest.root
    logs = {LogId(1): tuple(case.log), LogId(1, 1, 1): tuple(opened_again.log)}
    assert [one for one in check_logs(logs) if one.check is Check.SIGNATURES] == []
    assert len(authorship_of(logs).proven) == 4 + 1 + 3 + 1


def _ended(year: Case[Any]) -> Raw:
    return {
        "year": 1,
        "result": str(year.state.stage),
        "entries": len(year.log),
        "log_hash": year.log[-1].hash,
    }
