"""What stands under a platform's id at Temporal, where that is none of our cases or is paused.

Anybody who reaches Temporal can start a workflow of any type under any id. Nothing answers for it then,
and trying again does not help: so it is named, and with it what an operator does about it.

The SDK (temporalio 1.35.0) does not know the status PAUSED of Temporal 1.31 and newer: describing, listing
or asking such a workflow ends with `ValueError: 8 is not a valid WorkflowExecutionStatus`, and a list of all
workflows ends where one of them is paused. A paused workflow is open, so it is read as RUNNING; whether it
is paused, the server's own answer says. An SDK that knows the status never gets here.
"""

from typing import Any

from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

from workflows.contract import ASSESSMENT_TYPE, PLATFORM_TYPE, TASK_QUEUE
from workflows.refusal import Refusal

TYPES = (PLATFORM_TYPE, ASSESSMENT_TYPE)
PAUSED = Status.WORKFLOW_EXECUTION_STATUS_PAUSED
IS_PAUSED = "ExecutionStatus = 'Paused'"
"""The list filter; a server before 1.31 does not know it."""


def _read_as_open(
    kind: type[WorkflowExecutionStatus], value: Any
) -> WorkflowExecutionStatus | None:
    return kind.RUNNING if value == PAUSED else None


def read_paused_as_open() -> None:
    """Let the SDK read the status of a paused workflow; who connects has it called, once for all."""
    WorkflowExecutionStatus._missing_ = classmethod(_read_as_open)  # type: ignore[assignment]


def type_of(workflow_id: str) -> str:
    """The type that the workflow of one of our ids must have."""
    return ASSESSMENT_TYPE if workflow_id.count(":") > 1 else PLATFORM_TYPE


def in_the_way(run: WorkflowExecution) -> Refusal | None:
    """Why the run that was found under an id answers nothing; None: it is our case, and may answer.

    A closed run of another type is in nobody's way.
    """
    if run.raw_info.status == PAUSED:
        return _paused(run)
    if run.close_time is None and (
        run.workflow_type != type_of(run.id) or run.task_queue != TASK_QUEUE
    ):
        return _not_ours(run)
    return None


def _paused(run: WorkflowExecution) -> Refusal:
    again = f"temporal workflow unpause --workflow-id {run.id} --reason …"
    return Refusal(
        rule="§四",
        en=f"the workflow {run.id} is paused at Temporal, which is no decision: nothing is decided while"
        f" it is. Its reason: `temporal workflow describe --workflow-id {run.id}`; it goes on with"
        f" `{again}`",
        zh=f"流程 {run.id} 已在 Temporal 中被暂停（并非决定），暂停期间不能办理。原因见 temporal workflow"
        f" describe --workflow-id {run.id}；请用 {again} 恢复",
        stage="paused",
    )


def _not_ours(run: WorkflowExecution) -> Refusal:
    started = f"{run.start_time:%Y-%m-%d %H:%M} UTC"
    end = f"temporal workflow terminate --workflow-id {run.id} --run-id {run.run_id} --reason …"
    return Refusal(
        rule="§四",
        en=f"the id {run.id} is taken at Temporal by a workflow of type {run.workflow_type} on the queue"
        f" {run.task_queue} (run {run.run_id}, started {started}); a case of ours has the type"
        f" {type_of(run.id)} and the queue {TASK_QUEUE}. It is no decision and answers nothing. Find out"
        f" who started it, then `{end}`",
        zh=f"流程编号 {run.id} 已被另一流程占用：类型 {run.workflow_type}，队列 {run.task_queue}（运行"
        f" {run.run_id}，{started} 启动）；本系统的流程类型为 {type_of(run.id)}、队列为 {TASK_QUEUE}。"
        f"请查明由谁启动，再用 {end} 结束",
        stage="taken",
    )
