"""Support 支持记录: recorded for a platform while it is valid, refused otherwise (§四, last paragraph)."""

from typing import Any

import pytest

from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.state_folding import fold, set_aside_marks
from workflows.vocabulary import Kind, Stage, Support

from .builders import COMMISSION, DAY, DISTRICT, OPERATOR, changed
from .cases import PATHS, at_stage, decide, decision, moment
from .refusing import refusal

VALID = "it is from 2024-03-08 to 2027-03-08"


def valid() -> Case[Any]:
    """A platform that is valid from 8 March 2024 to 8 March 2027; it is the day after its listing."""
    return at_stage(Stage.VALID)


@pytest.mark.parametrize("by", [COMMISSION, DISTRICT], ids=["commission", "district"])
@pytest.mark.parametrize("support", Support)
def test_support_is_recorded_and_changes_nothing_else(support: Support, by: dict[str, str]) -> None:
    """Five kinds, by the commission and by the platform's own district."""
    case = valid()
    before = case.state
    receipt = decide(case, Kind.SUPPORT, support=str(support), actor=by)
    assert (receipt.stage, receipt.outcome, receipt.awaited) == ("valid", "recorded", ())
    today = case.state.decided_on
    assert case.state == before.model_copy(update={"decided_on": today})
    assert (case.log[-1].said["support"], case.log[-1].said["amount_wan"]) == (support, 120)


@pytest.mark.parametrize("stage", [s for s in PATHS if s != Stage.VALID])
def test_a_platform_that_is_not_valid(stage: Stage) -> None:
    """Neither on its way nor after its end; and a yearly assessment is not the place for it."""
    case = at_stage(stage)
    why = refusal(case, decision(Kind.SUPPORT, case), "§四")
    assert why == f"support is not awaited: the stage is “{stage.words.en}”"


@pytest.mark.parametrize(
    ("given_on", "on_the_list"),
    [
        ("2024-03-07", False),
        ("2024-03-08", True),
        ("2024-03-09", True),
        ("2027-03-09", False),
    ],
)
def test_the_day_on_which_it_was_given(given_on: str, on_the_list: bool) -> None:
    """From the day of listing to the last day of validity, both included."""
    case = valid()
    raw = decision(Kind.SUPPORT, case, given_on=given_on)
    if on_the_list:
        assert case.decide(raw, moment(case)).outcome == "recorded"
    else:
        assert refusal(case, raw, "§四") == f"the platform was not valid on {given_on}: {VALID}"


def test_the_last_day() -> None:
    """On 8 March 2027 support may be given and recorded until 24:00, and not a moment later."""
    case = valid()
    raw = decision(Kind.SUPPORT, case, given_on="2027-03-08", decided_on="2027-03-08")
    end = case.state.valid_until
    case.validate(raw, end - DAY / 86_400)
    with pytest.raises(Refused, match="validity ended on 2027-03-08"):
        case.validate(raw, end)


def test_what_is_not_yet_given() -> None:
    """What is promised is not recorded before its day."""
    case = valid()
    raw = decision(Kind.SUPPORT, case, given_on="2024-03-10")
    assert refusal(case, raw, "§四") == (
        "given_on 2024-03-10 is after decided_on: what is not yet given is not recorded"
    )


def test_who_may_not_record_it() -> None:
    """Neither the operator nor another district."""
    case = valid()
    raw = decision(Kind.SUPPORT, case, actor=OPERATOR)
    assert refusal(case, raw, "§四") == (
        "support is for the commission or district to take, not for the operator"
    )
    raw = decision(Kind.SUPPORT, case, actor=DISTRICT | {"district": "chaoyang"})
    assert refusal(case, raw, "§四").endswith("you speak for Chaoyang District")


@pytest.mark.parametrize(
    "change",
    [{"support": "land"}, {"title": ""}, {"amount_wan": -1}, {"amount_wan": "about 120"}],
    ids=lambda change: next(iter(change)),
)
def test_what_a_record_must_say(change: dict[str, Any]) -> None:
    """One of the five kinds, a title, and an amount, if any, in whole 万元."""
    case = valid()
    with pytest.raises(InvalidMessage) as caught:
        decision_of(decision(Kind.SUPPORT, case, **change))
    assert [field for field, _ in caught.value.problems] == list(change)
    assert decision_of(changed(decision(Kind.SUPPORT, case), amount_wan=None))


def test_a_record_that_was_wrong_falls_alone() -> None:
    """What was recorded before and after it stays, and the platform stands where it is."""
    case = valid()
    for title in ("一", "二", "三"):
        decide(case, Kind.SUPPORT, title=title)
    before = case.state
    receipt = decide(case, Kind.SET_ASIDE, target="d-7")
    assert case.log[-1].said["sets_aside"] == [7, 7]
    assert (receipt.stage, set_aside_marks(case.log)) == ("valid", {7: 9})
    assert case.state == fold(case.log) == before
    assert [r.seq for r in case.receipts if r.decision_id == "d-7"] == [7]


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.VALID])
def test_a_record_falls_with_the_listing_or_alone_after_the_end(stage: Stage) -> None:
    """A wrong record of a platform that has withdrawn is set aside, and the platform stays withdrawn."""
    case = valid()
    decide(case, Kind.SUPPORT)
    if stage is Stage.WITHDRAWN:
        decide(case, Kind.WITHDRAWAL)
        decide(case, Kind.SET_ASIDE, target="d-6")
        assert (case.state.stage, set_aside_marks(case.log)) == (Stage.WITHDRAWN, {6: 8})
    else:
        decide(case, Kind.SET_ASIDE, target="d-5")
        assert (case.state.stage, set_aside_marks(case.log)) == (Stage.LISTING, {5: 7, 6: 7})
