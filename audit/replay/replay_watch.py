"""Watching a replay: what the code commands in each workflow task, and the case that it ends in.

The SDK's Replayer says that a history does not fit, and hardly why. So each activation of a workflow is
watched where it goes in and comes out; nothing of it is changed.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
)

from audit.replay.command_sequences import Command, of_code
from starter.client.sdk_internals import is_eviction
from workflows.case import CaseRecord
from workflows.rules import CaseState

if TYPE_CHECKING:
    from starter.client.sdk_internals import Activation, Completion


@dataclass
class Seen:
    """What one replay showed."""

    tasks: dict[int, list[Command]] = field(default_factory=dict)
    """By the number of the event that starts the workflow task: what the code commands in it."""
    trouble: str = ""
    """Why the code failed; empty: it did not."""
    workflow: Any = None
    state: CaseState | None = None
    record: CaseRecord | None = None
    """The case at the end; None: none was opened."""
    recorded: int = 0
    """So many of its entries the register has taken, as the workflow knows."""


class Watch(Interceptor):
    """Sees one replay after another; `seen` is of the one that is at work."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.seen = Seen()

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        """The class by which the workflow itself is got hold of."""
        watch = self

        class Inbound(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                watch.seen.workflow = workflow.instance()
                return await super().execute_workflow(input)

        return Inbound


class WatchedRunner(UnsandboxedWorkflowRunner):
    """Runs workflows as they are, and tells a watch. The sandbox would cost two thirds of the time."""

    def __init__(self, watch: Watch) -> None:
        """Tell this watch."""
        super().__init__()
        self._watch = watch

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """An instance of a workflow, watched."""
        instance = super().create_instance(det)
        activate, watch = instance.activate, self._watch

        def watched(act: "Activation") -> "Completion":
            if is_eviction(act):
                _take_down(watch.seen)  # before the workflow is torn down
                return activate(act)
            completion = activate(act)
            _note(watch.seen, act, completion)
            return completion

        # In its place, not around it: what else an instance must have changes with the SDK.
        instance.activate = watched  # type: ignore[method-assign]
        return instance


def _note(seen: Seen, activation: "Activation", completion: "Completion") -> None:
    if completion.HasField("failed"):
        seen.trouble = seen.trouble or completion.failed.failure.message
        return
    commands = of_code(completion.successful.commands)
    seen.tasks.setdefault(activation.history_length, []).extend(commands)


def _take_down(seen: Seen) -> None:
    case = getattr(seen.workflow, "case", None)
    if case is not None:
        seen.state, seen.record = case.state, case.record()
        seen.recorded = seen.workflow.recorded
    seen.workflow = None
