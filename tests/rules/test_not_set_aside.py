"""What cannot be set aside, and why; and who may not."""

import pytest

from workflows.refusal import Refused
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import DAY, DISTRICT, OPERATOR
from .cases import at_stage, decide, decision, moment, platform, record_event, returned_from
from .refusing import refusal

RULE = "§四, §六"


def test_what_was_never_decided() -> None:
    """Neither an unknown id nor the application, nor what was refused as a signal."""
    case = platform()
    why = "no decision {} was taken in this case; an application is withdrawn, not set aside"
    for target in ("d-99", case.state.facts.application_id):
        raw = decision(Kind.SET_ASIDE, case, target=target)
        assert refusal(case, raw, RULE) == why.format(target)
    early = decision(Kind.LISTING, case)
    with pytest.raises(Refused) as caught:
        case.decide(early, moment(case))
    case.refuse(Kind.LISTING, early, caught.value, moment(case))
    raw = decision(Kind.SET_ASIDE, case, target=early["decision_id"])
    assert refusal(case, raw, RULE) == why.format(early["decision_id"])


def test_a_setting_aside() -> None:
    """Who set aside too much decides anew what is awaited: no chain of undoing what was undone."""
    case = at_stage(Stage.LISTING)
    by = decide(case, Kind.SET_ASIDE).decision_id
    raw = decision(Kind.SET_ASIDE, case, target=by)
    assert refusal(case, raw, RULE) == (
        f"{by} is itself a setting aside: make the decision that is pending now"
    )


def test_what_fell_already() -> None:
    """The entry that set it aside is named; also for what fell with another."""
    case = at_stage(Stage.VALID)
    decide(case, Kind.SET_ASIDE, target="d-4")
    for target in ("d-4", "d-5"):
        raw = decision(Kind.SET_ASIDE, case, target=target)
        assert refusal(case, raw, RULE) == f"{target} was set aside already, by entry 6"


@pytest.mark.parametrize("actor", [OPERATOR, DISTRICT], ids=["operator", "district"])
def test_anyone_but_the_commission(actor: dict[str, str]) -> None:
    """A district's own recommendation is set aside by the commission as well."""
    case = at_stage(Stage.INSPECTION)
    raw = decision(Kind.SET_ASIDE, case, actor=actor)
    why = f"set aside is for the commission to take, not for the {actor['role']}"
    assert refusal(case, raw, RULE) == why


@pytest.mark.parametrize("stage", [Stage.INSPECTION, AssessmentStage.EVALUATION])
def test_on_a_day_that_cannot_be(stage: Stage | AssessmentStage) -> None:
    """Not in the future, and not before the last decision."""
    case = at_stage(stage)
    today = moment(case).date()
    future = decision(Kind.SET_ASIDE, case, decided_on=f"{today + DAY}")
    assert "is in the future" in refusal(case, future, "§四")
    early = decision(Kind.SET_ASIDE, case, decided_on=f"{case.state.decided_on - DAY}")
    assert "is before the decision it follows" in refusal(case, early, "§四")


@pytest.mark.parametrize("stage", [Stage.VALID, Stage.DELISTED])
def test_once_validity_is_over(stage: Stage) -> None:
    """No end of validity is called back: neither noted nor, at 24:00 of the last day, about to be."""
    case = at_stage(Stage.VALID)
    if stage is Stage.DELISTED:
        record_event(case, Happening.ASSESSMENT_OPENED)
        record_event(case, Happening.ASSESSMENT_ENDED, "not_met")
    end = case.state.valid_until
    raw = decision(Kind.SET_ASIDE, case, decided_on="2027-03-08")
    case.validate(raw, end - DAY / 86_400)
    with pytest.raises(Refused, match="validity ended on 2027-03-08"):
        case.validate(raw, end)
    if stage is Stage.VALID:
        case.record_event(Happening.VALIDITY_ENDED, {}, end)
        with pytest.raises(Refused, match="validity ended on 2027-03-08"):
            case.validate(raw | {"decided_on": "2027-03-09"}, end + DAY)


