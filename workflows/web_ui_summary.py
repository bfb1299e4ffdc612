"""Where a case stands, in words for Temporal's own Web UI, in Chinese and English."""

from workflows.activity_messages import DueDate
from workflows.periods import beijing_date, last_day
from workflows.rules import CaseState, awaited
from workflows.states import PlatformState
from workflows.vocabulary import Kind


def details(state: CaseState, due: DueDate | None) -> str:
    """The current details of a workflow, in Markdown: the stage, since when, what is awaited until when."""
    facts = state.facts
    lines = [
        f"**{facts.name}** · {facts.district.zh} {facts.district} · {facts.field}",
        f"**{state.stage.zh} · {state.stage}** since {beijing_date(state.since)}"
        + (" · **逾期 overdue**" if state.overdue else ""),
    ]
    if state.suspended_since:
        since = beijing_date(state.suspended_since)
        lines.append(f"**暂停 · suspended** since {since}")
        due = None
    lines += [
        f"- 待 {what.role.zh} {Kind(what.kind).zh} · {what.kind} from the {what.role} ({what.rule})"
        for what in awaited(state)
    ]
    if due:
        lines.append(f"- 截止 due {last_day(due.due)}")
    if state.valid_until:
        lines.append(f"- 有效期至 valid until {last_day(state.valid_until)}")
    if isinstance(state, PlatformState) and state.open_assessment:
        lines.append(
            f"- 第 {state.open_assessment} 年考核进行中 · assessment {state.open_assessment} is open"
        )
    return "\n".join(lines)
