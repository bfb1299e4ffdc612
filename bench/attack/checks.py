"""The checks after an attack: every history, every run, every open case, the logs, doctor, reconcile."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import (
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError

from bench.attack.attacker import Attacker
from bench.attack.cases import decide, next_decision, short, state
from bench.attack.commands import Commands
from bench.attack.history_checks import Run, failed_tasks, faults_in_log, wrong_end
from workflows import contract

_SIDE_BY_SIDE = 8
_SAMPLE = 60
"""So many open cases are sent their next valid decision."""
_COMMAND_SECONDS = 2_400.0
_OURS = (contract.PLATFORM_TYPE, contract.ASSESSMENT_TYPE)


@dataclass
class Checking:
    """What is checked, and with what."""

    attacker: Attacker
    unknown: frozenset[str]
    """Workflows that no worker knows, which the attack has ended itself."""
    commands: Commands
    out: Path
    """Where what the commands say is kept."""
    tell: Callable[[str], None]


async def check_everything(checking: Checking) -> None:
    """Check all that the attack has left behind."""
    client, attacker = checking.attacker.client, checking.attacker
    runs = [run async for run in client.list_workflows("ExecutionTime > '2000-01-01T00:00:00Z'")]
    attacker.findings.count("checks", "runs", len(runs))
    checking.tell(f"Reading {len(runs):,} histories")
    await _side_by_side([_run(checking, run) for run in runs])
    ours = [
        run
        for run in runs
        if run.status is WorkflowExecutionStatus.RUNNING and run.workflow_type in _OURS
    ]
    attacker.findings.count("checks", "open cases", len(ours))
    checking.tell(f"Asking {len(ours):,} open cases")
    sample = {run.id for run in Random(0).sample(ours, min(_SAMPLE, len(ours)))}  # noqa: S311
    await _side_by_side([_open(checking, run.id, run.id in sample) for run in ours])
    async for run in client.list_workflows("TemporalReportedProblems IS NOT NULL"):
        if run.id not in checking.unknown:
            attacker.fail("a workflow cannot go on", f"{run.workflow_type} {run.id}", run.id)
    for words in (("doctor",), ("audit", "reconcile")):
        checking.tell(f"Running pingtai {' '.join(words)}")
        ended = await checking.commands.run(*words, seconds=_COMMAND_SECONDS)
        attacker.findings.count("checks", f"{' '.join(words)}: exit code {ended.code}")
        if ended.traceback or "Traceback" in ended.output:
            attacker.fail(f"{' '.join(words)} gives a traceback", ended.traceback or ended.output)
        elif ended.code < 0:
            attacker.fail(f"{' '.join(words)} does not end", f"{ended.seconds:.0f} s", ended.line)
        told = checking.out / f"{words[-1]}.txt"
        await asyncio.to_thread(told.write_text, ended.output, "utf-8", "backslashreplace")
    for part, log in attacker.system.logs.items():
        text = await asyncio.to_thread(log.read_text, errors="replace")
        for (what, gist), number in faults_in_log(text).most_common():
            attacker.findings.count("checks", f"{part}.log: {what}", number)
            attacker.fail(what, f"{part}.log, {number:,} times: {gist}")


async def _side_by_side(works: list["asyncio.Future[None] | object"]) -> None:
    places = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(work: object) -> None:
        async with places:
            await work  # type: ignore[misc]

    await asyncio.gather(*(one(work) for work in works))


async def _run(checking: Checking, run: WorkflowExecution) -> None:
    """A run's history, and how it ended."""
    attacker = checking.attacker
    handle = attacker.client.get_workflow_handle(run.id, run_id=run.run_id)
    events: list[HistoryEvent] = []
    try:
        events = [event async for event in handle.fetch_history_events()]
    except RPCError as error:
        attacker.fail("a history cannot be read", f"{run.id}: {error.message}", run.id)
        return
    where = f"{run.workflow_type} {run.id} {run.run_id}"
    if run.id not in checking.unknown:
        for words in failed_tasks(events):
            attacker.fail("a workflow task failed", f"{where} {words}", where)
    failure = events[-1].workflow_execution_failed_event_attributes.failure if events else None
    status = run.status or WorkflowExecutionStatus.RUNNING
    kind = failure.application_failure_info.type if failure else ""
    told = failure.message[:300] if failure else ""
    ended = Run(run.id, run.workflow_type, status, kind, told)
    attacker.findings.count("checks", f"run {status.name.lower()}")
    why = wrong_end(ended, checking.unknown)
    if why:
        attacker.fail("a run ended as none should", f"{where}: {why}: {ended.failure}", where)


async def _open(checking: Checking, workflow_id: str, decided: bool) -> None:
    """An open case answers; one of the sample also takes its next valid decision."""
    attacker = checking.attacker
    if workflow_id in checking.unknown:
        return
    try:
        view = await state(attacker.client, workflow_id)
    except (TimeoutError, WorkflowQueryFailedError) as error:
        # What listed it as open is behind: a forged start is listed for a moment after it was refused.
        found = await attacker.client.get_workflow_handle(workflow_id).describe()
        if found.close_time is None:
            attacker.fail("an open case does not answer", f"{workflow_id}: {error}", workflow_id)
        return
    if view:
        await _child_is_there(attacker, workflow_id, view)
    # A listing names its certificate by this id, and a number belongs to one platform.
    name = "check-" + workflow_id.partition(":")[2]
    said = next_decision(attacker.random, view, name[:64]) if view and decided else None
    if said is None:
        return
    answer = await decide(attacker.client, workflow_id, said)
    attacker.findings.count("checks", f"next decision: {answer.outcome}")
    if answer.outcome not in ("taken", "closed") and "record of this case" not in answer.why:
        detail = f"{workflow_id}: {answer.outcome}: {answer.why}"
        attacker.fail("an open case does not take its next decision", detail, short(said))


async def _child_is_there(attacker: Attacker, workflow_id: str, view: dict[str, Any]) -> None:
    """An assessment that a platform notes as open is there, and is its own child."""
    platform = view.get("platform") or {}
    year = platform.get("open_assessment")
    if not year:
        return
    facts = platform["facts"]
    child = contract.assessment_workflow_id(facts["platform_id"], facts["term"], year)
    for pause in (0.5, 1.0, 3.0, 10.0, None):
        with suppress(RPCError):
            described = await attacker.client.get_workflow_handle(child).describe()
            if described.parent_id == workflow_id:
                return
        now = await state(attacker.client, workflow_id)
        if not now or (now.get("platform") or {}).get("open_assessment") != year:
            return
        if pause is not None:
            await asyncio.sleep(pause)
    attacker.fail("a platform waits for an assessment that is not its own", child, workflow_id)
