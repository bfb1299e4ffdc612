"""Where code and history part: the first command that is not the same on both sides, in words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import zip_longest

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from audit.replay.command_sequences import Command, CommandKind, of_event
from audit.replay.findings import Finding
from audit.replay.replay_watch import Seen
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


def explained(events: Sequence[HistoryEvent], seen: Seen, failure: Exception) -> Divergence:
    """Why a replay failed: by the first command that differs, or else as the SDK says it."""
    for task in tasks_of(events):
        if task.started not in seen.tasks:
            break
        for told, given in zip_longest(task.commands, seen.tasks[task.started]):
            if told is None or not told.same_as(given):
                number = told.event_id if told else task.completed
                return _parting(events, number, told, given)
    if seen.trouble:
        last = max(seen.tasks, default=0)
        return Divergence(
            f"{_after(events, last)[0]}the code fails: {seen.trouble[:_LETTERS]}",
            f"{_after(events, last)[1]}代码出错：{seen.trouble[:_LETTERS]}",
            event_id=last or None,
            by_code=True,
        )
    said = plain(failure)
    return Divergence(f"Temporal's replay says: {said}", f"Temporal 重放报告：{said}", by_code=True)


def _parting(
    events: Sequence[HistoryEvent], number: int, told: Command | None, given: Command | None
) -> Divergence:
    at = moment(events[number - 1])
    history, code = says(told), says(given)
    where, where_zh = f"event {number} ({at})", f"事件 {number}（{at}）"
    if told is None:
        where, where_zh = f"after {where}", f"{where_zh}之后"
    return Divergence(
        f"{where}: the history {history.en}; the code {code.en}",
        f"{where_zh}：历史为“{history.zh}”；代码为“{code.zh}”",
        event_id=number,
        by_code=True,
    )


def moment(event: HistoryEvent) -> str:
    """When an event was, in Beijing time."""
    at = event.event_time.ToDatetime(tzinfo=UTC).astimezone(BEIJING)
    return at.isoformat(timespec="seconds")


def _after(events: Sequence[HistoryEvent], number: int) -> tuple[str, str]:
    if not number:
        return "", ""
    at = moment(events[number - 1])
    return f"after event {number} ({at}): ", f"事件 {number}（{at}）之后："


def says(command: Command | None) -> Words:
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
