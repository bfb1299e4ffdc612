"""All that we know of the SDK's Replayer: how it is fed, watched and kept quiet.

It says that a history does not fit, and hardly why. So each activation of a workflow is watched where it
goes in and comes out; nothing of it is changed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)

from audit.replay.command_sequences import Command, of_code
from starter.client.sdk_internals import WORKFLOW_LOGGERS, is_eviction
from workflows.case_record import CaseRecord
from workflows.rules import CaseState

if TYPE_CHECKING:
    from starter.client.sdk_internals import Activation, Completion, Definition


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
    """Its entries that the register has, as the workflow knows."""


class Watch(Interceptor):
    """Sees one replay after another; `seen` is of the one that is at work."""

    def __init__(self) -> None:
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


class WatchedRunner(WorkflowRunner):
    """Runs workflows as another runner does, and tells a watch."""

    def __init__(self, watch: Watch, runner: WorkflowRunner) -> None:
        self._watch = watch
        self._runner = runner

    def prepare_workflow(self, defn: "Definition") -> None:
        self._runner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(
        self, types: Sequence[type[BaseException]]
    ) -> None:
        self._runner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = self._runner.create_instance(det)
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
    task, commands = activation.history_length, completion.successful.commands
    seen.tasks[task] = of_code(commands, seen.tasks.get(task, ()))


def _take_down(seen: Seen) -> None:
    case = getattr(seen.workflow, "case", None)
    if case is not None:
        seen.state, seen.record = case.state, case.record()
        seen.recorded = seen.workflow.recorded
    seen.workflow = None


class Feed:
    """One iterator of the SDK's over histories, fed one by one: starting it costs as much as a replay."""

    def __init__(self, replayer: Replayer) -> None:
        self._histories: asyncio.Queue[WorkflowHistory | None] = asyncio.Queue()
        self._results: asyncio.Queue[Exception | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._replay(replayer))

    async def put(self, history: WorkflowHistory, patience: float) -> Exception | None:
        """Replay a history; the failure, if there is one.

        Raises:
            TimeoutError: nothing came of it in time; the feed is of no use any more.
        """
        self._histories.put_nowait(history)
        waiting = asyncio.create_task(self._results.get())
        done, _ = await asyncio.wait(
            {waiting, self._task}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting in done:
            return waiting.result()
        waiting.cancel()
        if self._task in done:
            await self._task  # raises what ended it
        # It is not cancelled: the SDK would wait, when it ends, for what never comes. But it is given
        # up, and what else this process does is to be heard again.
        _speak(self._task)
        raise TimeoutError(f"the replay came to no end within {patience:g} seconds")

    async def close(self) -> None:
        self._histories.put_nowait(None)
        await asyncio.wait({self._task}, timeout=5)

    async def _replay(self, replayer: Replayer) -> None:
        task = asyncio.current_task()
        _hush(task)
        try:
            async with replayer.workflow_replay_iterator(self._given()) as results:
                async for result in results:
                    self._results.put_nowait(result.replay_failure)
        finally:
            _speak(task)

    async def _given(self) -> AsyncIterator[WorkflowHistory]:
        while (history := await self._histories.get()) is not None:
            yield history


_replaying: set[object] = set()
"""Who replays now, and is to be quiet."""


def _hush(replay: object) -> None:
    """What a replay has to say stands in its answer; the SDK would say it on standard error too."""
    _replaying.add(replay)
    _set_loggers()


def _speak(replay: object) -> None:
    """Several replay at once: the last one out lets the loggers speak again."""
    _replaying.discard(replay)
    _set_loggers()


def _set_loggers() -> None:
    for name in WORKFLOW_LOGGERS:
        logging.getLogger(name).disabled = bool(_replaying)


_runtimes: list[Runtime] = []


def quiet_runtime() -> Runtime:
    """One for the process: it has threads of its own."""
    if not _runtimes:
        _runtimes.append(Runtime(telemetry=TelemetryConfig(logging=None)))
    return _runtimes[0]
