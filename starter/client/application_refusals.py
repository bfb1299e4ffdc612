"""Why an application starts nothing: its id is used, or its platform's workflow was ended from outside."""

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus

from starter.client.first_application import FirstApplication
from workflows.refusal import Refusal

CUT_SHORT = frozenset(
    (
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.CANCELED,
        WorkflowExecutionStatus.TIMED_OUT,
    )
)
"""Ended by someone at Temporal, and not by a decision: the term is open by the rules."""


def used_before(application_id: str, term: int, stage: str) -> Refusal:
    """What is said of an id that stands for another application already."""
    return Refusal(
        rule="§四",
        en=f"application_id {application_id} was used before, for term {term}, with another content",
        zh=f"application_id {application_id} 已用于第 {term} 期申请，内容不同",
        stage=stage,
    )


def still_open(platform_id: str, first: FirstApplication | None) -> Refusal:
    """What is said where another application's term has not ended."""
    term, by = (first.term, first.application_id) if first else ("?", "?")
    return Refusal(
        rule="§四",
        en=f"term {term} of {platform_id} is open, by application {by}",
        zh=f"{platform_id} 的第 {term} 期尚未结束（申请 {by}）",
        stage="open",
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
        f" not the right one: `{end}`, then apply again (docs/deployment.md, Two lives of one term)",
        zh=f"第 {term} 期已结束，而流程 {latest.id}（运行 {latest.run_id}，申请 {by}）又以同一期次"
        f"启动：其启动时未写明期次，登记库不予接收。如确属误启，请用 {end} 结束后重新申请"
        "（见 docs/deployment.md“Two lives of one term”）",
        stage="second life",
    )


def cut_short(latest: WorkflowExecutionDescription) -> Refusal:
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
