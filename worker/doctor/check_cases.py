"""The points about cases: every open one has a workflow of ours that runs, is not paused and not stuck."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import WorkflowExecution as ExecutionMessage
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError, RPCStatusCode

from db.conflicts import ConflictRow, noted_conflicts
from db.open_cases import OpenCase, open_cases
from starter.client.blocking_workflow import TYPES
from starter.client.case_queries import CaseQueries
from starter.client.moved_runs import destination_of
from starter.client.sdk_internals import IS_PAUSED
from starter.client.visibility import any_type, quoted
from worker.doctor.finding import Finding, bad, good, note
from workflows.contract import ASSESSMENT_TYPE, PLATFORM_TYPE, TASK_QUEUE
from workflows.periods import beijing_time
from workflows.words import Words, counted, listed_zh

_NAMED = 5
"""Maximum cases that are named; the others are counted."""
_LOOKED_AT = 500
_AT_ONCE = 8
_OPEN = "CloseTime IS NULL"
_TOO_LARGE = "exceeds limit"
"""How the server says that it ended a workflow whose history was full."""
_PROBLEM = "TemporalReportedProblems IS NOT NULL"
_DEADLOCK = "TMPRL1101"
"""The SDK's number for a workflow task that takes longer than it may."""
LOST_THERE = Words(
    "if this is the Temporal of this register (check TEMPORAL_* and DATABASE_URL), they are lost there and go"
    " on from their logs: `pingtai recover --all` (docs/first-aid.md)",
    "如所连 Temporal 与名册属同一系统（请检查 TEMPORAL_*、DATABASE_URL），则已在其中丢失，可据记录接续："
    "pingtai recover --all（见 docs/first-aid.zh.md）",
)
_REPEATED_TERM = Words(
    "decide which is right, and terminate the other (docs/deployment.md, A term with two histories)",
    "请判定何者为准，并结束另一个（见 docs/deployment.zh.md“同一期次的两份记录”）",
)
_UNPAUSE = Words(
    "who paused them, and why: `temporal workflow describe --workflow-id …`; then `temporal workflow"
    " unpause --workflow-id … --reason …`",
    "何人因何暂停见 temporal workflow describe --workflow-id …；再用 temporal workflow unpause"
    " --workflow-id … --reason … 恢复",
)
_TERMINATE = Words(
    "find out who started them, then `temporal workflow terminate --workflow-id … --reason …`",
    "请查明由谁启动，再用 temporal workflow terminate --workflow-id … --reason … 结束",
)
_FLOODED = Words(
    "more messages are waiting than one task can process in its time: stop the workers, run one with"
    " TEMPORAL_DEBUG=1 until they are processed, then start them as usual (docs/deployment.md, A case"
    " that was flooded)",
    "积压消息过多，一次任务无法在时限内处理完：请停止工作进程，以 TEMPORAL_DEBUG=1 启动一个，处理完毕后"
    "恢复正常启动（见 docs/deployment.zh.md“消息淹没的流程”）",
)
_OTHER_CODE = Words(
    f"temporal workflow list -q '{_PROBLEM}'; CONTRIBUTING.md says how to change a workflow safely",
    f"temporal workflow list -q '{_PROBLEM}'，参见 CONTRIBUTING.md",
)

_NO_WORKFLOW = Words("no workflow", "没有流程")
_ENDED = Words("ended", "已结束")
_ENDINGS = {
    WorkflowExecutionStatus.CANCELED: Words("canceled", "被取消"),
    WorkflowExecutionStatus.FAILED: Words("failed", "失败"),
    WorkflowExecutionStatus.TERMINATED: Words("terminated", "被终止"),
    WorkflowExecutionStatus.TIMED_OUT: Words("timed out", "超时"),
}


class Ended(NamedTuple):
    """A case that the register holds open, and whose workflow has ended, or is not there."""

    workflow_id: str
    run_id: str
    how: Words
    why: str
    moved: str = ""
    """The profile of the Temporal to which it has moved."""

    @property
    def full(self) -> bool:
        """Whether the server ended it because its history was full."""
        return _TOO_LARGE in self.why

    @property
    def words(self) -> Words:
        """Which it is, how it ended, and the reason that was given."""
        en, zh, why = *self.how, self.why[:120]
        return Words(
            f"{self.workflow_id} ({en}{': ' if why else ''}{why})",
            f"{self.workflow_id}（{zh}{'：' if why else ''}{why}）",
        )

    @property
    def remedy(self) -> str:
        """The command that brings it back."""
        without = " --reapply-exclude Signal" if self.full else ""
        return (
            f"temporal workflow reset --workflow-id {self.workflow_id} --run-id {self.run_id}"
            f" --type LastWorkflowTask{without} --reason …"
        )


