"""`pingtai show --full`: what the next decision rests on, whole: conditions, plan, decisions, reports."""

from typing import Any

from rich.table import Table
from rich.text import Text

from db.decisions_in_force import application_of, what_it_rests_on
from db.indicator_rows import indicator_rows
from db.row_types import ApplicationLayout, PlatformCard
from starter.commands.layout_words import UNKNOWN
from starter.errors import PingtaiError
from starter.plans.plan_view import PlanView, text_of
from starter.terminal import wording
from starter.terminal.entry_parts import condition_parts, entry_parts, origin_parts
from starter.terminal.indicator_table import indicator_table
from starter.terminal.indicator_texts import INDICATORS
from starter.terminal.language import say
from starter.terminal.plan_text import plan_parts
from starter.terminal.screen import facts, heading
from workflows.words import Words

APPLICATION = Words("Application", "申请")
CONDITIONS = Words("Conditions (§三)", "建设条件（《指引》第三部分）")
LAYOUT = Words("Layout when it was applied for (§四)", "申请时的总体建设布局（《指引》第四部分）")
PLAN = Words("Plan (§四(一))", "建设方案（《指引》第四部分第（一）项）")


def full_parts(card: PlatformCard, plan: PlanView | None) -> list[Table | Text]:
    """Return the application's conditions, the plan, and of each kind of decision the last that counts."""
    term = card.platform.term
    application = application_of(card.log, term)
    shown: list[Table | Text] = []
    if card.layout:
        shown += [_title(LAYOUT), _layout(card.layout)]
    if application:
        shown += [_title(APPLICATION), *origin_parts(application)]
        shown += [_title(CONDITIONS), *condition_parts(application)]
    if plan:
        shown += _plan(plan)
    rows = indicator_rows(card.log, term, plan.shown.plan if plan else None)
    if rows:
        shown += [_title(INDICATORS), indicator_table(rows)]
    decisions = what_it_rests_on(card.log, term)
    if decisions:
        shown.append(_title(Words("Decisions and reports in force", "有效的决定和报告")))
    for line in decisions:
        shown += entry_parts(line)
    return shown


def full_data(card: PlatformCard, plan: PlanView | None) -> dict[str, Any]:
    """Return the same as plain data, with the card."""
    term = card.platform.term
    application = application_of(card.log, term)
    return {
        **card.model_dump(mode="json"),
        "application": application.entry.said if application else None,
        "conditions": application.entry.said.get("conditions") if application else None,
        "plan": plan.model_dump(mode="json") if plan else None,
        "indicators": [
            one._asdict()
            for one in indicator_rows(card.log, term, plan.shown.plan if plan else None)
        ],
        "in_force": [one.model_dump(mode="json") for one in what_it_rests_on(card.log, term)],
    }


def _layout(found: ApplicationLayout) -> Table:
    """The version of the layout that was in force, and the direction that the application named."""
    day = found.adopted_on or say(UNKNOWN)
    outside = Words("not in this version", "不在该版布局中")
    priority = Words(f"priority {found.priority}", f"优先级 {found.priority}")
    place = say(outside if found.priority is None else priority)
    return facts(
        [
            (Words("version", "版本"), found.version),
            (Words("adopted on", "印发日期"), day),
            (Words("document", "印发文件"), found.document),
            (
                Words("direction", "方向"),
                f"{found.direction} · {place}" if found.direction else None,
            ),
        ]
    )


def _plan(plan: PlanView) -> list[Table | Text]:
    shown = plan.shown
    number, last = shown.version, plan.versions[-1].version
    version = Words(f"{number} of {last}", f"第 {number} 版，共 {last} 版")
    title = _title(PLAN)
    rows = facts(
        [
            (Words("version", "版本"), version),
            (Words("filed", "提交"), wording.moment(shown.filed_at)),
            (Words("changes", "修改说明"), shown.changes),
            (Words("SHA-256", "SHA-256 值"), shown.sha256),
            (Words("what changed", "版本差异"), _difference(plan)),
        ]
    )
    try:
        return [title, rows, *plan_parts(text_of(shown))]
    except PingtaiError as error:  # of a text that is not there, or not the one that the log binds
        return [title, rows, Text(say(error.words), style="bold red")]


def _difference(plan: PlanView) -> str | None:
    """How to see what the version changed; None of the first."""
    return f"pingtai plan {plan.platform_id} --diff" if plan.shown.version > 1 else None


def _title(words: Words) -> Text:
    """A heading above other headings."""
    return heading(f"━━ {say(words)}")
