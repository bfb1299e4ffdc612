"""Runs that have left for another Temporal, as the server describes them: no worker is asked."""

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus

from workflows.contract import MOVED_TO


async def destination_of(run: WorkflowExecutionDescription) -> str | None:
    """Return to which profile a run has left; None: it has not. Only a run of ours ends so."""
    return await heads_for(run) if run.status is WorkflowExecutionStatus.FAILED else None


async def heads_for(run: WorkflowExecutionDescription) -> str | None:
    """Return to which profile a run has left, or is leaving; None: neither."""
    to = await run.memo_value(MOVED_TO, default=None)
    return to if isinstance(to, str) else None


def platform_of(workflow_id: str) -> str:
    """Return the platform's id in that of its workflow, or of its assessment's; else the id itself."""
    parts = workflow_id.split(":")
    return parts[1] if len(parts) > 1 else workflow_id
