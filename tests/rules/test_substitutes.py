"""Who acts for another: under their own id, on the days for which they were named, and on the record."""

import pytest

from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage
from workflows.states import PlatformState
from workflows.vocabulary import Kind, Stage

from .builders import COMMISSION, DISTRICT, Raw
from .cases import at_stage, decision, moment
from .refusing import refusal


def absence(first_day: str, last_day: str, principal_id: str = "kw-7") -> Raw:
    """In whose place, and for which days."""
    return {"principal_id": principal_id, "first_day": first_day, "last_day": last_day}


def inspected(case: Case[PlatformState], **days: str) -> Raw:
    """An inspection by a substitute, on 6 March 2024."""
    return decision(Kind.INSPECTION, case, actor=COMMISSION | {"acting_for": absence(**days)})


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [("2024-03-06", "2024-03-06"), ("2024-03-01", "2024-03-06"), ("2024-03-06", "2024-03-31")],
)
def test_a_substitute_decides_and_both_are_named(first_day: str, last_day: str) -> None:
    """The first and the last day count; the log has who acted and in whose place, sealed."""
    case = at_stage(Stage.INSPECTION)
    raw = inspected(case, first_day=first_day, last_day=last_day)
    assert raw["decided_on"] == "2024-03-06"
    case.decide(raw, moment(case))
    entry = case.log[-1]
    assert entry.actor is not None
    assert entry.actor.acting_for is not None
    assert (entry.actor.id, entry.actor.acting_for.principal_id) == ("kw-1", "kw-7")
    assert entry.said["actor"]["acting_for"] == absence(first_day, last_day)
    other = entry.actor.model_copy(update={"acting_for": None})
    assert entry.model_copy(update={"actor": other}).seal() != entry.hash == entry.seal()


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [("2024-03-07", "2024-03-31"), ("2024-02-01", "2024-03-05"), ("2024-03-31", "2024-03-01")],
)
def test_on_another_day(first_day: str, last_day: str) -> None:
    """Neither before the absence nor after it; a period that ends before it begins has no day."""
    case = at_stage(Stage.INSPECTION)
    raw = inspected(case, first_day=first_day, last_day=last_day)
    assert refusal(case, raw, "§四(二)") == (
        f"kw-1 acts for kw-7 on {first_day} – {last_day} only, not on 2024-03-06"
    )


def test_nobody_is_their_own_substitute() -> None:
    """It would be no substitution, and say something untrue."""
    case = at_stage(Stage.INSPECTION)
    raw = inspected(case, first_day="2024-03-01", last_day="2024-03-31", principal_id="kw-1")
    assert refusal(case, raw, "§四(二)") == "kw-1 cannot act for themselves"


def test_a_substitute_has_the_role_and_the_district_themselves() -> None:
    """Acting for another gives no right that one's own role and district do not give."""
    acting = {"acting_for": absence("2024-03-01", "2024-03-31", "hd-7")}
    case = at_stage(Stage.INSPECTION)
    raw = decision(Kind.INSPECTION, case, actor=DISTRICT | acting)
    why = "inspection is for the commission to take, not for the district"
    assert refusal(case, raw, "§四(二)") == why
    case = at_stage(Stage.RECOMMENDATION)
    raw = decision(Kind.RECOMMENDATION, case, actor=DISTRICT | acting | {"district": "daxing"})
    assert refusal(case, raw, "§四(一)").endswith("you speak for Daxing District")


@pytest.mark.parametrize("missing", ["principal_id", "first_day", "last_day"])
def test_an_absence_is_said_whole(missing: str) -> None:
    """Whose place it is and for which days: all three."""
    part = {k: v for k, v in absence("2024-03-01", "2024-03-31").items() if k != missing}
    case = at_stage(Stage.INSPECTION)
    with pytest.raises(InvalidMessage) as caught:
        decision_of(decision(Kind.INSPECTION, case, actor=COMMISSION | {"acting_for": part}))
    assert [field for field, _ in caught.value.problems] == [f"actor.acting_for.{missing}"]
