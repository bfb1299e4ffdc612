"""The lifecycle table as a Mermaid diagram and a Markdown table.

Pure; `worker.documents` puts the results into the documents. Each is made in both languages at once, or in
Chinese alone.
"""

from collections.abc import Iterator

from workflows.policy import Policy, policy_for_new_cases
from workflows.steps import AnyStage, Arrow, Clock, Lifecycle, Step, Trigger
from workflows.vocabulary import Happening, Kind
from workflows.words import Words, citation

_ASSESSED = (Happening.ASSESSMENT_OPENED, Happening.ASSESSMENT_ENDED)
ANY_OPEN = "any_open"
"""The node that stands for every open stage: what may happen at any time is drawn once, from here."""

_POLICY = policy_for_new_cases(Policy())
_STAGE_BEFORE = Words("the stage before that decision", "恢复到该决定作出前")

_ANY_OPEN_WORDS = Words("any open stage", "任一未结束阶段")
_SUSPENDED = {
    None: Words("also while suspended", "暂停期间亦可"),
    True: Words("only while suspended", "仅暂停期间"),
}
_HEADINGS = (
    Words("stage", "阶段"),
    Words("decision or event", "事项"),
    Words("by", "由谁"),
    Words("article", "条款"),
    Words("due in", "期限"),
    Words("outcomes → stage", "结果"),
)


def mermaid(lifecycle: Lifecycle, *, chinese: bool = False) -> str:
    """A stateDiagram-v2 of a lifecycle: every stage, and the arrows that lead on, with outcome and article.

    Events that change no stage are only in the table: they would hide the way through the stages.
    """
    first = lifecycle.steps[0].stage
    lines = ["stateDiagram-v2", "    direction TB", f"    [*] --> {first}"]
    lines += [
        f'    state "{_words(step.stage, chinese)}" as {step.stage}' for step in lifecycle.steps
    ]
    if lifecycle.anytime:
        lines.append(f'    state "{_said(_ANY_OPEN_WORDS, chinese)}" as {ANY_OPEN}')
    lines += [
        f"    {edge(start, trigger, arrow)}: {label(trigger, arrow, chinese=chinese)}"
        for start, trigger, arrow in lifecycle.arrows()
        if drawn(trigger, arrow)
    ]
    lines += [f"    {step.stage} --> [*]" for step in lifecycle.steps if step.ended]
    return "\n".join(lines)


def table(lifecycle: Lifecycle, *, chinese: bool = False) -> str:
    """A Markdown table of a lifecycle: a row for each stage and what may move it."""
    headings = tuple(_said(one, chinese) for one in _HEADINGS)
    rows: list[tuple[str, ...]] = [headings, ("---",) * len(_HEADINGS)]
    for step in lifecycle.steps:
        rows += _rows(step, chinese)
    for trigger in lifecycle.anytime:
        rows.append(_row(_said(_ANY_OPEN_WORDS, chinese), trigger, "", chinese))
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


def label(trigger: Trigger, arrow: Arrow, *, chinese: bool = False) -> str:
    """What stands at an arrow. No colon and no semicolon: Mermaid would end the label there."""
    if trigger.name == Kind.SET_ASIDE:
        return f"{_words(trigger.name, chinese)} · {_article(trigger.rule, chinese)}"
    words = _outcome(trigger, arrow, chinese)
    if trigger.by is None or len({one.outcome for one in trigger.arrows}) == 1:
        # The outcome alone would not say what was decided, or what happened.
        words = _listed([_words(trigger.name, chinese), words], chinese)
    return f"{words} · {_article(trigger.rule, chinese)}"


def _outcome(trigger: Trigger, arrow: Arrow, chinese: bool) -> str:
    parts = [_words(arrow.outcome, chinese)]
    if arrow.corrections is not None:
        annexed = (Words("no corrections", "无修改意见"), Words("with corrections", "附修改意见"))
        parts.append(_said(annexed[arrow.corrections], chinese))
    if arrow.returned_from:
        stage = arrow.returned_from
        parts.append(f"由“{stage.zh}”退回" if chinese else f"returned from {_plain(stage)}")
    if arrow.district_heard is False:
        heard = Words("the district is not heard again", "不再征求所在区意见")
        parts.append(_said(heard, chinese))
    if arrow.mends is False:
        late = Words("rectification would end after validity", "有效期内不及整改")
        parts.append(_said(late, chinese))
    if trigger.once_overdue:
        parts.append(_said(Words("once overdue", "逾期后"), chinese))
    return _listed(parts, chinese)


def _rows(step: Step, chinese: bool) -> Iterator[tuple[str, ...]]:
    stage = f"**{_words(step.stage, chinese)}**"
    if step.ended:
        article = _article(str(step.stage.article), chinese)
        yield stage, "", "", article, "", _said(Words("final", "结束"), chinese)
        stage = ""
    for trigger in step.triggers:
        due = _due(step, chinese) if trigger.by and trigger.awaited else ""
        yield _row(stage, trigger, due, chinese)
        stage = ""


def _row(stage: str, trigger: Trigger, due: str, chinese: bool) -> tuple[str, ...]:
    outcomes = "<br>".join(
        f"{_outcome(trigger, arrow, chinese)} → {_goal(trigger, arrow, chinese)}"
        for arrow in trigger.arrows
    )
    by = _words(trigger.by, chinese) if trigger.by else _said(Words("automatic", "自动"), chinese)
    named = _words(trigger.name, chinese)
    if trigger.by and trigger.suspended in _SUSPENDED:
        words = _said(_SUSPENDED[trigger.suspended], chinese)
        named += f"（{words}）" if chinese else f" ({words})"
    return stage, named, by, _article(trigger.rule, chinese), due, outcomes


def _goal(trigger: Trigger, arrow: Arrow, chinese: bool) -> str:
    if trigger.name == Kind.SET_ASIDE:
        return _said(_STAGE_BEFORE, chinese)
    return _words(arrow.to, chinese) if arrow.to else _said(Words("no change", "不变"), chinese)


def _due(step: Step, chinese: bool) -> str:
    if step.clock is Clock.WORKING_DAYS:
        days = getattr(_POLICY, step.days)
        return f"{days} 个工作日" if chinese else f"{days} working days 工作日"
    if step.clock is Clock.RECTIFICATION:
        months = _POLICY.rectification_months
        return _said(
            Words(f"the date set, otherwise {months} months", f"指定日期，未指定的 {months} 个月"),
            chinese,
        )
    return ""


def _article(rule: str, chinese: bool) -> str:
    return citation(rule).zh if chinese else rule


def _listed(parts: list[str], chinese: bool) -> str:
    return ("，" if chinese else ", ").join(parts)


def _said(words: Words, chinese: bool) -> str:
    return words.zh if chinese else f"{words.en} {words.zh}"


def _words(word: str, chinese: bool) -> str:
    term = getattr(word, "zh", "")
    return (term or _plain(word)) if chinese else f"{_plain(word)} {term}".rstrip()


def _plain(word: str) -> str:
    return word.replace("_", " ")