async def open_cases_run(client: Client, engine: AsyncEngine) -> Finding:
    """Every case that the register holds open has a workflow that runs."""
    held = await open_cases(engine)
    open_query = f"{any_type(TYPES)} AND {_OPEN}"
    running = {run.id async for run in client.list_workflows(open_query, page_size=1000)}
    missing = [case for case in held if case.workflow_id not in running]
    found = await _really_ended(client, missing[:_LOOKED_AT])
    ended = [one for one in found if not one.moved]
    if not ended and (moved := [one for one in found if one.moved]):
        return _have_moved(moved)
    if not ended:
        return good(
            f"{len(held)} open cases in the register, each with a running workflow",
            f"名册中未结束的程序 {len(held)} 个，均有运行中的流程",
        )
    more = f" + {len(missing) - _LOOKED_AT}" if len(missing) > _LOOKED_AT else ""
    listed = _listed(one.words for one in ended)
    return bad(
        Words(
            f"open cases without a running workflow: {len(ended)}{more}: {listed.en}",
            f"{len(ended)}{more} 个未结束的程序没有运行中的流程：{listed.zh}",
        ),
        _how_to_bring_back(ended),
    )


def _have_moved(moved: list[Ended]) -> Finding:
    to = moved[0].moved
    return note(
        Words(
            f"{len(moved)} open cases have moved to the Temporal of profile {to}, or are on their way",
            f"{len(moved)} 个未结束的程序已迁往或正迁往配置 {to} 所指的 Temporal",
        ),
        Words(
            f"set TEMPORAL_PROFILE={to} to look there; where `pingtai move` was stopped, run it again",
            f"在新处检查请设置 TEMPORAL_PROFILE={to}；pingtai move 曾中断的，请再次运行",
        ),
    )


def _how_to_bring_back(ended: list[Ended]) -> Words:
    platforms = [one for one in ended if ":term-" not in one.workflow_id] or ended
    first = next((one for one in platforms if one.full), platforms[0])
    if not first.run_id:
        return LOST_THERE
    flood, flood_zh = "", ""
    if first.full:
        flood = "its history was filled with messages; the signals of the flood are left out: "
        flood_zh = "其历史被消息填满，恢复时不再载入信号："
    return Words(
        f"{flood}`{first.remedy}`; its assessment is opened again by itself (docs/deployment.md, A case"
        " that was ended from outside)",
        f"{flood_zh}{first.remedy}；其考核随后自动重新启动（见 docs/deployment.zh.md“被外部终止的流程”）",
    )


async def _really_ended(client: Client, missing: list[OpenCase]) -> list[Ended]:
    """Those that Temporal itself, and not only its visibility, which follows, says do not run."""
    asking, several = CaseQueries(client), asyncio.Semaphore(_AT_ONCE)

    async def look(case: OpenCase) -> Ended | None:
        async with several:
            found = await asking.look(case.workflow_id)
            if found is None:
                return Ended(case.workflow_id, "", _NO_WORKFLOW, "")
            if found.close_time is None or not _is_wrong(found):
                return None
            if to := await destination_of(found):
                return Ended(found.id, found.run_id, _ENDED, "", to)
            # An input that was no application, started since, hides the run that is to come back.
            last = await asking.case_of(found) or found
            why = await _why_it_closed(client, last.id, last.run_id)
            return Ended(last.id, last.run_id, _status(last), why)

    return [one for one in await asyncio.gather(*map(look, missing)) if one]


def _is_wrong(found: WorkflowExecutionDescription) -> bool:
    """Whether it ended otherwise than by the rules: else the register is behind (`check_parts`)."""
    return found.status is not WorkflowExecutionStatus.COMPLETED


def _status(run: WorkflowExecution) -> Words:
    return _ENDINGS.get(run.status, _ENDED) if run.status else _ENDED


async def second_lives(client: Client, engine: AsyncEngine) -> Finding:
    """No workflow that is open writes a log that another history has written already."""
    asking = CaseQueries(client)
    open_ones: dict[str, ConflictRow] = {}
    for row in await noted_conflicts(engine):
        if row.workflow_id in open_ones:
            continue
        found = await asking.look(row.workflow_id)
        if found and found.close_time is None and found.start_time <= row.last_at:
            open_ones[row.workflow_id] = row
    if not open_ones:
        return good("no two histories write one log", "没有两份历史写入同一记录")
    listed = _listed(
        Words(
            f"{name} (term {row.term}, entry {row.seq}, refused {row.times} times, first"
            f" {beijing_time(row.first_at)}, Beijing time)",
            f"{name}（第 {row.term} 期第 {row.seq} 条，拒收 {row.times} 次，首次为"
            f"北京时间 {beijing_time(row.first_at)}）",
        )
        for name, row in open_ones.items()
    )
    return bad(
        Words(
            f"{counted(len(open_ones), 'repeated term')}; the register keeps the first: {listed.en}",
            f"{len(open_ones)} 个流程重复经历同一期次，名册保留先到者：{listed.zh}",
        ),
        _REPEATED_TERM,
    )


