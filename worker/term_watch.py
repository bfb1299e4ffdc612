"""Which term a run's payloads belong to, for a worker that encrypts: what the SDK's own context does not say.

The id of a platform's workflow is one for all its terms. The run's input says which term it is. All that the
run writes is of that term, whatever it is for: commands, answers, children and what it signals to them. Only
what begins the next term is of the next term.
"""

from typing import TYPE_CHECKING

from starter.encryption.key_names import scope_of_input
from starter.encryption.payload_codec import SCOPE, TermContext

if TYPE_CHECKING:
    from starter.client.sdk_internals import Activation, Completion


class TermWatch:
    """Follows a run's activations; `context` is for its payloads."""

    def __init__(self, workflow_id: str) -> None:
        self._workflow_id = workflow_id
        self.context: TermContext | None = None
        """None until the run has begun."""

    def begin(self, activation: "Activation") -> None:
        """Learn the term from the input with which the run begins."""
        for job in activation.jobs:
            if job.HasField("initialize_workflow"):
                scope = scope_of_input(self._workflow_id, job.initialize_workflow.arguments)
                self.context = TermContext(self._workflow_id, scope)

    def mark(self, completion: "Completion") -> None:
        """Mark what begins the next term, so that it is encrypted with that term's key."""
        for command in completion.successful.commands:
            if not command.HasField("continue_as_new_workflow_execution"):
                continue
            going_on = command.continue_as_new_workflow_execution
            scope = scope_of_input(self._workflow_id, going_on.arguments)
            if self.context and scope != self.context.scope:
                for payload in (*going_on.arguments, *going_on.memo.values()):
                    payload.metadata[SCOPE] = scope.encode()
