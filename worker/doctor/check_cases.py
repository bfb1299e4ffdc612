"""The points about cases: whoever is open has a workflow that runs, of our own kind, and is not paused."""

import asyncio
from typing import NamedTuple

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError, RPCStatusCode

from db.conflicts import ConflictRow, noted_conflicts
from db.engine import create_engine
from db.open_cases import OpenCase, open_cases
from starter.client.blocking_workflow import TYPES
from starter.client.case_queries import CaseQueries
from starter.client.paused import IS_PAUSED
from starter.client.visibility import any_type, quoted
from worker.doctor.finding import Finding, bad, good
from worker.doctor.last_event import why_it_closed
from workflows.contract import ASSESSMENT_TYPE, PLATFORM_TYPE, TASK_QUEUE

_NAMED = 5
"""So many are named; the others are counted."""
_LOOKED_AT = 500
_AT_ONCE = 8
_OPEN = "CloseTime IS NULL"
_TOO_LARGE = "exceeds limit"
"""How the server says that it ended a workflow whose history was full."""


class Ended(NamedTuple):
    """A case that the register holds open, and whose workflow has ended, or is not there."""

    workflow_id: str
    run_id: str
    how: str
    why: str

    @property
    def full(self) -> bool:
        """Whether the server ended it because its history was full."""
        return _TOO_LARGE in self.why

    def __str__(self) -> str:
        """As it is named."""
        return f"{self.workflow_id} ({self.how}{': ' if self.why else ''}{self.why[:120]})"

    @property
    def remedy(self) -> str:
        """The command that brings it back."""
        without = " --reapply-exclude Signal" if self.full else ""
        return (
            f"temporal workflow reset --workflow-id {self.workflow_id} --run-id {self.run_id}"
            f" --type LastWorkflowTask{without} --reason …"
        )


async def open_cases_run(client: Client, database: str) -> Finding:
    """Every case that the register holds open has a workflow that runs."""
    engine = create_engine(database, pooled=False)
    try:
        held = await open_cases(engine)
    finally:
        await engine.dispose()
    open_query = f"{any_type(TYPES)} AND {_OPEN}"
    running = {run.id async for run in client.list_workflows(open_query, page_size=1000)}
    missing = [case for case in held if case.workflow_id not in running]
    ended = await _really_ended(client, missing[:_LOOKED_AT])
    if not ended:
        return good(
            f"{len(held)} open cases of the register, each with a workflow that runs",
            f"登记库未结束的程序 {len(held)} 个，均有运行中的流程",
        )
    more = f" + {len(missing) - _LOOKED_AT}" if len(missing) > _LOOKED_AT else ""
    listed = ", ".join(map(str, ended[:_NAMED])) + (" …" if ended[_NAMED:] else "")
    return bad(
        f"{len(ended)}{more} open cases have no running workflow: {listed}",
        f"{len(ended)}{more} 个未结束的程序没有运行中的流程：{listed}",
        *_advice(ended),
    )


def _advice(ended: list[Ended]) -> tuple[str, str]:
    platforms = [one for one in ended if ":term-" not in one.workflow_id] or ended
    first = next((one for one in platforms if one.full), platforms[0])
    if not first.run_id:
        return (
            "its history is gone: look for it in the archive (docs/deployment.md, A case that was ended"
            " from outside)",
            "其历史已不存在：请查归档（见 docs/deployment.md“A case that was ended from outside”）",
        )
    flood, flood_zh = "", ""
    if first.full:
        flood = "its history was filled with messages; the signals of the flood are left out: "
        flood_zh = "其历史被消息填满，恢复时不再载入信号："
    return (
        f"{flood}`{first.remedy}`; its assessment is opened again by itself (docs/deployment.md, A case"
        " that was ended from outside)",
        f"{flood_zh}{first.remedy}；其考核随后自动重新启动（见 docs/deployment.md）",
    )


