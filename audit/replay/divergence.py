"""Why a history cannot be replayed: it is not whole, or its commands and the code's differ."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import pairwise, zip_longest

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from audit.problems import Finding
from audit.replay.command_sequences import Command, CommandKind, of_event
from audit.replay.sdk_replayer import Seen
from workflows.periods import BEIJING
from workflows.words import Words

WHAT_TO_DO = Words(
    en="The code that is installed does not do what this history did: a platform that is under way"
    " with the older code would get stuck. A change of what a workflow commands (activities, timers,"
    " children, which ones or in what order) must be guarded:"
    ' `if workflow.patched("name-of-the-change"): <new> else: <old>`. The history stays as it is.'
    ' CONTRIBUTING.md, "Changing a workflow safely", says how, step by step.',
    zh="当前安装的代码与该历史不一致：按旧代码运行中的平台会停滞。凡改变流程命令（活动、计时器、子流程及其"
    '种类或顺序），须加版本保护：`if workflow.patched("改动名称"): <新> else: <旧>`。历史保持原样。'
    "步骤见 CONTRIBUTING.md 的 Changing a workflow safely。",
)


@dataclass(frozen=True)
class Divergence(Finding):
    """Why a history cannot be replayed by this code."""

    by_code: bool = False
    """Code and history command different things: `WHAT_TO_DO` helps. Else the history itself is not whole."""


@dataclass(frozen=True)
class Task:
    """A workflow task that a history holds whole, and the commands that came of it."""

    started: int
    completed: int
    commands: tuple[Command, ...]


def tasks_of(events: Sequence[HistoryEvent]) -> Iterator[Task]:
    """The workflow tasks of a history, in order, with what each commanded."""
    started = completed = 0
    commands: list[Command] = []
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            if completed:
                yield Task(started, completed, tuple(commands))
            started, completed, commands = event.event_id, 0, []
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            completed = event.event_id
        elif completed and (command := of_event(event)):
            commands.append(command)
    if completed:
        yield Task(started, completed, tuple(commands))


def explain_failure(events: Sequence[HistoryEvent], seen: Seen, failure: Exception) -> Divergence:
    """Say why a replay failed: by the first command that differs, or else as the SDK says it."""
    for task in tasks_of(events):
        if task.started not in seen.tasks:
            break
        for recorded, given in zip_longest(task.commands, seen.tasks[task.started]):
            if recorded is None or not recorded.same_as(given):
                number = recorded.event_id if recorded else task.completed
                return _parting(events, number, recorded, given)
    if seen.trouble:
        last, why = max(seen.tasks, default=0), seen.trouble[:_LETTERS]
        words = Words(f"the code fails: {why}", f"代码出错：{why}")
        if last:
            where = _where(events, last)
            words = Words(f"after {where.en}: {words.en}", f"{where.zh}之后：{words.zh}")
        return Divergence(words, event_id=last or None, by_code=True)
    said = plain(failure)
    return Divergence(
        Words(f"Temporal's replay says: {said}", f"Temporal 重放报告：{said}"), by_code=True
    )


def _parting(
    events: Sequence[HistoryEvent], number: int, recorded: Command | None, given: Command | None
) -> Divergence:
    history, code, where = command_words(recorded), command_words(given), _where(events, number)
    after, after_zh = ("", "") if recorded else ("after ", "之后")
    words = Words(
        f"{after}{where.en}: the history {history.en}; the code {code.en}",
        f"{where.zh}{after_zh}：历史为“{history.zh}”；代码为“{code.zh}”",
    )
    return Divergence(words, event_id=number, by_code=True)


def _where(events: Sequence[HistoryEvent], number: int) -> Words:
    at = moment(events[number - 1])
    return Words(f"event {number} ({at})", f"事件 {number}（{at}）")


def moment(event: HistoryEvent) -> str:
    """When an event was, in Beijing time."""
    at = event.event_time.ToDatetime(tzinfo=UTC).astimezone(BEIJING)
    return at.isoformat(timespec="seconds")


def command_words(command: Command | None) -> Words:
    """What somebody does who gives a command."""
    if command is None:
        return Words("commands nothing more", "不再有命令")
    en, zh = _SAYINGS[command.kind]
    what = command.what
    if command.span is not None:
        what += f" of {_span(command.span)}"
    return Words(f"{en} {what}".strip(), f"{zh} {what}".strip().replace(" of ", "："))


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{span.days} d {seconds % 86400:.6g} s" if span.days else f"{seconds:.6g} s"


K = CommandKind
_SAYINGS = {
    K.ACTIVITY: ("starts the activity", "启动活动"),
    K.CANCEL_ACTIVITY: ("cancels an activity", "取消活动"),
    K.TIMER: ("starts timer", "启动计时器"),
    K.CANCEL_TIMER: ("cancels timer", "取消计时器"),
    K.CHILD: ("starts the child", "启动子流程"),
    K.SIGNAL: ("sends the signal", "发送信号"),
    K.CANCEL_WORKFLOW: ("cancels another workflow", "取消其他流程"),
    K.PATCH: ("marks the patch", "标记补丁"),
    K.SEARCH_ATTRIBUTES: ("sets the search attributes", "设置检索属性"),
    K.PROPERTIES: ("changes the memo", "更改备忘"),
    K.UPDATE_ACCEPTED: ("accepts an update", "接受更新请求"),
    K.UPDATE_ANSWERED: ("answers an update", "答复更新请求"),
    K.CONTINUE_AS_NEW: ("goes on in a new run", "以新运行继续"),
    K.COMPLETE: ("completes", "流程完成"),
    K.FAIL: ("fails the run", "流程失败"),
    K.CANCELLED: ("ends as cancelled", "流程取消"),
    K.OTHER: ("commands", "命令"),
}

_LETTERS = 300
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')


def plain(failure: Exception) -> str:
    """What the SDK says of a failure, without how its structures print."""
    found = _MESSAGE.search(str(failure))
    said = found[1].replace('\\"', '"') if found else str(failure)
    return " ".join(said.split())[:_LETTERS]


_E = EventType
_BEHIND_STARTED = (
    _E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    _E.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    _E.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
)
"""One of these ends a workflow task; nothing of the workflow's own comes between."""


