"""A platform's life, put together from its histories: its logs, states, plans and deadlines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from audit.dossier.format import Deadline, RunReplay
from audit.erasing.erased_file import ErasedFile
from audit.histories import StoredHistory
from audit.reading.case_logs import Reading, read_runs
from audit.reading.log_states import states_of
from audit.replay.replaying import Replayed, Replaying, log_of_state
from workflows.case_record import PlanVersion
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.rules import CaseState


@dataclass
class Life:
    """All of a platform: by its logs in their order, each with the state that it leads to."""

    histories: tuple[StoredHistory, ...] = ()
    replays: tuple[Replayed, ...] = ()
    """What came of each history, in their order."""
    reading: Reading = field(default_factory=lambda: Reading(""))
    """What the histories say without being replayed."""
    logs: dict[LogId, tuple[LogEntry, ...]] = field(default_factory=dict)
    states: dict[LogId, CaseState] = field(default_factory=dict)
    plans: dict[tuple[int, int], PlanVersion] = field(default_factory=dict)
    """By term and version."""
    deadlines: tuple[Deadline, ...] = ()
    erased: tuple[ErasedFile, ...] = ()
    """What is left of erased terms, in their order."""

    @property
    def erased_logs(self) -> dict[LogId, tuple[LogEntry, ...]]:
        """The logs of erased terms: hashes and stages, and no words."""
        return erased_logs(self.erased)

    @property
    def all_logs(self) -> dict[LogId, tuple[LogEntry, ...]]:
        """All logs, in their order: those that can be read, and those that were erased."""
        return dict(sorted((self.erased_logs | self.logs).items()))


def erased_logs(erased: Iterable[ErasedFile]) -> dict[LogId, tuple[LogEntry, ...]]:
    """Return the logs of erased terms."""
    return {place: log for one in erased for place, log in one.logs.items()}


async def live(
    platform_id: str, histories: Iterable[StoredHistory], erased: Sequence[ErasedFile] = ()
) -> Life:
    """Replay the histories of a platform, and put together what they tell; `erased` cannot be replayed."""
    ordered = sorted(histories, key=lambda one: (one.workflow_id, one.started_at, one.run_id))
    async with Replaying() as replaying:
        replays = [await replaying.replay(history) for history in ordered]
    return assemble_life(platform_id, ordered, replays, erased)


def assemble_life(
    platform_id: str,
    histories: Sequence[StoredHistory],
    replays: Sequence[Replayed],
    erased: Sequence[ErasedFile] = (),
) -> Life:
    """The life that replays tell; histories come by workflow, and as they were started.

    A log is that of its last run: each goes on with the log of the one before. Where a replay
    diverged, what the history says by itself stands in its place, as far as it says more.
    """
    reading = read_runs(platform_id, histories)
    reading.erased_logs = erased_logs(erased)
    reading.unreadable |= {run.run_id for one in erased for run in one.runs}
    life = Life(
        tuple(histories), tuple(replays), reading, plans=dict(sorted(reading.plans.items()))
    )
    life.erased = tuple(sorted(erased, key=lambda one: one.of.term))
    diverged = {one.run_id for one in replays if one.divergence is not None}
    for replayed in replays:
        if replayed.state is not None and replayed.log and replayed.divergence is None:
            life.logs[log_of_state(replayed.state)] = replayed.log
    for run in reading.runs:
        if run.place is not None and run.history.run_id in diverged:
            place = run.place
            life.logs[place] = max(life.logs.get(place, ()), reading.entries(run.place), key=len)
    life.logs = {place: log for place, log in sorted(life.logs.items()) if log}
    after = {place: states_of(log) for place, log in life.logs.items()}
    life.states = {place: states[-1] for place, states in after.items() if states}
    life.deadlines = tuple(_deadlines(reading))
    return life


def report_of(replayed: Replayed) -> RunReplay:
    """What came of a replay, for the file of replays."""
    divergence = replayed.divergence
    return RunReplay(
        workflow_id=replayed.workflow_id,
        run_id=replayed.run_id,
        events=replayed.events,
        entries=len(replayed.log),
        log_hash=replayed.log[-1].hash if replayed.log else None,
        divergence=divergence.words.en if divergence else None,
        findings=tuple(one.words.en for one in replayed.findings),
    )


def _deadlines(reading: Reading) -> list[Deadline]:
    """When steps were due, as it was answered when something was written."""
    found: dict[tuple[LogId, datetime], Deadline] = {}
    for run in reading.runs:
        for write in run.register_writes if run.place is not None else ():
            state = write.batch.assessment or write.batch.platform
            if write.batch.due and run.place is not None:
                place, due = run.place, write.batch.due
                found[place, state.since] = Deadline(
                    **place._asdict(),
                    since=state.since,
                    due=due.due,
                    provisional_years=due.provisional_years,
                )
    return [found[key] for key in sorted(found)]
