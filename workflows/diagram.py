"""The lifecycle table as a Mermaid diagram and a Markdown table.

Pure; `worker.documents` puts the results into the documents.
"""

from collections.abc import Iterator

from workflows.policy import Policy, policy_for_new_cases
from workflows.steps import AnyStage, Arrow, Clock, Lifecycle, Step, Trigger
from workflows.vocabulary import Happening, Kind

_ASSESSED = (Happening.ASSESSMENT_OPENED, Happening.ASSESSMENT_ENDED)
ANY_OPEN = "any_open"
"""The node that stands for every open stage: what may happen at any time is drawn once, from here."""

_POLICY = policy_for_new_cases(Policy())
_STAGE_BEFORE = "the stage before that decision 恢复到该决定作出前"

_ANY_OPEN_WORDS = "any open stage 任一未结束阶段"
_SUSPENDED = {
    None: " (also while suspended 暂停期间亦可)",
    True: " (only while suspended 仅暂停期间)",
    False: "",
}
_HEADINGS = (
    "stage 阶段",
    "decision or event 事项",
    "by 由谁",
    "article 条款",
    "due in 期限",
    "outcomes → stage 结果",
)


def mermaid(lifecycle: Lifecycle) -> str:
    """A stateDiagram-v2 of a lifecycle: every stage, and the arrows that lead on, with outcome and article.

    Events that change no stage are only in the table: they would hide the way through the stages.
    """
    first = lifecycle.steps[0].stage
    lines = ["stateDiagram-v2", "    direction TB", f"    [*] --> {first}"]
    lines += [f'    state "{_words(step.stage)}" as {step.stage}' for step in lifecycle.steps]
    if lifecycle.anytime:
        lines.append(f'    state "{_ANY_OPEN_WORDS}" as {ANY_OPEN}')
    lines += [
        f"    {edge(start, trigger, arrow)}: {label(trigger, arrow)}"
        for start, trigger, arrow in lifecycle.arrows()
        if drawn(trigger, arrow)
    ]
    lines += [f"    {step.stage} --> [*]" for step in lifecycle.steps if step.ended]
    return "\n".join(lines)


def table(lifecycle: Lifecycle) -> str:
    """A Markdown table of a lifecycle: a row for each stage and what may move it."""
    rows: list[tuple[str, ...]] = [_HEADINGS, ("---",) * len(_HEADINGS)]
    for step in lifecycle.steps:
        rows += _rows(step)
    for trigger in lifecycle.anytime:
        rows.append(_row(_ANY_OPEN_WORDS, trigger, ""))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def drawn(trigger: Trigger, arrow: Arrow) -> bool:
    """Whether an arrow stands in the diagram: it leads to another stage, or it is a year's assessment."""
    return arrow.to is not None or trigger.name in (Kind.SET_ASIDE, *_ASSESSED)


def edge(start: AnyStage | None, trigger: Trigger, arrow: Arrow) -> str:
    """From where to where an arrow is drawn; one that leads nowhere else comes back."""
    source = start or ANY_OPEN
    if trigger.name == Kind.SET_ASIDE:  # back to the stage in which the decision was awaited
        return f"{source} --> {ANY_OPEN}"
    return f"{source} --> {arrow.to or source}"


def label(trigger: Trigger, arrow: Arrow) -> str:
    """What stands at an arrow. No colon and no semicolon: Mermaid would end the label there."""
    if trigger.name == Kind.SET_ASIDE:
        return f"{_words(trigger.name)} · {trigger.rule}"
    words = _outcome(trigger, arrow)
    if trigger.by is None or len({one.outcome for one in trigger.arrows}) == 1:
        # The outcome alone would not say what was decided, or what happened.
        words = f"{_words(trigger.name)}, {words}"
    return f"{words} · {trigger.rule}"


def _outcome(trigger: Trigger, arrow: Arrow) -> str:
    parts = [_words(arrow.outcome)]
    if arrow.corrections is not None:
        parts.append(
            "with corrections 附修改意见" if arrow.corrections else "no corrections 无修改意见"
        )
    if arrow.returned_from:
        parts.append(f"returned from {_plain(arrow.returned_from)}")
    if arrow.district_heard is False:
        parts.append("the district is not heard again 不再征求所在区意见")
    if arrow.mends is False:
        parts.append("rectification would end after validity 有效期内不及整改")
    if trigger.once_overdue:
        parts.append("once overdue 逾期后")
    return ", ".join(parts)


def _rows(step: Step) -> Iterator[tuple[str, ...]]:
    stage = f"**{_words(step.stage)}**"
    if step.ended:
        yield stage, "", "", str(step.stage.article), "", "final 结束"
        stage = ""
    for trigger in step.triggers:
        yield _row(stage, trigger, _due(step) if trigger.by and trigger.awaited else "")
        stage = ""


def _row(stage: str, trigger: Trigger, due: str) -> tuple[str, ...]:
    outcomes = "<br>".join(
        f"{_outcome(trigger, arrow)} → {_goal(trigger, arrow)}" for arrow in trigger.arrows
    )
    by = _words(trigger.by) if trigger.by else "automatic 自动"
    named = _words(trigger.name) + (_SUSPENDED[trigger.suspended] if trigger.by else "")
    return stage, named, by, trigger.rule, due, outcomes


def _goal(trigger: Trigger, arrow: Arrow) -> str:
    if trigger.name == Kind.SET_ASIDE:
        return _STAGE_BEFORE
    return _words(arrow.to) if arrow.to else "no change 不变"


def _due(step: Step) -> str:
    if step.clock is Clock.WORKING_DAYS:
        return f"{getattr(_POLICY, step.days)} working days 工作日"
    if step.clock is Clock.RECTIFICATION:
        months = _POLICY.rectification_months
        return f"the date set, otherwise {months} months 指定日期，未指定的 {months} 个月"
    return ""


def _words(word: str) -> str:
    return f"{_plain(word)} {getattr(word, 'zh', '')}".rstrip()


def _plain(word: str) -> str:
    return word.replace("_", " ")
