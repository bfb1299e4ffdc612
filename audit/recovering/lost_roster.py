"""The roster where Temporal has nothing of it: it goes on from the register's log, before any term does."""

import asyncio
from contextlib import suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from audit.reading.roster_log_reading import roster_faults
from audit.reading.runs import OLDER
from audit.reconciling.roster_rows import held_log
from audit.recovering.kept_histories import kept_in_archive
from audit.recovering.lost_terms import Standing
from audit.recovering.recovery_sender import Outcome, Recovered, why_it_failed
from audit.recovering.statement import Stating, recovery_id, signature_of
from starter.client.case_queries import CaseQueries
from starter.client.moved_runs import destination_of
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NoSuchPlatform, Unreachable
from workflows.contract import ENTRIES, ROSTER_ID, ROSTER_TYPE, TASK_QUEUE
from workflows.recovery import RosterRecovery
from workflows.roster_log import RosterView

_WITHIN = 30.0
_AGAIN_AFTER = 0.2


async def roster_standing(engine: AsyncEngine, client: Client) -> Standing:
    """How the roster that the register has stands at Temporal: it runs, is lost, or runs with an older log.

    Raises:
        Unreachable: Temporal does not answer.
    """
    log, queries = await held_log(engine), CaseQueries(client)
    found = await queries.look(ROSTER_ID) if log else None
    if not log:
        return Standing.LIVES
    if found and await destination_of(found):  # elsewhere, if it has arrived
        arrived = await found.memo_value(ENTRIES, default=0) != len(log)
        return Standing.LIVES if arrived else Standing.LOST
    if found is None or found.close_time is not None:
        return Standing.LOST
    try:
        view: RosterView = await queries.query(ROSTER_ID, "state", RosterView)
    except (NoSuchPlatform, Unreachable, WorkflowQueryFailedError):
        return Standing.UNKNOWN
    behind = 0 < view.log_seq < len(log) and log[view.log_seq - 1].hash == view.log_hash
    return Standing.BEHIND if behind else Standing.LIVES


async def recover_roster(
    engine: AsyncEngine, client: Client, stating: Stating, *, end_older: bool = False
) -> Recovered:
    """Go on with it; an officer of its version in force signs. `end_older`: end what runs with less.

    Raises:
        NotAllowed: nobody here may sign it.
        Unreachable: Temporal does not answer.
    """
    log = await held_log(engine)
    if wrong := next(iter(roster_faults(log)), None):
        return Recovered(Outcome.REFUSED, wrong)
    if end_older and await roster_standing(engine, client) is Standing.BEHIND:
        with suppress(NoSuchPlatform), translate_rpc_errors(ROSTER_ID):
            await client.get_workflow_handle(ROSTER_ID).terminate(reason=OLDER)
    said = RosterRecovery(
        of="roster",
        recovery_id=recovery_id(),
        entries=len(log),
        log_hash=log[-1].hash,
        by=stating.by,
        reason=stating.reason,
        histories=await kept_in_archive(engine, ""),
    )
    signature = await signature_of(stating, said.form())
    said = said.model_copy(update={"signatures": (signature,)})
    try:
        with translate_rpc_errors(ROSTER_ID):
            handle = await client.start_workflow(
                ROSTER_TYPE,
                args=[None, said],
                id=ROSTER_ID,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            )
    except WorkflowAlreadyStartedError:
        return Recovered(Outcome.ALREADY)
    return await _outcome(client, handle)


async def _outcome(client: Client, handle: WorkflowHandle[Any, Any]) -> Recovered:
    queries = CaseQueries(client)
    try:
        async with asyncio.timeout(_WITHIN):
            while True:
                found = await queries.look(ROSTER_ID)
                if found and found.status is WorkflowExecutionStatus.FAILED:
                    return Recovered(Outcome.REFUSED, await why_it_failed(handle))
                try:
                    view: RosterView = await queries.query(ROSTER_ID, "state", RosterView)
                    if view.recorded == view.log_seq:
                        return Recovered(Outcome.GOES_ON)
                except (NoSuchPlatform, WorkflowQueryFailedError):
                    pass  # it is about to fail
                await asyncio.sleep(_AGAIN_AFTER)
    except (TimeoutError, Unreachable):
        return Recovered(Outcome.STARTED)
