"""Replay of one history after another, on the code that is installed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

from audit.histories import Encrypted, Erased, StoredHistory
from audit.problems import Finding, one_line
from audit.reading.origins import RunLog, noted_ends, recovered_by
from audit.replay.check_replay import carried, disagreements
from audit.replay.command_sequences import Command
from audit.replay.divergence import Divergence, explain_failure, find_damage, has_begun
from audit.replay.sdk_replayer import Feed, Seen, Watch, WatchedRunner, quiet_runtime
from starter.client.sdk_internals import allow_slow_replays
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.converter import WORKER_DATA_CONVERTER
from workflows.log_id import LogId
from workflows.platform_workflow import PlatformWorkflow
from workflows.record import LogEntry
from workflows.rules import CaseState
from workflows.states import AssessmentState
from workflows.words import Words

PATIENCE = 30.0
"""Seconds that a history may take: the Replayer waits for ever for some that are not whole."""


@dataclass(frozen=True)
class Replayed:
    """What the replay of one history came to."""

    workflow_id: str
    run_id: str
    divergence: Divergence | None
    """Why it cannot be replayed by this code; None when it was."""
    log: tuple[LogEntry, ...] = ()
    """The log that it ended in, of all runs of the case so far; empty where none was opened."""
    waits: bool = False
    """It has not read back yet what went by reference: nothing is known of its log, and nothing was done."""
    state: CaseState | None = None
    findings: tuple[Finding, ...] = ()
    """What does not agree though it was replayed: what stands in the history, the chain, the fold."""
    events: int = 0
    recorded: int = 0
    """Entries that the register has, by what the history answers."""
    continued_from: str = ""
    """The run that this one goes on from; empty where it is the first."""
    completed: bool = False
    """Whether the run came to its end: nothing more of its case is written, unless it is opened again."""
    broken_off: bool = False
    """Whether somebody ended the run from outside: the register may have more of its log."""
    run_log: RunLog | None = None
    """What the run took up of its log, and what it wrote itself."""
    tasks: dict[int, list[Command]] = field(default_factory=dict, repr=False)
    """By the event that starts a workflow task: what the code commanded in it."""

    @property
    def sound(self) -> bool:
        """Whether it was replayed, and everything agrees."""
        return self.divergence is None and not any(one.wrong for one in self.findings)


class Replaying:
    """A replayer that keeps warm: it goes from history to history without starting anything anew."""

    def __init__(
        self,
        workflows: Sequence[type] = (PlatformWorkflow, AnnualAssessmentWorkflow),
        *,
        patience: float = PATIENCE,
        runner: WorkflowRunner | None = None,
    ) -> None:
        """Replay on these workflow classes; others than those that are installed are for tests.

        So is another runner than one without the sandbox, which would cost two thirds of the time.
        """
        self._workflows = list(workflows)
        self._patience = patience
        self._runner = runner or UnsandboxedWorkflowRunner()
        self._warm: tuple[Watch, Feed] | None = None

    async def __aenter__(self) -> "Replaying":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the SDK's replayer; the next replay starts one."""
        warm, self._warm = self._warm, None
        if warm:
            await warm[1].close()

    async def replay(
        self, history: StoredHistory, whole: WorkflowHistory | None = None
    ) -> Replayed:
        """Replay a history. Whatever is wrong with it is in the answer.

        `whole` is the same history, where it was made ready `for_replay` before.
        """
        name = history.workflow_id, history.run_id
        try:
            assessment, whole = history.year > 0, whole or history.for_replay()
        except Erased as error:
            return Replayed(*name, None, findings=(Finding(error.words, unchecked=True),))
        except Encrypted as error:
            return Replayed(*name, Divergence(error.words))
        except Exception as error:  # whatever a damaged file brings forth
            why = one_line(error)
            words = Words(f"the history cannot be read: {why}", f"历史无法读取：{why}")
            return Replayed(*name, Divergence(words))
        events = whole.events
        crooked = find_damage(events)
        if crooked or not has_begun(events):
            return Replayed(*name, crooked, events=len(events))
        seen, failure = await self._run(whole)
        divergence = explain_failure(events, seen, failure) if failure else None
        found = disagreements(events, seen, assessment=assessment, diverged=failure is not None)
        waits = bool(seen.record and seen.record.older)
        log = seen.record.log if seen.record and not waits else ()
        return Replayed(
            *name,
            divergence,
            log=log,
            waits=waits,
            state=seen.state,
            findings=tuple(found),
            events=len(events),
            recorded=seen.recorded,
            continued_from=_before(events),
            completed=events[-1].HasField("workflow_execution_completed_event_attributes"),
            broken_off=_broken_off(events[-1]),
            run_log=_run_log(history, events, log, seen.state),
            tasks=seen.tasks,
        )

    async def _run(self, whole: WorkflowHistory) -> tuple[Seen, Exception | None]:
        watch, feed = self._warm = self._warm or self._start()
        seen = watch.seen = Seen()
        try:
            return seen, await feed.put(whole, self._patience)
        except Exception as error:
            self._warm = None  # it is of no use any more
            return seen, error

    def _start(self) -> tuple[Watch, Feed]:
        watch = Watch()
        runner = WatchedRunner(watch, self._runner)
        allow_slow_replays()
        replayer = Replayer(
            workflows=self._workflows,
            data_converter=WORKER_DATA_CONVERTER,
            workflow_runner=runner,
            unsandboxed_workflow_runner=runner,
            # One replay at a time needs one thread.
            workflow_task_executor=ThreadPoolExecutor(1, thread_name_prefix="replay"),
            interceptors=[watch],
            # By default the SDK makes one of all code that is loaded, which takes a quarter of a second.
            build_id="replay",
            # The SDK would write its own words on a failure to standard error.
            runtime=quiet_runtime(),
        )
        return watch, Feed(replayer)


