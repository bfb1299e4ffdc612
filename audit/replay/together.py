"""A platform's replays put together: what came of each run, and the logs that they end in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from audit.replay.between import between_runs
from audit.replay.divergence import Divergence
from audit.replay.findings import Finding
from audit.replay.replaying import Replayed
from audit.replay.run_log import place_of_state
from db.projection import Row, assessment_row, term_row
from workflows.activity_messages import RegisterBatch
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.rules import CaseState
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Stage

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
    """So many entries the register has taken, by what the history answers."""
    completed: bool
    """Whether its last run came to its end."""
    content: bytes
    """The entries as JSON: read where they are needed."""

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """The entries."""
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


def put_together(platform_id: str, replayed: Sequence[Replayed]) -> PlatformReplay:
    """Put a platform's replays together, which come by workflow and as they were started."""
    before = {one.run_id: one for one in replayed}
    last: dict[LogId, Replayed] = {}
    rows: dict[LogId, Row] = {}
    for one in replayed:
        if one.state is not None and one.divergence is None and (row := register_row(one.log)):
            place = place_of_state(one.state)
            last[place], rows[place] = one, row
    between = between_runs(replayed, dict(sorted(last.items())))
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
    except (LookupError, ValueError, TypeError):
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
    if before is None or one.divergence or before.divergence:
        return
    for number, (mine, yours) in enumerate(zip(one.log, before.log, strict=False), start=1):
        if mine.hash != yours.hash:
            yield Finding(
                f"entry {number} is not the one with which run {before.run_id} ended",
                f"第 {number} 条与上一次运行 {before.run_id} 结束时的记录不同",
                event_id=1,
            )
            return
    if len(one.log) < len(before.log):
        yield Finding(
            f"{len(before.log) - len(one.log)} entries are missing with which run {before.run_id} ended",
            f"缺少上一次运行 {before.run_id} 结束时的 {len(before.log) - len(one.log)} 条记录",
            event_id=1,
        )


def _log(place: LogId, one: Replayed, row: Row) -> ReplayedLog:
    return ReplayedLog(
        place,
        tuple(entry.hash for entry in one.log),
        row,
        one.recorded,
        one.completed,
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
                "divergence": said([run.divergence])[0] if run.divergence else None,
                "findings": said(run.findings),
            }
            for run in found.runs
        ],
    }


def said(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data."""
    return [
        {"event_id": one.event_id, "en": one.en, "zh": one.zh, "remark": one.remark}
        | ({"unchecked": True} if isinstance(one, Finding) and one.unchecked else {})
        for one in findings
    ]
