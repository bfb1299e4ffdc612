"""Acting for another, where decisions are signed: by the absent person's signed mandate, not by a claim."""

from datetime import date, timedelta
from typing import Any

import pytest

from workflows.actors import Substitution
from workflows.case import Case
from workflows.model import as_sent, parse
from workflows.periods import beijing_date
from workflows.refusal import Refused
from workflows.signed_mandates import MANDATE_NAMESPACE, mandate_form
from workflows.vocabulary import Kind, Role, Stage

from . import officers
from .authored_cases import at
from .builders import ACTORS, Raw
from .cases import decision, moment
from .rosters import Roster, person
from .test_authorship import refusal

DAY = timedelta(days=1)


def mandate(
    known: Roster,
    first: date,
    last: date,
    kinds: tuple[Kind, ...] = (),
    *,
    principal: str = "kw-1",
    signed_by: str = "kw-1",
    substitute: str = "kw-2",
) -> Raw:
    """In whose place kw-2 acts; `signed_by`: whose entry and key stand in it."""
    form = mandate_form(principal, substitute, first, last, kinds)
    sshsig = officers.sshsig(signed_by, form, MANDATE_NAMESPACE)
    signature = {"sshsig": sshsig, "proof": known.proof(signed_by)}
    return {
        "principal_id": principal,
        "first_day": str(first),
        "last_day": str(last),
        "mandate": {"kinds": [str(kind) for kind in kinds], "signature": signature},
    }


def acting(case: Case[Any], known: Roster, absence: Raw, **changes: Any) -> Raw:
    """An inspection that kw-2 signs for the one who is away."""
    actor = {**ACTORS[Role.COMMISSION], "id": "kw-2", "acting_for": absence}
    raw = decision(Kind.INSPECTION, case, "passed", actor=actor, **changes)
    return known.signed(raw, case, "kw-2")


def standing() -> tuple[Case[Any], Roster, date]:
    """A case that waits for its inspection, and the day on which it is decided."""
    case, known = at(Stage.INSPECTION)
    return case, known, beijing_date(moment(case))


def test_a_mandate_of_the_day_is_taken() -> None:
    """For all decisions, or for this one; it is sealed with the decision."""
    for kinds in ((), (Kind.INSPECTION, Kind.LISTING)):
        case, known, day = standing()
        case.decide(acting(case, known, mandate(known, day - DAY, day + DAY, kinds)), moment(case))
        assert case.state.stage is not Stage.INSPECTION
        said = case.log[-1].said["actor"]["acting_for"]
        assert said["mandate"]["kinds"] == [str(kind) for kind in kinds]


def test_a_repeat_may_bring_another_mandate() -> None:
    """As it may be signed anew: what was decided is the same, and gets the first answer."""
    case, known, day = standing()
    first, again = (
        acting(case, known, mandate(known, day - DAY, day + DAY, kinds), decision_id="d-repeated")
        for kinds in ((), (Kind.INSPECTION,))
    )
    assert first["actor"]["acting_for"]["mandate"] != again["actor"]["acting_for"]["mandate"]
    now = moment(case)
    taken, repeated = case.decide(first, now), case.decide(again, now)
    assert (taken.seq, False, True) == (repeated.seq, taken.repeated, repeated.repeated)


def test_no_mandate_is_no_mandate() -> None:
    """Who acts for another says so, and that is not enough."""
    case, known, day = standing()
    claim = mandate(known, day - DAY, day + DAY)
    del claim["mandate"]
    assert "nothing shows that kw-1 lets kw-2 act" in refusal(case, acting(case, known, claim))


def test_a_preview_hears_that_a_mandate_is_missing() -> None:
    """Before anybody signs: no signature brings the absent person's."""
    case, known, day = standing()
    unsigned = acting(case, known, mandate(known, day - DAY, day + DAY))
    del unsigned["signatures"]
    assert case.would_lead_to(unsigned, moment(case))
    del unsigned["actor"]["acting_for"]["mandate"]
    with pytest.raises(Refused, match="nothing shows that kw-1 lets kw-2 act"):
        case.would_lead_to(unsigned, moment(case))


def test_it_holds_on_its_days_only() -> None:
    """By the day on which it is entered, whatever day the decision claims; both days included."""
    case, known, day = standing()
    first, last = day - 9 * DAY, day - DAY
    over = acting(case, known, mandate(known, first, last), decided_on=str(last))
    assert f"the mandate is of {first} to {last}, and today is {day}" in refusal(case, over)
    early = acting(case, known, mandate(known, day + DAY, day + 9 * DAY))
    assert f"acts for kw-1 on {day + DAY}" in refusal(case, early)
    for first, last in ((day, day), (day - DAY, day), (day, day + DAY)):
        other, roster, _ = standing()
        other.decide(acting(other, roster, mandate(roster, first, last)), moment(other))


def test_it_is_for_its_kinds_its_substitute_and_by_its_principal_only() -> None:
    """Each forgery with its reason."""
    case, known, day = standing()
    days = day - DAY, day + DAY
    forged = {
        "not for inspection": mandate(known, *days, (Kind.LISTING,)),
        "signature does not hold": mandate(known, *days, substitute="kw-3"),
        "is signed by kw-3, not by kw-1": mandate(known, *days, signed_by="kw-3"),
    }
    for why, absence in forged.items():
        assert why in refusal(case, acting(case, known, absence))
    longer = mandate(known, *days) | {"last_day": str(day + 99 * DAY)}
    assert "signature does not hold" in refusal(case, acting(case, known, longer))
    more = mandate(known, *days, (Kind.LISTING,))
    more["mandate"]["kinds"] = ["inspection"]
    assert "signature does not hold" in refusal(case, acting(case, known, more))
    bare = mandate(known, *days)
    del bare["mandate"]["signature"]["proof"]
    assert "does not show that its signer stands" in refusal(case, acting(case, known, bare))


def test_of_another_body_it_is_none() -> None:
    """The operator's people let nobody act for them as the commission."""
    case, known, day = standing()
    absence = mandate(known, day - DAY, day + DAY, principal="op-2", signed_by="op-2")
    assert "they are of one body" in refusal(case, acting(case, known, absence))


def test_the_form_stays() -> None:
    """People's signatures stand over it; without a mandate a substitution is written as before."""
    days = date(2026, 12, 1), date(2026, 12, 9)
    form = mandate_form("kw-1", "kw-2", *days, (Kind.LISTING, Kind.INSPECTION))
    assert form.decode() == (
        '{"first":"2026-12-01","kinds":["inspection","listing"],"last":"2026-12-09",'
        '"principal":"kw-1","substitute":"kw-2"}'
    )
    plain = {"principal_id": "kw-1", "first_day": "2026-12-01", "last_day": "2026-12-09"}
    assert as_sent(parse(Substitution, plain)) == plain
    assert "mandate" not in parse(Substitution, plain).model_dump()


@pytest.mark.parametrize("kinds", [["nothing"], ["applied"]])
def test_kinds_are_kinds_of_decisions(kinds: list[str]) -> None:
    """Nothing else can be let to another."""
    known = Roster(person("kw-1"), person("kw-2"))
    absence = mandate(known, date(2026, 12, 1), date(2026, 12, 9))
    absence["mandate"]["kinds"] = kinds
    with pytest.raises(ValueError, match="kinds"):
        parse(Substitution, absence)
