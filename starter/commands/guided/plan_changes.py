"""What a new plan changes, shown to whoever files it before it is sent."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from starter.commands.guided.case_brief import Brief
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


def _both(
    brief: Brief | None, raw: Mapping[str, Any]
) -> tuple[int, Mapping[str, Any], Mapping[str, Any]] | None:
    shown = brief.plan.shown if brief and brief.plan else None
    after = raw.get("plan")
    if shown is None or shown.plan is None or not isinstance(after, Mapping):
        return None
    return shown.version, shown.plan, after
