"""Why an application starts nothing: its id is used, or its platform's workflow was ended from outside."""

from typing import Any

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus

from workflows.refusal import Refusal

CUT_SHORT = frozenset(
    (
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.CANCELED,
        WorkflowExecutionStatus.TIMED_OUT,
    )
)
"""Ended by someone at Temporal, and not by a decision: the term is open by the rules."""


def used_before(application_id: Any, term: Any, stage: str) -> Refusal:
    """What is said of an id that stands for another application already."""
    return Refusal(
        rule="§四",
        en=f"application_id {application_id} was used before, for term {term}, with another content",
        zh=f"application_id {application_id} 已用于第 {term} 期申请，内容不同",
        stage=stage,
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
