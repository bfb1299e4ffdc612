"""What stands under a platform's id at Temporal, where that is none of our cases or cannot move.

Anybody who reaches Temporal can start a workflow of any type under any id. Nothing answers for it then,
and trying again does not help: so it is named, and with it what an operator does about it.
"""

from temporalio.client import WorkflowExecution

from starter.client.paused import is_paused
from workflows.contract import ASSESSMENT_TYPE, PLATFORM_TYPE, TASK_QUEUE
from workflows.refusal import Refusal

TYPES = (PLATFORM_TYPE, ASSESSMENT_TYPE)


def type_of(workflow_id: str) -> str:
    """The type that the workflow of one of our ids must have."""
    return ASSESSMENT_TYPE if workflow_id.count(":") > 1 else PLATFORM_TYPE


def in_the_way(run: WorkflowExecution) -> Refusal | None:
    """Why the run that was found under an id answers nothing; None: it is our case, and may answer.

    A closed run of another type is in nobody's way.
    """
    if is_paused(run):
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
