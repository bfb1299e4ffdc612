"""A rectification that validity leaves no time for (§六): asked about before the evaluation is sent."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflows.periods import add_months
from workflows.policy import NEW_CASES, Policy, days_at_most
from workflows.vocabulary import EvaluationOutcome, Kind
from workflows.words import Words

_AFTER = NEW_CASES["reassessment_view_days"] + Policy.model_fields["reassessment_days"].default
"""Working days of the district's view and of the reassessment, which come after the rectification."""


def orders_rectification(raw: Mapping[str, Any]) -> bool:
    """Whether a decision asks for a rectification."""
    return (raw.get("kind"), raw.get("outcome")) == (
        Kind.EVALUATION,
        EvaluationOutcome.NOT_EFFECTIVE,
    )


def late_rectification(raw: Mapping[str, Any], last: date) -> Iterator[Words]:
    """Ask about a rectification that ends after the last day of validity, or too shortly before it."""
    decided_on, given = _day(raw.get("decided_on")), _day(raw.get("mend_by"))
    months: int = Policy.model_fields["rectification_months"].default
    by = given or (decided_on and add_months(decided_on, months))
    if by is None:
        return
    if by > last:
        yield Words(
            f"Validity ends on {last}, before the rectification ({by}): the year ends as not effective,"
            " unmended; in a case that began with release 0.4.0 or older the rectification ends with"
            " validity.",
            f"有效期至 {last}，早于整改期限（{by}）：该年度将以“成效不明显（有效期内不及整改）”结束；"
            "由 0.4.0 及更早版本启动的事项，整改随有效期届满终止。",
        )
    elif (last - by).days < days_at_most(_AFTER):
        yield Words(
            f"Between the rectification ({by}) and the end of validity ({last}) lie {(last - by).days}"
            f" days; view and reassessment take up to {_AFTER} working days.",
            f"整改期限（{by}）至有效期届满（{last}）仅 {(last - by).days} 天；所在区意见和整改后考核"
            f"最长需 {_AFTER} 个工作日。",
        )


def _day(given: Any) -> date | None:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        return None
