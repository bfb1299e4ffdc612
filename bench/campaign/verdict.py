"""The end of a campaign: wait until all is recorded, then say what does not hold."""

import asyncio
import time
from collections.abc import Sequence

from sqlalchemy import select
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench.campaign.checker import Entry, violations
from bench.campaign.clients import UNEXPECTED, Case
from bench.campaign.ledger import Ledger
from bench.campaign.system import System
from db.engine import create_engine
from db.tables import log_entries
from starter.client.temporal_client import PingtaiClient

_QUIET_SECONDS = 300.0
_OURS = "WorkflowType IN ('Platform', 'AnnualAssessment')"
_BROKEN = ("TERMINATED", "FAILED", "TIMED_OUT", "CANCELED")
_WRONG_TASKS = ("Nondeterminism", "out of order", "TMPRL1100")
_SHOWN = 800


async def verdict(
    system: System, temporal: Client, client: PingtaiClient, cases: Sequence[Case], ledger: Ledger
) -> list[str]:
    """Everything that a campaign must not leave behind, and left."""
    found = await _until_recorded(client, cases)
    found += violations(ledger.acknowledged, await _entries(system.database.url))
    found += [f"{n} times: {what}" for what, n in ledger.answers.items() if UNEXPECTED in what]
    found += await _in_the_engine(temporal)
    for words in (("audit", "replay", "--all", "--processes", "1"), ("audit", "reconcile")):
        code, said = await system.run(*words)
        if code:
            found.append(f"`pingtai {' '.join(words)}` ends with {code}: …{said.strip()[-_SHOWN:]}")
    return found


async def _until_recorded(client: PingtaiClient, cases: Sequence[Case]) -> list[str]:
    """Wait until the register has all entries of each case; a case that cannot say so is stuck."""
    deadline = time.monotonic() + _QUIET_SECONDS
    behind = {case.platform_id: "was not asked" for case in cases}
    while behind and time.monotonic() < deadline:
        for platform_id in tuple(behind):
            why = await _behind(client, platform_id)
            if why is None:
                del behind[platform_id]
            else:
                behind[platform_id] = why
        await asyncio.sleep(1)
    return [f"stuck: {platform_id} {why}" for platform_id, why in behind.items()]


async def _behind(client: PingtaiClient, platform_id: str) -> str | None:
    """Why a platform has not recorded all; None when it has."""
    try:
        view = await client.state(platform_id)
        assert view.platform
        views = [view]
        if year := view.platform.open_assessment:
            term = view.platform.facts.term
            views.append(await client.assessment_state(platform_id, term, year))
    except Exception as error:  # whatever it is, the case did not answer
        return f"does not answer: {error}"
    late = [
        f"{v.recorded} of {v.log_seq} entries recorded" for v in views if v.recorded < v.log_seq
    ]
    return late[0] if late else None


async def _entries(database: str) -> list[Entry]:
    columns = [log_entries.c[name] for name in Entry.__dataclass_fields__]
    engine = create_engine(database)
    try:
        async with engine.connect() as connection:
            return [Entry(*row) for row in await connection.execute(select(*columns))]
    finally:
        await engine.dispose()


async def _in_the_engine(temporal: Client) -> list[str]:
    """Cases that were ended from outside or cannot go on, and tasks that failed by divergence."""
    found = []
    async for run in temporal.list_workflows(_OURS):
        if run.status and run.status.name in _BROKEN:
            found.append(f"ended: {run.id} is {run.status.name}")
        handle = temporal.get_workflow_handle(run.id, run_id=run.run_id)
        async for event in handle.fetch_history_events():
            if event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                continue
            why = event.workflow_task_failed_event_attributes.failure.message
            if any(words in why for words in _WRONG_TASKS):
                found.append(f"diverged: {run.id}, event {event.event_id}: {why[:200]}")
    async for run in temporal.list_workflows("TemporalReportedProblems IS NOT NULL"):
        found.append(f"cannot go on: {run.id} (TemporalReportedProblems)")
    return found
