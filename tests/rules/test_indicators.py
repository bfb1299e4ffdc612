"""Indicators (指标情况, §六): a catalogue, targets in the plan, a figure for each in the report."""

from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, parse
from workflows.refusal import Refused
from workflows.vocabulary import AssessmentStage, Kind, Stage

from .builders import application, plan
from .cases import at_stage, decide

CATALOGUE = [
    {"id": "clients", "name": "服务企业", "unit": "家", "group": "service_and_impact"},
    {"id": "hours", "name": "设备开放机时", "unit": "小时", "group": "facilities_and_equipment"},
]
POLICY: dict[str, Any] = {"policy": {"indicators": CATALOGUE}}
FIGURES = {"clients": 40, "hours": "1250.5"}


def _targets(*targets: tuple[str, int, Any]) -> dict[str, Any]:
    said = [{"indicator": i, "year": y, "value": v} for i, y, v in targets]
    return {**plan(), "indicators": {"targets": said}}


def test_a_report_states_each_indicator_of_the_catalogue() -> None:
    """The log has the figures as they were said, exactly."""
    case = at_stage(AssessmentStage.SELF_REPORT, **POLICY)
    decide(case, Kind.SELF_REPORT, indicators={"clients": 40, "hours": 1250.5})
    assert case.log[-1].said["indicators"] == FIGURES


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        ({"clients": 40}, "missing: hours"),
        ({}, "missing: clients, hours"),
        ({**FIGURES, "patents": 3}, "no indicators patents"),
    ],
)
def test_none_is_missing_and_none_unknown(figures: dict[str, Any], why: str) -> None:
    """Also where there is no catalogue: a figure that nobody asked for means nothing."""
    case = at_stage(AssessmentStage.SELF_REPORT, **POLICY)
    with pytest.raises(Refused, match=why):
        decide(case, Kind.SELF_REPORT, indicators=figures)
    usual = at_stage(AssessmentStage.SELF_REPORT)
    if figures:
        with pytest.raises(Refused, match="no indicators"):
            decide(usual, Kind.SELF_REPORT, indicators=figures)


def test_a_plan_aims_at_indicators_of_the_catalogue() -> None:
    """In the application, and in each later version of the plan."""
    good = _targets(("clients", 1, 30), ("clients", 2, 60))
    parse(PlatformApplication, application(**POLICY, plan=good))
    for bad, why in (
        (_targets(("patents", 1, 3)), "does not have: patents"),
        (_targets(("clients", 1, 3), ("clients", 1, 4)), "for year 1 stands twice"),
    ):
        with pytest.raises(InvalidMessage, match=why):
            parse(PlatformApplication, application(**POLICY, plan=bad))
        case = at_stage(Stage.IMPROVEMENT, **POLICY)
        with pytest.raises(Refused, match=why):
            decide(case, Kind.PLAN_REVISION, plan=bad)
    decide(at_stage(Stage.IMPROVEMENT, **POLICY), Kind.PLAN_REVISION, plan=good)


def test_an_id_stands_once_in_a_catalogue() -> None:
    """Or nobody would know whose figure it is."""
    with pytest.raises(InvalidMessage, match="ids of their own"):
        parse(
            PlatformApplication,
            application(policy={"indicators": [CATALOGUE[0], CATALOGUE[0]]}),
        )