def _before(events: Sequence[HistoryEvent]) -> str:
    return events[0].workflow_execution_started_event_attributes.continued_execution_run_id


def log_of_state(state: CaseState) -> LogId:
    if isinstance(state, AssessmentState):
        return LogId(state.facts.term, state.year, state.opening)
    return LogId(state.facts.term)


def _run_log(
    history: StoredHistory,
    events: Sequence[HistoryEvent],
    log: Sequence[LogEntry],
    state: CaseState | None,
) -> RunLog | None:
    """A run's part in the log that its replay ended in; None where it has none."""
    if not log or state is None:
        return None
    start = events[0].workflow_execution_started_event_attributes
    last, place = events[-1], log_of_state(state)
    count = _carried_entries(carried(events))
    completed = last.HasField("workflow_execution_completed_event_attributes")
    next_run = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    closed = completed or bool(next_run)
    return RunLog(
        workflow_id=history.workflow_id,
        run_id=history.run_id,
        place=place,
        received=tuple(entry.hash for entry in log[:count]),
        written=frozenset(entry.hash for entry in log[count:]),
        ends=frozenset((log[-1].hash,)) if closed else frozenset(),
        first=None if count else log[0].hash,
        original=start.original_execution_run_id,
        continued_from=start.continued_execution_run_id,
        next_run=next_run,
        parent=start.parent_workflow_execution.run_id,
        children=frozenset(
            event.child_workflow_execution_started_event_attributes.workflow_execution.run_id
            for event in events
            if event.HasField("child_workflow_execution_started_event_attributes")
        ),
        under_way=not _ended(last),
        received_at=log[count - 1].at if count else None,
        kept_since=history.kept_since,
        recovered=None if _before(events) else recovered_by(log[count:]),
        noted={} if place.year else noted_ends(log, count),
    )


def _carried_entries(given: dict[str, Any] | None) -> int:
    record = given.get("record") if given else None
    log = record.get("log") if isinstance(record, dict) else None
    older = record.get("older") if isinstance(record, dict) else None
    before = older.get("entries", 0) if isinstance(older, dict) else 0
    return before + len(log) if isinstance(log, list) else 0


def _ended(event: HistoryEvent) -> bool:
    attributes = event.WhichOneof("attributes") or ""
    return attributes in _ENDS


def _broken_off(event: HistoryEvent) -> bool:
    attributes = event.WhichOneof("attributes") or ""
    return attributes in _FROM_OUTSIDE


_FROM_OUTSIDE = frozenset(
    f"workflow_execution_{how}_event_attributes"
    for how in ("failed", "timed_out", "canceled", "terminated")
)
_ENDS = _FROM_OUTSIDE | {
    f"workflow_execution_{how}_event_attributes" for how in ("completed", "continued_as_new")
}


async def replay(history: StoredHistory) -> Replayed:
    """Replay one history. For many: `Replaying`, or `audit.replay.parallel`."""
    async with Replaying() as replaying:
        return await replaying.replay(history)
