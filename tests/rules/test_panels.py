"""Panels of experts (§四(三)): no conclusion, abstention, recusal, one person who is named twice."""

from datetime import timedelta
from typing import Any

import pytest

from workflows.case import Case
from workflows.circumstances import NEWEST, Edition
from workflows.deadlines import due_request
from workflows.refusal import Refused
from workflows.vocabulary import Kind, Stage

from .builders import LEAD_UNIT, Raw, panel
from .cases import at_stage, decide, decision, moment, returned_from
from .refusing import refusal

OPINION = Kind.EXPERT_OPINION


def voting(*votes: str) -> list[Raw]:
    """Experts of all four fields who vote so."""
    return [one | {"vote": vote} for one, vote in zip(panel(of=len(votes)), votes, strict=True)]


FOR, AGAINST, BACK = "supported", "not_supported", "returned"
ABSTAINED, RECUSED = "abstained", "recused"
SPLIT = voting(FOR, FOR, FOR, AGAINST, AGAINST)


def refused(experts: list[Raw], outcome: str = FOR, edition: Edition = NEWEST) -> str:
    """Why an opinion of these experts is refused."""
    case = at_stage(Stage.EXPERT_REVIEW)
    case.edition = edition
    return refusal(case, decision(OPINION, case, outcome, panel=experts), "§四(三)")


def leads_to(experts: list[Raw], outcome: str = FOR) -> str:
    """The stage to which an opinion of these experts leads."""
    return decide(at_stage(Stage.EXPERT_REVIEW), OPINION, outcome, panel=experts).stage


def test_three_to_two_is_no_conclusion_and_is_reviewed_again() -> None:
    """A new panel has the days of the step anew; nothing of the first is lost."""
    case = at_stage(Stage.EXPERT_REVIEW)
    receipt = decide(case, OPINION, "no_conclusion", panel=SPLIT)
    assert (receipt.stage, receipt.outcome) == ("expert_review", "no_conclusion")
    assert [one.kind for one in receipt.awaited] == [OPINION]
    assert case.state.since == receipt.at
    assert decide(case, OPINION).stage == "listing"
    assert case.log[-2].said["panel"][3]["vote"] == AGAINST


def test_days_before_a_return_do_not_shorten_the_second_review() -> None:
    """What the clock had run before the plan was corrected belongs to the first panel."""
    case = returned_from(Stage.EXPERT_REVIEW)
    decide(case, Kind.PLAN_REVISION)
    assert due_request(case.state).used
    decide(case, OPINION, "no_conclusion", panel=SPLIT)
    assert due_request(case.state).used == ()


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ((FOR, FOR, FOR, FOR, AGAINST), FOR),
        ((BACK, BACK, BACK, BACK, ABSTAINED), BACK),
        ((AGAINST,) * 5, AGAINST),
    ],
)
def test_a_panel_with_a_majority_has_a_conclusion(votes: tuple[str, ...], outcome: str) -> None:
    """Whatever the commission would rather have."""
    why = refused(voting(*votes), "no_conclusion")
    assert why == f"the panel has a conclusion, {outcome}: 2/3 of the votes are for it"


def test_who_abstains_casts_no_vote() -> None:
    """Two thirds of the votes cast: 2 of 3 will do, and of none there is no conclusion."""
    assert leads_to(voting(FOR, FOR, AGAINST, ABSTAINED, ABSTAINED)) == "listing"
    assert leads_to(voting(*[ABSTAINED] * 5), "no_conclusion") == "expert_review"
    why = refused(voting(FOR, AGAINST, ABSTAINED, ABSTAINED, ABSTAINED))
    assert why.startswith("1 of 2 votes are for supported: 2/3 are needed")
    assert refused(voting(*[ABSTAINED] * 5)).startswith("0 of 0 votes are for supported")


def test_who_is_recused_is_on_the_record_and_counts_for_nothing() -> None:
    """Neither for the number nor for the fields nor as a vote; and may belong to the bodies judged."""
    experts = voting(FOR, FOR, FOR, FOR, FOR, RECUSED)
    experts[5] |= {"organisation": f"{LEAD_UNIT}材料所"}
    assert leads_to(experts) == "listing"
    assert refused(voting(FOR, FOR, FOR, FOR, RECUSED)) == (
        "the panel has 4 experts besides those recused: at least 5 are needed"
    )
    management = voting(FOR, FOR, FOR, RECUSED, FOR, FOR)
    assert refused(management) == "the panel has no expert from management"
    experts[5] |= {"vote": ABSTAINED}
    assert "belongs to the lead unit" in refused(experts)


def test_one_person_under_two_organisations_is_one() -> None:
    """Of two people of one name each is told apart in it."""
    experts = panel(6, 6)
    experts[5] |= {"name": " 专家 0", "organisation": "另一研究所"}
    why = refused(experts)
    assert why.startswith("the panel names 专家0 twice, of 第0研究所 and of 另一研究所: one person")
    experts[5] |= {"name": "专家0（另一研究所）"}
    assert leads_to(experts) == "listing"


def test_a_run_of_earlier_rules_goes_on_by_them() -> None:
    """0.1 knows no recusal; 0.4 counts one person of two organisations twice, and takes what 0.5 brought."""
    experts = panel(6, 6)
    experts[5] |= {"name": "专家0", "organisation": "另一研究所"}
    for edition in (Edition.V0_1, Edition.V0_4):
        case = at_stage(Stage.EXPERT_REVIEW)
        case.take_edition(edition)
        assert decide(case, OPINION, panel=experts).stage == "listing"
    recused = voting(FOR, FOR, FOR, FOR, FOR, RECUSED)
    assert refused(recused, edition=Edition.V0_1).startswith("this case began under earlier rules")
    for outcome, said in ((FOR, recused), ("no_conclusion", SPLIT)):
        case = at_stage(Stage.EXPERT_REVIEW)
        case.take_edition(Edition.V0_4)
        assert newest(case, decision(OPINION, case, outcome, panel=said)) is Edition.V0_5


def newest(case: Case[Any], raw: Raw) -> Edition:
    """The edition by which a decision is judged, once it is valid."""
    return case.edition_for(case.validate(raw, moment(case)))


def test_a_third_panel_is_possible() -> None:
    """As often as it takes: the room of the record bounds it, not a number."""
    case = at_stage(Stage.EXPERT_REVIEW)
    for _ in range(3):
        decide(case, OPINION, "no_conclusion", panel=SPLIT)
    assert case.state.stage is Stage.EXPERT_REVIEW
    with pytest.raises(Refused, match="record"):
        while True:
            case.recorded = len(case.log)  # the register has them
            long = {"opinion": "意见" * 2_000}
            decide(
                case,
                OPINION,
                "no_conclusion",
                panel=SPLIT,
                **long,
            )


def test_a_review_without_conclusion_can_be_set_aside() -> None:
    """The panel voted otherwise: its opinion is awaited again, with its own clock."""
    case = at_stage(Stage.EXPERT_REVIEW)
    decide(case, OPINION, "no_conclusion", panel=SPLIT)
    before = case.state.since
    decide(case, Kind.SET_ASIDE)
    assert case.state.stage is Stage.EXPERT_REVIEW
    assert case.state.since - before == timedelta(days=1)
    assert decide(case, OPINION).stage == "listing"
