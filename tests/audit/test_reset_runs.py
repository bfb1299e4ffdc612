"""A run that came of `temporal workflow reset`, which is our remedy for a flood."""

from audit.dossier.opened_dossier import reset_to


def test_the_runs_that_a_history_was_reset_to() -> None:
    """The failed task names the new run; the first event only the first of all."""
    started = {"workflowExecutionStartedEventAttributes": {"firstExecutionRunId": "one"}}
    failed = {"workflowTaskFailedEventAttributes": {"newRunId": "two"}}
    other = {"workflowTaskFailedEventAttributes": {"cause": "WORKFLOW_WORKER_UNHANDLED_FAILURE"}}
    assert ["two"] == reset_to([started, other, failed])