async def _really_ended(client: Client, missing: list[OpenCase]) -> list[Ended]:
    """Those that Temporal itself, and not only its visibility, which follows, says do not run."""
    asking, several = CaseQueries(client), asyncio.Semaphore(_AT_ONCE)

    async def look(case: OpenCase) -> Ended | None:
        async with several:
            found = await asking.describe(asking.handle(case.workflow_id))
            if found is None:
                return Ended(case.workflow_id, "", "no workflow", "")
            if found.close_time is None or not _is_wrong(case, found):
                return None
            # An input that was no application, started since, hides the run that is to come back.
            last = await asking.case_of(found) or found
            why = await why_it_closed(client, last.id, last.run_id)
            return Ended(last.id, last.run_id, _status(last), why)

    return [one for one in await asyncio.gather(*map(look, missing)) if one]


def _is_wrong(case: OpenCase, found: WorkflowExecutionDescription) -> bool:
    """Whether something is to be done; an assessment that has just ended is noted by its platform."""
    return not (case.year and found.status is WorkflowExecutionStatus.COMPLETED)


def _status(run: WorkflowExecution) -> str:
    return run.status.name.lower().replace("_", " ") if run.status else "ended"


async def second_lives(client: Client, database: str) -> Finding:
    """No workflow that is open writes a log that another history has written already."""
    engine = create_engine(database, pooled=False)
    try:
        noted = await noted_conflicts(engine)
    finally:
        await engine.dispose()
    asking = CaseQueries(client)
    going_on: dict[str, ConflictRow] = {}
    for row in noted:
        if row.workflow_id in going_on:
            continue
        found = await asking.describe(asking.handle(row.workflow_id))
        if found and found.close_time is None and found.start_time <= row.last_at:
            going_on[row.workflow_id] = row
    if not going_on:
        return good("no two histories write one log", "没有两份历史写入同一记录")
    listed = ", ".join(
        f"{name} (term {row.term}, entry {row.seq}, refused {row.times} times, first"
        f" {row.first_at:%Y-%m-%d %H:%M} UTC)"
        for name, row in list(going_on.items())[:_NAMED]
    )
    listed += " …" if len(going_on) > _NAMED else ""
    return bad(
        f"{len(going_on)} workflows live a term a second time; the register keeps the first: {listed}",
        f"{len(going_on)} 个流程重复经历同一期次，登记库保留先到者：{listed}",
        "say which is right, and terminate the other (docs/deployment.md, Two lives of one term)",
        "请判定何者为准，并结束另一个（见 docs/deployment.md“Two lives of one term”）",
    )


async def paused(client: Client) -> Finding:
    """No case is paused: nothing is decided in it, and no clock of it runs."""
    try:
        count, listed = await _some(client, f"{any_type(TYPES)} AND {IS_PAUSED}")
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        count, listed = 0, ""  # a server before 1.31 knows no pause
    if not count:
        return good("no case is paused", "没有被暂停的流程")
    return bad(
        f"{count} cases are paused at Temporal: {listed}",
        f"{count} 个流程在 Temporal 中被暂停：{listed}",
        "who paused them, and why: `temporal workflow describe --workflow-id …`; then `temporal workflow"
        " unpause --workflow-id … --reason …`",
        "何人因何暂停见 temporal workflow describe --workflow-id …；再用 temporal workflow unpause"
        " --workflow-id … --reason … 恢复",
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
    found: dict[str, str] = {}
    for query in queries:
        async for run in client.list_workflows(query, limit=100):
            found[run.id] = f"{run.id} ({run.workflow_type}, {run.task_queue})"
    if not found:
        return good("nothing else stands under an id of a case", "没有其他流程占用本系统的编号")
    listed = ", ".join(list(found.values())[:_NAMED]) + (" …" if len(found) > _NAMED else "")
    return bad(
        f"{len(found)} workflows that are no cases stand under ids of cases: {listed}",
        f"{len(found)} 个非本系统的流程占用了编号：{listed}",
        "find out who started them, then `temporal workflow terminate --workflow-id … --reason …`",
        "请查明由谁启动，再用 temporal workflow terminate --workflow-id … --reason … 结束",
    )


async def _some(client: Client, query: str) -> tuple[int, str]:
    """How many fit a query, and the first of them."""
    count = (await client.count_workflows(query)).count
    if not count:
        return 0, ""
    names = [run.id async for run in client.list_workflows(query, limit=_NAMED)]
    return count, ", ".join(names) + (" …" if count > len(names) else "")