def find_damage(events: Sequence[HistoryEvent]) -> Divergence | None:
    """Where a history is not whole; None where it can be replayed."""
    if not events:
        return Divergence(Words("the history holds no events", "历史没有事件"))
    for number, event in enumerate(events, start=1):
        if event.event_id != number:
            words = Words(
                f"event {number} is missing: {event.event_id} is in its place",
                f"缺少事件 {number}：该处为事件 {event.event_id}",
            )
            return Divergence(words, event_id=number)
    first = events[0].workflow_execution_started_event_attributes
    if not first.original_execution_run_id:
        words = Words(
            "event 1 does not start a run: the beginning is missing",
            "事件 1 不是流程开始：缺少开头",
        )
        return Divergence(words, event_id=1)
    return _task_left_open(events)


def has_begun(events: Sequence[HistoryEvent]) -> bool:
    """Whether a worker has begun with it: before, there is nothing to replay."""
    return any(e.event_type == _E.EVENT_TYPE_WORKFLOW_TASK_STARTED for e in events)


def _task_left_open(events: Sequence[HistoryEvent]) -> Divergence | None:
    for event, after in pairwise(events):
        if event.event_type != _E.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            continue
        if after.event_type in _BEHIND_STARTED or after.worker_may_ignore:
            continue
        name = _E.Name(after.event_type).removeprefix("EVENT_TYPE_")
        words = Words(
            f"event {after.event_id} ({name}) stands where the workflow task of event"
            f" {event.event_id} should end",
            f"事件 {after.event_id}（{name}）处应为事件 {event.event_id} 流程任务的结束",
        )
        return Divergence(words, event_id=after.event_id)
    return None