@pytest.mark.parametrize(
    "stage", [AssessmentStage.ENDED_WITH_VALIDITY, AssessmentStage.ENDED_WITH_PLATFORM]
)
def test_in_an_assessment_that_ended_by_itself(stage: AssessmentStage) -> None:
    """There is no decision that had ended it; a withdrawal is set aside in the platform."""
    case = at_stage(stage)
    raw = decision(Kind.SET_ASIDE, case)
    assert refusal(case, raw, RULE) == f"set aside is not awaited: the stage is “{stage.words.en}”"


def test_what_came_before_a_withdrawal() -> None:
    """§四: the operator may withdraw at any time, and that stands until it is itself set aside."""
    case = at_stage(Stage.EXPERT_REVIEW)
    decide(case, Kind.WITHDRAWAL)
    raw = decision(Kind.SET_ASIDE, case, target="d-3")
    assert refusal(case, raw, RULE) == (
        "the case ended by a withdrawal since, which is possible at any time: where that was wrong as"
        " well, set the withdrawal aside first"
    )
    decide(case, Kind.SET_ASIDE)
    assert decide(case, Kind.SET_ASIDE, target="d-3").stage == Stage.INSPECTION


def test_an_ended_year_of_a_platform_that_withdrew() -> None:
    """The same for the conclusion of a year."""
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "effective")
    decide(case, Kind.WITHDRAWAL)
    raw = decision(Kind.SET_ASIDE, case, target="e-1", year=1)
    assert "the case ended by a withdrawal since" in refusal(case, raw, RULE)


def test_a_year_that_has_not_ended_or_is_not_the_last() -> None:
    """Only the last year's assessment is opened again; an open one hears it itself."""
    case = at_stage(Stage.VALID)

    def why(year: int) -> str:
        return refusal(case, decision(Kind.SET_ASIDE, case, target="e-1", year=year), RULE)

    assert why(1) == "no assessment of year 1 has ended"
    record_event(case, Happening.ASSESSMENT_OPENED)
    assert why(1) == (
        "the assessment of year 1 is open: set its decision aside in the assessment itself"
    )
    record_event(case, Happening.ASSESSMENT_ENDED, "effective")
    assert why(2) == "no assessment of year 2 has ended"
    case.record_event(Happening.ASSESSMENT_OPENED, {"year": 2}, moment(case))
    assert why(1) == ("the assessment of year 2 has begun since: say there what is to be said")
    before = decision(Kind.LISTING, at_stage(Stage.LISTING))["decided_on"]
    record_event(case, Happening.ASSESSMENT_ENDED, "met")
    early = decision(Kind.SET_ASIDE, case, target="e-1", year=2, decided_on=before)
    assert refusal(case, early, RULE) == (
        f"decided_on {before} is before the assessment of year 2 ended, 2024-03-12"
    )
    case.validate(decision(Kind.SET_ASIDE, case, target="e-1", year=2), moment(case))


def test_a_year_that_ended_by_no_decision() -> None:
    """Broken off from outside: it opens again by itself."""
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "broken_off")
    raw = decision(Kind.SET_ASIDE, case, target="e-1", year=1)
    assert refusal(case, raw, RULE) == ("the assessment of year 1 ended by no decision of its own")


def test_a_year_that_fell_is_no_year_that_ended() -> None:
    """What fell with a listing is not the last that counts."""
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "effective")
    decide(case, Kind.SET_ASIDE, target="d-5")
    decide(case, Kind.LISTING)
    raw = decision(Kind.SET_ASIDE, case, target="e-1", year=1)
    assert refusal(case, raw, RULE) == "no assessment of year 1 has ended"


def test_before_the_platform_is_listed_there_are_no_years() -> None:
    """A year is no way around: the decision itself is named, and nothing is changed."""
    case = returned_from(Stage.INSPECTION)
    raw = decision(Kind.SET_ASIDE, case, year=1)
    assert refusal(case, raw, RULE) == "no assessment of year 1 has ended"
