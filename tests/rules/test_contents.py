"""Refused for what a decision lacks: findings, experts, corrections, what to mend."""

from typing import Any

import pytest

from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.vocabulary import (
    AssessmentStage,
    ExpertField,
    IndicatorGroup,
    InspectionItem,
    Kind,
    Stage,
)

from .builders import ABSENT, LEAD_UNIT, OPERATOR_NAME, Raw, changed, content, panel
from .cases import at_stage, decide, decision, moment
from .refusing import refusal

GROUPS = [
    (AssessmentStage.EVALUATION, Kind.EVALUATION),
    (AssessmentStage.REASSESSMENT, Kind.REASSESSMENT),
]


def opinion_refused(experts: list[Raw], **changes: Any) -> str:
    """Why an opinion of these experts is refused, by §四(三)."""
    case = at_stage(Stage.EXPERT_REVIEW)
    raw = decision(Kind.EXPERT_OPINION, case, **changes, panel=experts)
    return refusal(case, raw, "§四(三)")


def opinion_stage(experts: list[Raw], outcome: str = "supported", **policy: Any) -> str:
    """Where an opinion of these experts leads."""
    case = at_stage(Stage.EXPERT_REVIEW, policy=policy)
    return decide(case, Kind.EXPERT_OPINION, outcome, panel=experts).stage


@pytest.mark.parametrize("item", InspectionItem)
def test_an_inspection_has_a_finding_for_each_item(item: InspectionItem) -> None:
    """§四(二): the missing one of the seven is named."""
    case = at_stage(Stage.INSPECTION)
    findings = changed(content(Kind.INSPECTION)["findings"], **{item: ABSENT})
    raw = decision(Kind.INSPECTION, case, findings=findings)
    assert refusal(case, raw, "§四(二)") == f"a finding for each is needed; missing: {item}"


@pytest.mark.parametrize(("stage", "kind"), GROUPS)
@pytest.mark.parametrize("group", IndicatorGroup)
def test_an_assessment_has_a_finding_for_each_group(
    stage: AssessmentStage, kind: Kind, group: IndicatorGroup
) -> None:
    """§六: the missing one of the four is named, in the evaluation and again in the reassessment."""
    case = at_stage(stage)
    raw = decision(kind, case, findings=changed(content(kind)["findings"], **{group: ABSENT}))
    assert refusal(case, raw, "§六") == f"a finding for each is needed; missing: {group}"


@pytest.mark.parametrize("group", IndicatorGroup)
def test_a_report_tells_of_each_group(group: IndicatorGroup) -> None:
    """§六: the operator reports on all four groups."""
    case = at_stage(AssessmentStage.SELF_REPORT)
    told = changed(content(Kind.SELF_REPORT)["groups"], **{group: ABSENT})
    raw = decision(Kind.SELF_REPORT, case, groups=told)
    assert refusal(case, raw, "§六") == f"a text for each is needed; missing: {group}"


def test_a_report_brings_the_mechanisms_up_to_date() -> None:
    """§五: every yearly report states how the platform runs itself now."""
    case = at_stage(AssessmentStage.SELF_REPORT)
    raw = decision(Kind.SELF_REPORT, case, mechanisms=ABSENT)
    assert "operating mechanisms" in refusal(case, raw, "§五")


@pytest.mark.parametrize(
    ("outcome", "corrections", "why"),
    [
        ("returned", [], "returned needs corrections: what is to be corrected"),
        ("failed", ["补充"], "failed goes with no corrections: return the plan instead"),
    ],
)
def test_corrections_fit_the_outcome(outcome: str, corrections: list[str], why: str) -> None:
    """§四(二): who is sent back is told what to correct; who failed corrects nothing."""
    case = at_stage(Stage.INSPECTION)
    raw = decision(Kind.INSPECTION, case, outcome, corrections=corrections)
    assert refusal(case, raw, "§四(二)") == why


def test_a_panel_has_five_experts() -> None:
    """§四(三), Default: four are too few, five will do, and a policy may ask for seven."""
    assert opinion_refused(panel(4, 4)) == "the panel has 4 experts: at least 5 are needed"
    assert opinion_stage(panel(5, 5)) == "listing"
    assert opinion_stage(panel(7, 7), experts_at_least=7) == "listing"


