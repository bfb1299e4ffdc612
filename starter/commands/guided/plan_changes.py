"""What a new plan changes, shown to whoever files it before it is sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from starter.commands.guided.case_brief import Brief
from starter.plans.plan_difference import plan_difference
from starter.terminal.plan_text import difference_parts
from starter.terminal.screen import heading
from workflows.words import Words


def changes_parts(brief: Brief | None, raw: Mapping[str, Any]) -> list[Table | Text]:
    """Return what a decision changes in the plan, to be shown; empty where it files none."""
    both = _both(brief, raw)
    if both is None:
        return []
    version, before, after = both
    title = Words(
        f"What changes in the plan, from version {version}",
        f"建设方案的修改（对照第 {version} 版）",
    )
    return [heading(title), *difference_parts(before, after)]


def unchanged_plan(brief: Brief | None, raw: Mapping[str, Any]) -> Iterator[Words]:
    """Ask about a plan that says what the one before said: a file may have been sent that was not changed."""
    both = _both(brief, raw)
    if both and not plan_difference(both[1], both[2], None):
        yield Words(
            f"The plan says the same as version {both[0]}.", f"建设方案与第 {both[0]} 版内容相同。"
        )


def _both(
    brief: Brief | None, raw: Mapping[str, Any]
) -> tuple[int, Mapping[str, Any], Mapping[str, Any]] | None:
    shown = brief.plan.shown if brief and brief.plan else None
    after = raw.get("plan")
    if shown is None or shown.plan is None or not isinstance(after, Mapping):
        return None
    return shown.version, shown.plan, after
