"""What is odd in a decision by itself: findings against the outcome, days that are seldom meant."""

from typing import Any

import pytest

from starter.clock import today
from starter.doubts.message_doubts import message_doubts as doubts
from tests.rules.cases import at_stage, decision
from workflows.vocabulary import Finding, IndicatorGroup, InspectionItem, Kind, Stage


def inspection(outcome: str, **findings: str) -> dict[str, Any]:
    """An inspection of today: all satisfactory but for what is named."""
    found = {str(item): {"finding": "satisfactory"} for item in InspectionItem}
    found |= {item: {"finding": finding} for item, finding in findings.items()}
    raw = decision("inspection", at_stage(Stage.INSPECTION))
    return {**raw, "outcome": outcome, "findings": found, "decided_on": str(today())}


def test_findings_that_contradict_the_outcome_are_asked_about() -> None:
    """In both ways; what is to be improved contradicts neither."""
    day = today()
    [told] = doubts(inspection("passed", site="unsatisfactory", equipment="unsatisfactory"), day)
    assert "site, equipment" in told.en
    assert "场地、设备" in told.zh
    assert [] == doubts(inspection("passed", site="to_improve"), day)
    assert [] == doubts(inspection("returned", site="unsatisfactory"), day)
    assert 1 == len(doubts(inspection("failed"), day))
    groups = {str(group): {"finding": str(Finding.UNSATISFACTORY)} for group in IndicatorGroup}
    for kind, outcome in ((Kind.EVALUATION, "effective"), (Kind.REASSESSMENT, "met")):
        raw = {"kind": str(kind), "outcome": outcome, "findings": groups}
        assert 1 == len(doubts({**raw, "decided_on": str(day)}, day))


@pytest.mark.parametrize(("days", "asked"), [(0, 0), (90, 0), (91, 1), (-1, 1)])
def test_a_date_far_from_today_is_asked_about(
    days: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 90 days ago, or in the future."""
    monkeypatch.setattr("starter.doubts.message_doubts.LONG_AGO", 90)
    raw = {"kind": "withdrawal", "decided_on": str(today().fromordinal(today().toordinal() - days))}
    assert asked == len(doubts(raw, today()))


def test_a_date_before_the_application_is_asked_about() -> None:
    """It may be a decision on paper; it may be last year's, mistyped."""
    day = today()
    before = day.fromordinal(day.toordinal() - 2)
    raw = {"kind": "withdrawal", "decided_on": str(before)}
    assert [] == doubts(raw, day, before)
    assert f"before the application of {day}" in doubts(raw, day, day)[0].en
    assert [] == doubts({"kind": "withdrawal", "decided_on": "when?"}, day, day)
    assert [] == doubts({"kind": "bringing_in", "decided_on": "2020-01-02"}, day, day)


@pytest.mark.parametrize(("days", "asked"), [(180, 0), (366, 0), (367, 1), (-400, 1)])
def test_a_deadline_a_year_away_is_asked_about(days: int, asked: int) -> None:
    """A year that was mistyped; the same with the day of a support."""
    day = today()
    for kind, field in (("evaluation", "mend_by"), ("support", "given_on")):
        far = str(day.fromordinal(day.toordinal() + days))
        raw = {"kind": kind, "decided_on": str(day), field: far}
        assert asked == len(doubts(raw, day))
