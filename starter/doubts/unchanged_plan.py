"""A plan that is filed again as it was: the file that was fetched may have been sent by mistake."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workflows.vocabulary import Kind
from workflows.words import Words

if TYPE_CHECKING:
    from db.plan_rows import PlanText


def files_plan(raw: Mapping[str, Any]) -> bool:
    """Whether a decision files a plan in place of another."""
    return raw.get("kind") == Kind.PLAN_REVISION and isinstance(raw.get("plan"), Mapping)


def unchanged_plan(raw: Mapping[str, Any], filed: "PlanText") -> Iterator[Words]:
    """Ask about a plan that says what the one before said; what was filed by this decision is no other."""
    if not files_plan(raw) or filed.plan is None or filed.decision_id == raw.get("decision_id"):
        return
    from starter.plans.plan_difference import plan_difference  # noqa: PLC0415 - hardly any decision files a plan

    if not plan_difference(filed.plan, raw["plan"], None):
        yield Words(
            f"The plan says the same as version {filed.version}.",
            f"建设方案与第 {filed.version} 版内容相同。",
        )
