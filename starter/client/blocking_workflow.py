"""What stands in the way under a platform's id at Temporal, as refusals that say what to do about it.

Anybody who reaches Temporal can start a workflow of any type under any id. Nothing answers for it then,
and trying again does not help: so it is named, and with it what an operator does about it.
"""

from datetime import date

from temporalio.client import (
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)

from starter.client.first_application import FirstApplication
from starter.client.sdk_internals import is_paused
from workflows.contract import (
    ASSESSMENT_TYPE,
    AUDIT_QUEUE,
    ERASURE_PREFIX,
    ERASURE_TYPE,
    PLATFORM_TYPE,
    ROSTER_ID,
    ROSTER_TYPE,
    TASK_QUEUE,
)
from workflows.periods import beijing_time
from workflows.refusal import Refusal
from workflows.words import Words

TYPES = (PLATFORM_TYPE, ASSESSMENT_TYPE)
ENDED_OUTSIDE = frozenset(
    (
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.CANCELED,
        WorkflowExecutionStatus.TIMED_OUT,
    )
)
"""Ended by someone at Temporal, and not by a decision: the term is open by the rules."""


def type_of(workflow_id: str) -> str:
    """The type that the workflow of one of our ids must have."""
    if workflow_id == ROSTER_ID:
        return ROSTER_TYPE
    if workflow_id.startswith(ERASURE_PREFIX):
        return ERASURE_TYPE
    return ASSESSMENT_TYPE if workflow_id.count(":") > 1 else PLATFORM_TYPE


def queue_of(workflow_id: str) -> str:
    """The task queue of the workflow of one of our ids."""
    return AUDIT_QUEUE if workflow_id.startswith(ERASURE_PREFIX) else TASK_QUEUE


def find_block(run: WorkflowExecution) -> Refusal | None:
    """Why the run that was found under an id answers nothing; None: it is our case, and may answer.

    A closed run of another type is in nobody's way.
    """
    if is_paused(run):
        return _paused(run)
    if run.close_time is None and (
        run.workflow_type != type_of(run.id) or run.task_queue != queue_of(run.id)
    ):
        return _not_ours(run)
    return None


def used_before(application_id: str, term: int, stage: str) -> Refusal:
    """What is said of an id that stands for another application already."""
    return Refusal(
        rule="§四",
        en=f"application_id {application_id} was used before, for term {term}, with another content",
        zh=f"application_id {application_id} 已用于第 {term} 期申请，内容不同",
        stage=stage,
    )


def still_open(
    platform_id: str, first: FirstApplication | None, stage: str, next_from: date | None
) -> Refusal:
    """What is said where another application's term has not ended; `next_from`: when the next may be sought."""
    term, by = (first.term, first.application_id) if first else ("?", "?")
    later = Words(
        f"; the next term is applied for from {next_from} on",
        f"；下一期申请自 {next_from} 起受理",
    )
    return Refusal(
        rule="§四",
        en=f"term {term} of {platform_id} is open, by application {by}{later.en if next_from else ''}",
        zh=f"{platform_id} 的第 {term} 期尚未结束（申请 {by}）{later.zh if next_from else ''}",
        stage=stage,
    )


def second_life(latest: WorkflowExecutionDescription, first: FirstApplication | None) -> Refusal:
    """What is said of a run that lives a term anew which has ended: it was started past our client."""
    term, by = (first.term, first.application_id) if first else ("?", "?")
    end = (
        f"temporal workflow terminate --workflow-id {latest.id} --run-id {latest.run_id} --reason …"
    )
    return Refusal(
        rule="§四",
        en=f"term {term} has ended, and the workflow {latest.id} (run {latest.run_id}, application {by})"
        " lives it a second time: it was started without its term, and the register refuses it. If it is"
        f" not the right one: `{end}`, then apply again (docs/deployment.md, A term with two histories)",
        zh=f"第 {term} 期已结束，而流程 {latest.id}（运行 {latest.run_id}，申请 {by}）又以同一期次"
        f"启动：其启动时未写明期次，名册不予接收。如确属误启，请用 {end} 结束后重新申请"
        "（见 docs/deployment.zh.md“同一期次的两份记录”）",
        stage="second life",
    )


def ended_outside(latest: WorkflowExecutionDescription) -> Refusal:
    """What is said of a term whose workflow was ended from outside: how, and how it comes back."""
    how = latest.status.name.lower() if latest.status else "ended"
    reset = f"temporal workflow reset --workflow-id {latest.id} --type LastWorkflowTask --reason …"
    return Refusal(
        rule="§四",
        en=f"the workflow of the term was {how} from outside, which is no decision: bring it back"
        f" with `{reset}`",
        zh=f"该期的流程被从外部终止（{how}），并非决定：请用 {reset} 恢复",
        stage=how,
    )


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
    started = beijing_time(run.start_time)
    end = f"temporal workflow terminate --workflow-id {run.id} --run-id {run.run_id} --reason …"
    return Refusal(
        rule="§四",
        en=f"the id {run.id} is taken at Temporal by a workflow of type {run.workflow_type} on the queue"
        f" {run.task_queue} (run {run.run_id}, started {started}, Beijing time); a case of ours has the type"
        f" {type_of(run.id)} and the queue {queue_of(run.id)}. It is no decision and answers nothing. Find out"
        f" who started it, then `{end}`",
        zh=f"流程编号 {run.id} 已被另一流程占用：类型 {run.workflow_type}，队列 {run.task_queue}（运行"
        f" {run.run_id}，北京时间 {started} 启动）；本系统的流程类型为 {type_of(run.id)}、"
        f"队列为 {queue_of(run.id)}。"
        f"请查明由谁启动，再用 {end} 结束",
        stage="taken",
    )
