"""A platform's replays put together: what came of each run, and the logs that they end in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from audit.problems import Finding
from audit.reading.log_links import check_links
from audit.reading.log_states import NO_LOG
from audit.reading.origins import attested_parts, check_origins
from audit.replay.divergence import Divergence
from audit.replay.replaying import Replayed, log_of_state
from db.projection import Row, assessment_row, term_row
from workflows.activity_messages import RegisterBatch
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.rules import CaseState
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Stage
from workflows.words import Words

_ENTRIES: TypeAdapter[tuple[LogEntry, ...]] = TypeAdapter(tuple[LogEntry, ...])


@dataclass(frozen=True)
class ReplayedRun:
    """What the replay of a run came to, without its log: small enough to go from process to process."""

    workflow_id: str
    run_id: str
    events: int
    entries: int
    log_hash: str | None
    stage: str | None
    divergence: Divergence | None
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether it was replayed, and everything agrees."""
        return self.divergence is None and not any(one.wrong for one in self.findings)

    @property
    def checked(self) -> bool:
        """Whether nothing was left out because another run is not here."""
        return not any(one.unchecked for one in self.findings)


@dataclass(frozen=True)
class ReplayedLog:
    """The log that the last run of a case ended in."""

    place: LogId
    hashes: tuple[str, ...]
    row: Row
    """What the register should say of the case, but for its due date."""
    recorded: int
    """Entries that the register has, by what the history answers."""
    completed: bool
    """Whether its last run came to its end."""
    broken_off: bool
    """Whether somebody ended its last run from outside."""
    content: bytes
    """The entries as JSON: read where they are needed."""

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        return _ENTRIES.validate_json(self.content)


@dataclass(frozen=True)
class PlatformReplay:
    """All replays of a platform."""

    platform_id: str
    runs: tuple[ReplayedRun, ...]
    logs: tuple[ReplayedLog, ...]

    @property
    def sound(self) -> bool:
        """Whether every run was replayed, and everything agrees."""
        return all(run.sound for run in self.runs)

    @property
    def checked(self) -> bool:
        """Whether nothing was left out because another run is not here."""
        return all(run.checked for run in self.runs)


def assemble_platform(platform_id: str, replayed: Sequence[Replayed]) -> PlatformReplay:
    """Put a platform's replays together, which come by workflow and as they were started."""
    before = {one.run_id: one for one in replayed}
    last: dict[LogId, Replayed] = {}
    rows: dict[LogId, Row] = {}
    for one in replayed:
        if one.state is not None and one.divergence is None and (row := register_row(one.log)):
            place = log_of_state(one.state)
            last[place], rows[place] = one, row
    between = _between_runs(replayed, dict(sorted(last.items())))
    return PlatformReplay(
        platform_id,
        tuple(
            _run(one, before.get(one.continued_from), between.get(one.run_id, ()))
            for one in replayed
        ),
        tuple(_log(place, one, rows[place]) for place, one in sorted(last.items())),
    )


def register_row(log: Sequence[LogEntry]) -> Row | None:
    """What the register should say of a case whose log this is; not when its step is due.

    None: it is no log that leads anywhere.
    """
    try:
        state = fold(log)
    except NO_LOG:
        return None
    batch = _batch(state, log)
    if isinstance(state, AssessmentState):
        return assessment_row(batch, state)
    return term_row(batch)


def _batch(state: CaseState, log: Sequence[LogEntry]) -> RegisterBatch:
    if isinstance(state, PlatformState):
        return RegisterBatch(workflow_id="", platform=state, entries=tuple(log))
    platform = PlatformState(  # what an assessment says of it: only whose it is counts here
        facts=state.facts, stage=Stage.VALID, since=state.since, plan_sha256="0" * 64
    )
    return RegisterBatch(workflow_id="", platform=platform, assessment=state, entries=tuple(log))


def _run(one: Replayed, before: Replayed | None, between: Sequence[Finding]) -> ReplayedRun:
    return ReplayedRun(
        workflow_id=one.workflow_id,
        run_id=one.run_id,
        events=one.events,
        entries=len(one.log),
        log_hash=one.log[-1].hash if one.log else None,
        stage=str(one.state.stage) if one.state else None,
        divergence=one.divergence,
        findings=(*one.findings, *_from_before(one, before), *between),
    )


def _from_before(one: Replayed, before: Replayed | None) -> Iterable[Finding]:
    """A run goes on with the log that the run before it ended in."""
    if before is None or one.divergence or before.divergence or one.waits:
        return
    for number, (mine, yours) in enumerate(zip(one.log, before.log, strict=False), start=1):
        if mine.hash != yours.hash:
            words = Words(
                f"entry {number} is not the one with which run {before.run_id} ended",
                f"第 {number} 条与上一次运行 {before.run_id} 结束时的记录不同",
            )
            yield Finding(words, event_id=1)
            return
    lacking = len(before.log) - len(one.log)
    if lacking > 0:
        words = Words(
            f"{lacking} entries are missing with which run {before.run_id} ended",
            f"缺少上一次运行 {before.run_id} 结束时的 {lacking} 条记录",
        )
        yield Finding(words, event_id=1)


def _between_runs(
    replayed: Sequence[Replayed], last: Mapping[LogId, Replayed]
) -> Mapping[str, Sequence[Finding]]:
    """Say what does not hold between the runs of a platform, by the run that it is about.

    `last` is the run in which each log ends. What depends on a run that is not here is not checked.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    runs = [one.run_log for one in replayed if one.run_log and one.divergence is None]
    for doubt in check_origins(runs):
        # What a run received stands in the event with which it began.
        found[doubt.run.run_id].append(Finding(doubt.words, event_id=1, unchecked=doubt.missing))
    whole = all(one.divergence is None for one in replayed)
    ends = {place.file: one.run_id for place, one in last.items()}
    logs = {place: one.log for place, one in last.items()}
    for problem in check_links(logs, attested_parts(runs)):
        # What is missing is named by the log that should be there: it is said of the last run at hand.
        run_id = ends.get(problem.where) or list(ends.values())[-1]
        log = problem.where.removeprefix("logs/").removesuffix(".jsonl")
        words = Words(f"log {log}: {problem.words.en}", f"记录 {log}：{problem.words.zh}")
        found[run_id].append(
            Finding(words, unchecked=problem.missing or problem.unchecked or not whole)
        )
    return found


def _log(place: LogId, one: Replayed, row: Row) -> ReplayedLog:
    return ReplayedLog(
        place,
        tuple(entry.hash for entry in one.log),
        row,
        one.recorded,
        one.completed,
        one.broken_off,
        _ENTRIES.dump_json(one.log),
    )


def plain(found: PlatformReplay) -> dict[str, Any]:
    """What came of it as plain data, for programs."""
    return {
        "platform_id": found.platform_id,
        "runs": [
            {
                "workflow_id": run.workflow_id,
                "run_id": run.run_id,
                "events": run.events,
                "entries": run.entries,
                "log_hash": run.log_hash,
                "stage": run.stage,
                "replayed": run.divergence is None,
                "sound": run.sound,
                "checked": run.checked,
                "divergence": run.divergence.plain() if run.divergence else None,
                "findings": [one.plain() for one in run.findings],
            }
            for run in found.runs
        ],
    }