async def paused(client: Client) -> Finding:
    """No case is paused: nothing can be decided in it, and its deadlines do not run."""
    query = f"{any_type(TYPES)} AND {IS_PAUSED}"
    try:
        count = (await client.count_workflows(query)).count
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        count = 0  # a server before 1.31 knows no pause
    if not count:
        return good("no case is paused", "没有被暂停的流程")
    ids = [Words.same(run.id) async for run in client.list_workflows(query, limit=_NAMED)]
    listed = _listed(ids, count)
    return bad(
        Words(
            f"paused at Temporal: {counted(count, 'case')}: {listed.en}",
            f"{count} 个流程在 Temporal 中被暂停：{listed.zh}",
        ),
        _UNPAUSE,
    )


async def strangers(client: Client) -> Finding:
    """No workflow that is not ours stands under an id of ours: nobody could apply or decide there."""
    ours, queue = quoted("platform:"), quoted(TASK_QUEUE)
    kinds = f"{quoted(PLATFORM_TYPE)}, {quoted(ASSESSMENT_TYPE)}"
    queries = (
        f"WorkflowId STARTS_WITH {ours} AND WorkflowType NOT IN ({kinds}) AND {_OPEN}",
        f"WorkflowId STARTS_WITH {ours} AND TaskQueue != {queue} AND {_OPEN}",
        f"WorkflowType = {quoted(ASSESSMENT_TYPE)} AND ParentWorkflowId IS NULL AND {_OPEN}",
    )
    found: dict[str, Words] = {}
    for query in queries:
        async for run in client.list_workflows(query, limit=100):
            found[run.id] = _with_note(run.id, f"{run.workflow_type}, {run.task_queue}")
    if not found:
        return good("no other workflow uses the id of a case", "没有其他流程占用本系统的编号")
    listed = _listed(found.values())
    return bad(
        Words(
            f"{counted(len(found), 'workflow')} with the id of a case, but no case: {listed.en}",
            f"{len(found)} 个非本系统的流程占用了编号：{listed.zh}",
        ),
        _TERMINATE,
    )


async def stuck(client: Client) -> Finding:
    """No workflow task fails again and again: by too many messages at once, or code that does not fit."""
    count = (await client.count_workflows(_PROBLEM)).count
    if count == 0:
        return good("no workflow has a problem", "没有异常的流程")
    reasons = {
        run.id: await _why_its_task_fails(client, run.id, run.run_id)
        async for run in client.list_workflows(_PROBLEM, limit=_NAMED)
    }
    listed = _listed(
        (
            _with_note(name, " ".join(why.split())[:100]) if why else Words.same(name)
            for name, why in reasons.items()
        ),
        count,
    )
    flooded = any(_DEADLOCK in why for why in reasons.values())
    return bad(
        Words(
            f"unable to continue (TemporalReportedProblems): {counted(count, 'workflow')}: {listed.en}",
            f"{count} 个流程无法继续（TemporalReportedProblems）：{listed.zh}",
        ),
        _FLOODED if flooded else _OTHER_CODE,
    )


def _with_note(name: str, note: str) -> Words:
    return Words(f"{name} ({note})", f"{name}（{note}）")


def _listed(names: Iterable[Words], count: int = 0) -> Words:
    """The first few, and whether there are more; `count` where it is known that there are."""
    every = list(names)
    first = every[:_NAMED]
    en, zh = ", ".join(one.en for one in first), listed_zh(one.zh for one in first)
    return Words(f"{en} …", f"{zh}等") if max(count, len(every)) > len(first) else Words(en, zh)


async def _newest_events(
    client: Client, workflow_id: str, run_id: str, most: int
) -> Sequence[HistoryEvent]:
    """Return the newest events of a run, the newest first, up to a number."""
    answer = await client.workflow_service.get_workflow_execution_history_reverse(
        GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=ExecutionMessage(workflow_id=workflow_id, run_id=run_id),
            maximum_page_size=most,
        )
    )
    return answer.history.events


async def _why_it_closed(client: Client, workflow_id: str, run_id: str) -> str:
    """The reason that the last event of a closed run gives; empty where there is none."""
    for last in await _newest_events(client, workflow_id, run_id, 1):
        failed = last.workflow_execution_failed_event_attributes.failure.message
        return last.workflow_execution_terminated_event_attributes.reason or failed
    return ""


async def _why_its_task_fails(client: Client, workflow_id: str, run_id: str) -> str:
    """What the last workflow task of an open run failed with; empty where none of the newest did."""
    for event in await _newest_events(client, workflow_id, run_id, 20):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            return event.workflow_task_failed_event_attributes.failure.message
    return ""
