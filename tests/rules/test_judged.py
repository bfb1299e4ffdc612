"""What was found bears what was concluded; a plan that comes back has changed; inspectors are named."""

from typing import Any

import pytest

from workflows.circumstances import Edition
from workflows.decisions import MODELS
from workflows.policy import NEW_CASES
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, Finding, Kind, Stage

from .builders import LEAD_UNIT, OPERATOR_NAME, application, content
from .cases import at_stage, decide, decision, returned_from
from .refusing import refusal

JUDGED: list[tuple[AnyStage, Kind, str, str]] = [
    (Stage.INSPECTION, Kind.INSPECTION, "passed", "§四(二)"),
    (AssessmentStage.EVALUATION, Kind.EVALUATION, "effective", "§六"),
    (AssessmentStage.REASSESSMENT, Kind.REASSESSMENT, "met", "§六"),
]
NAMED = {"inspectors_at_least": 1}


def all_found(kind: Kind, finding: Finding) -> dict[str, Any]:
    """The findings of a decision, each the same."""
    return {item: {"finding": str(finding)} for item in content(kind)["findings"]}


@pytest.mark.parametrize(("stage", "kind", "good", "rule"), JUDGED)
def test_nothing_is_good_where_everything_is_unsatisfactory(
    stage: AnyStage, kind: Kind, good: str, rule: str
) -> None:
    """One finding that is not leaves it to those who judge; a case of an edition before goes on as it did."""
    case = at_stage(stage)
    findings = all_found(kind, Finding.UNSATISFACTORY)
    why = refusal(case, decision(kind, case, good, findings=findings), rule)
    assert why == f"{good} does not fit findings that are all unsatisfactory"
    first = next(iter(findings))
    assert decide(
        at_stage(stage), kind, good, findings=findings | {first: {"finding": "to_improve"}}
    )
    before = at_stage(stage)
    before.take_edition(Edition.V0_4)
    assert decide(before, kind, good, findings=findings)


def test_a_plan_may_be_improved_where_everything_is_unsatisfactory() -> None:
    """§四(二): it is then not passed as it is."""
    findings = all_found(Kind.INSPECTION, Finding.UNSATISFACTORY)
    case = at_stage(Stage.INSPECTION)
    mended = ["重新购置设备"]
    receipt = decide(case, Kind.INSPECTION, findings=findings, corrections=mended)
    assert receipt.stage == "improvement"


@pytest.mark.parametrize("stage", ["improvement", "correction"])
def test_a_plan_that_comes_back_has_changed(stage: str) -> None:
    """§四(二): after the inspection, and after it was returned; the version before the last one will do."""
    case = (
        at_stage(Stage.IMPROVEMENT) if stage == "improvement" else returned_from(Stage.INSPECTION)
    )
    same = application()["plan"]
    raw = decision(Kind.PLAN_REVISION, case, plan=same)
    assert "word for word" in refusal(case, raw, "§四(二)")
    case.take_edition(Edition.V0_4)
    assert decide(case, Kind.PLAN_REVISION, plan=same)


def test_inspectors_are_named_where_the_policy_says_so() -> None:
    """§四(二), Default: of new cases; a case of before, and an edition before, ask for none."""
    assert NEW_CASES["inspectors_at_least"] == 1
    case = at_stage(Stage.INSPECTION, policy=NAMED)
    raw = decision(Kind.INSPECTION, case, inspectors=[])
    assert refusal(case, raw, "§四(二)").startswith("the inspection names 0 inspectors")
    case.take_edition(Edition.V0_4)
    assert decide(case, Kind.INSPECTION, inspectors=[])
    assert decide(at_stage(Stage.INSPECTION), Kind.INSPECTION, inspectors=[])
    assert decide(at_stage(Stage.INSPECTION, policy=NAMED), Kind.INSPECTION)
    assert "inspectors" in MODELS[Kind.INSPECTION].model_fields


@pytest.mark.parametrize(("body", "name"), [("operator", OPERATOR_NAME), ("lead unit", LEAD_UNIT)])
def test_nobody_inspects_their_own_body(body: str, name: str) -> None:
    """However the organisation is written beside the name."""
    case = at_stage(Stage.INSPECTION)
    for written in (f"王（{name}）", f"王, {name.replace('公司', '责任公司')}技术部"):
        raw = decision(Kind.INSPECTION, case, inspectors=["李（市科委）", written])
        assert f"belongs to the {body}, {name}" in refusal(case, raw, "§四(二)")