@pytest.mark.parametrize("field", ExpertField)
def test_a_panel_has_each_of_the_four_fields(field: ExpertField) -> None:
    """§四(三): the field without an expert is named."""
    other = next(other for other in ExpertField if other is not field)
    experts = [e | {"field": str(other)} if e["field"] == field else e for e in panel()]
    assert opinion_refused(experts) == f"the panel has no expert from {field}"


@pytest.mark.parametrize("body", [LEAD_UNIT, OPERATOR_NAME])
@pytest.mark.parametrize("department", ["", "材料所", " 测试部"])
def test_experts_come_from_outside(body: str, department: str) -> None:
    """§四(三), Default: none from the lead unit, from the operator, or from a department of theirs."""
    experts = panel()
    experts[2]["organisation"] = body + department
    which = "lead unit" if body == LEAD_UNIT else "operator"
    assert opinion_refused(experts) == (
        f"专家2 belongs to the {which}, {body}: experts come from outside"
    )


def test_an_expert_counts_once() -> None:
    """§四(三), Default: the same name from the same organisation is one expert, however it is spelt."""
    experts = panel(6, 6)
    experts[5] |= {"name": " 专家 0", "organisation": experts[0]["organisation"]}
    assert opinion_refused(experts) == "the panel names 专家0 twice"


@pytest.mark.parametrize("outcome", ["supported", "returned", "not_supported"])
@pytest.mark.parametrize(("enough", "of"), [(4, 5), (4, 6), (5, 7), (6, 9)])
def test_a_conclusion_has_two_thirds_of_the_votes(outcome: str, enough: int, of: int) -> None:
    """§四(三), Default: exactly two thirds will do, one vote less will not; for every conclusion."""
    leads = {"supported": "listing", "returned": "correction", "not_supported": "declined"}
    assert opinion_stage(panel(enough, of, outcome), outcome) == leads[outcome]
    why = opinion_refused(panel(enough - 1, of, outcome), outcome=outcome)
    votes = f"{enough - 1} of {of} votes are for {outcome}: 2/3 are needed"
    assert why == f"{votes}; no outcome has them, which is no_conclusion"


def test_a_policy_may_ask_for_another_majority() -> None:
    """The share is the policy's that the case carries."""
    assert opinion_stage(panel(3, 5), majority_of=[1, 2]) == "listing"


@pytest.mark.parametrize(
    ("outcome", "changes", "why"),
    [
        (
            "not_effective",
            {"to_mend": []},
            "not_effective must say what is to be rectified (to_mend)",
        ),
        (
            "effective",
            {"to_mend": ["x"]},
            "effective has nothing to rectify: leave out to_mend and mend_by",
        ),
        (
            "effective",
            {"mend_by": "2030-01-01"},
            "effective has nothing to rectify: leave out to_mend and mend_by",
        ),
        (
            "not_effective",
            {"mend_by": "2024-01-01"},
            "mend_by must lie after 2024-03-12, the day of the evaluation",
        ),
    ],
)
def test_what_is_to_be_mended_fits_the_conclusion(outcome: str, changes: Raw, why: str) -> None:
    """§六: not effective says what to mend and by when; effective says nothing of it."""
    case = at_stage(AssessmentStage.EVALUATION)
    assert refusal(case, decision(Kind.EVALUATION, case, outcome, **changes), "§六") == why


def test_a_deadline_lies_after_the_day_of_the_evaluation() -> None:
    """§六: the day of the evaluation itself is no deadline."""
    case = at_stage(AssessmentStage.EVALUATION)
    raw = decision(Kind.EVALUATION, case, "not_effective")
    raw["mend_by"] = raw["decided_on"]
    assert (
        refusal(case, raw, "§六")
        == f"mend_by must lie after {raw['decided_on']}, the day of the evaluation"
    )


def test_a_rectification_report_says_what_was_mended() -> None:
    """§六: an empty report is none."""
    case = at_stage(AssessmentStage.RECTIFICATION)
    raw = decision(Kind.RECTIFICATION_REPORT, case, mended=[])
    assert refusal(case, raw, "§六") == "the report must say what was rectified (mended)"


def test_a_deadline_on_the_last_day_of_the_calendar_is_answered() -> None:
    """A deadline that cannot be reckoned with is refused: no decision ever raises anything else."""
    case = at_stage(AssessmentStage.EVALUATION)
    state = case.state
    raw = decision(Kind.EVALUATION, case, "not_effective", mend_by="9999-12-31")
    with pytest.raises((Refused, InvalidMessage)):
        case.decide(raw, moment(case))
    assert case.state == state
