"""Queries leave nothing behind in a worker: a case that was queried is replayed before its next task.

A direct query on a case that is not cached brings the case's history, and the SDK keeps what it built
from it. Since Temporal 1.31 that history can end with events of a workflow task that is never written
(docs/decisions/0001-queries-on-uncached-cases.md). The SDK counts them as seen, so it skips the signal
that later gets their number. Therefore a case is evicted from the cache with the answer to the query. So
it is where a query came with a task that waits for a local activity
(docs/decisions/0006-no-local-activities.md).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Unpack

from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import (
    Worker,
    WorkerConfig,
    WorkflowInstance,
    WorkflowInstanceDetails,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

from starter.client.sdk_internals import (
    allow_slow_tasks,
    can_evict,
    count_answers,
    count_questions,
    evict,
    has_direct_query,
    has_query,
    spare_payload_visits,
)
from workflows.model import build_models

if TYPE_CHECKING:
    from starter.client.sdk_internals import Activation, Completion
    from worker.term_watch import TermWatch


def _restrictions() -> SandboxRestrictions:
    usual = SandboxRestrictions.default
    members = usual.invalid_module_members
    children = {name: of for name, of in members.children.items() if name != "__builtins__"}
    sparing = replace(usual, invalid_module_members=replace(members, children=children))
    return sparing.with_passthrough_modules("workflows")


RESTRICTIONS = _restrictions()
"""Workflow modules are loaded once, not for every run, and `isinstance` is Python's own while they run:
docs/decisions/0022-workflow-modules-loaded-once.md."""


def make_isolating_worker(**options: Unpack[WorkerConfig]) -> Worker:
    """Return a worker whose cache no query can change; `options` as for Temporal's own `Worker`.

    Raises:
        RuntimeError: this version of the SDK has no way to evict a workflow.
    """
    build_models()
    spare_payload_visits()
    made: list[Worker] = []

    if not options.get("deployment_config"):
        # By default the SDK makes an id of all code that is loaded: a quarter of a second, at each start.
        options["build_id"] = version("pingtai")
    options["workflow_runner"] = QueryIsolatingRunner(
        evict=lambda run_id: evict(made[0], run_id),
        encrypting=options["client"].data_converter.payload_codec is not None,
        restrictions=RESTRICTIONS,
    )
    worker = Worker(**options)
    if not can_evict(worker):  # better no worker than one that loses signals
        raise RuntimeError("this version of temporalio cannot evict a workflow: use another")
    allow_slow_tasks(worker)
    made.append(worker)
    return worker


@dataclass(frozen=True)
class QueryIsolatingRunner(SandboxedWorkflowRunner):
    """The sandbox, with instances that are evicted once they have answered a direct query."""

    evict: Callable[[str], None] = lambda run_id: None
    encrypting: bool = False

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Create an instance, as the sandbox does, that watches for queries."""
        terms = None
        if self.encrypting:  # nobody else needs cryptography
            from worker.term_watch import TermWatch  # noqa: PLC0415

            terms = TermWatch(det.info.workflow_id)
        inner = super().create_instance(det)
        return QueryIsolatedInstance(inner, det.info.run_id, self.evict, terms)


class QueryIsolatedInstance(WorkflowInstance):
    """A workflow's instance that asks for its own eviction when it is queried directly."""

    def __init__(
        self,
        inner: WorkflowInstance,
        run_id: str,
        evict: Callable[[str], None],
        terms: "TermWatch | None" = None,
    ) -> None:
        self._inner, self._run_id, self._evict, self._terms = inner, run_id, evict, terms
        self._asking = 0
        """How many local activities are under way."""

    def activate(self, act: "Activation") -> "Completion":
        """Handle an activation; a query that came by itself, or beside a local activity, ends in eviction.

        It is asked for before the answer is given: once the core has the answer, a task that waits
        behind the query would be applied to what the query left. A task that waits for a local activity
        is written in two parts when a query that came with it is answered meanwhile; what follows from the
        activity would happen in the second part, and in the first when it is replayed.
        """
        self._asking -= count_answers(act)
        if has_direct_query(act) or (self._asking > 0 and has_query(act)):
            self._evict(self._run_id)
        if self._terms is not None:
            self._terms.begin(act)
        completion = self._inner.activate(act)
        if self._terms is not None:
            self._terms.mark(completion)
        self._asking += count_questions(completion)
        return completion

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:
        """Return None: a worker's converter writes a payload alike, whatever it is for.

        The SDK asks several times for each payload. The sandbox needs a sixth of a worker's time to answer.
        Who encrypts needs to know the run's term, for which the sandbox is not asked.
        """
        return self._terms.context if self._terms else None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        """Return no target: every payload is stored in its history."""
        return StorageDriverStoreContext()

    def get_info(self) -> Info:
        """Return what the inner instance returns."""
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        """Return what the inner instance returns."""
        return self._inner.get_thread_id()
