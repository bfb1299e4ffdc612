"""Asking Temporal about the workflows of cases: what they are, where they stand, what they answered."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from starter.client.blocking_workflow import find_block, queue_of, type_of
from starter.client.missing_keys import missing_key
from starter.client.moved_runs import destination_of, platform_of
from starter.client.rpc_errors import translate_rpc_errors
from starter.client.visibility import quoted, runs_of
from starter.errors import Moved, NoSuchPlatform, PingtaiError, Unreachable
from workflows.contract import ASSESSMENT_TYPE, TOO_LONG, UNCONFIRMED
from workflows.model import InvalidMessage, invalid
from workflows.record import LogEntry
from workflows.refusal import Refused
from workflows.run_io import CaseView

ANSWER_WITHIN = timedelta(seconds=20)
"""How long to wait for a worker's answer."""
_LOOK_AFTER = 1.0
"""Seconds without an answer after which it is checked whether the workflow is a case at all."""

_QUERY_TRIES = tuple(timedelta(seconds=s) for s in (1.5, 3, 5.5, 10))
"""How long each try of a query lasts, `ANSWER_WITHIN` in all; the second ends within what a reader waits.

A worker drops a query when it evicts the case that the query waits for; nobody answers it then, however
long one waits (docs/decisions/0001-queries-on-uncached-cases.md).
"""

_POLLED_WITHIN = 1.0
"""Seconds within which a worker that runs asks every part of its queue: nearly two are waited in all."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class CaseQueries:
    temporal: Client

    async def describe(
        self, workflow_id: str, run_id: str | None = None
    ) -> WorkflowExecutionDescription | None:
        """What Temporal says of a workflow, by default of its latest run; None when it knows none.

        Raises:
            Moved: it has moved to another Temporal.
            Unreachable: Temporal does not answer.
        """
        found = await self.look(workflow_id, run_id)
        to = await destination_of(found) if found else None
        if to:
            raise Moved(platform_of(workflow_id), to)
        return found

    async def look(
        self, workflow_id: str, run_id: str | None = None
    ) -> WorkflowExecutionDescription | None:
        """The same, of one that has moved, too. Raises Unreachable."""
        try:
            with translate_rpc_errors(workflow_id):
                return await self.temporal.get_workflow_handle(
                    workflow_id, run_id=run_id
                ).describe()
        except NoSuchPlatform:
            return None

    async def open_child(self, workflow_id: str) -> str | None:
        """The open assessment of a platform, as Temporal has it: no worker is asked; None: none.

        Raises Unreachable.
        """
        found = await self.describe(workflow_id)
        children = found.raw_description.pending_children if found else ()
        ours = (one.workflow_id for one in children if one.workflow_type_name == ASSESSMENT_TYPE)
        return next(ours, None)

    async def case_of(
        self, found: WorkflowExecutionDescription | None
    ) -> WorkflowExecutionDescription | None:
        """The latest case of ours, open or closed, under the id of the run that was found; None: none.

        Passed over is what is closed and was never a case: another type of workflow, and an input that
        was no application.

        Raises:
            Refused: something else is open under this id; says what, and what to do about it.
            Unreachable: Temporal does not answer.
        """
        if found is None or _is_case(found):
            return found
        if found.close_time is None and (why := find_block(found)):
            raise Refused(why)
        ours = f"WorkflowType = {quoted(type_of(found.id))} AND ExecutionStatus != 'Failed'"
        with translate_rpc_errors():
            async for run in runs_of(self.temporal, found.id, ours):
                return await self.describe(run.id, run.run_id)
        return None

    async def answer(self, workflow_id: str, asked: Awaitable[Answer]) -> Answer:
        """What a case is asked, where it is ours; where it is not, or paused, say so within a moment.

        Whoever has Temporal can answer in our place under our own type, so a check in advance would
        prove nothing, and cost each decision a call: it is looked where no good answer comes.

        Raises:
            Refused: something else stands under this id, or it is paused.
            MissingKey: it is encrypted with a key that is not here.
        """
        task = asyncio.ensure_future(asked)
        try:
            done, _ = await asyncio.wait({task}, timeout=_LOOK_AFTER)
            if not done:
                await self._refuse_what_is_not_ours(workflow_id)
            with translate_rpc_errors(workflow_id):
                return await task
        except (Refused, InvalidMessage, Moved, asyncio.CancelledError):
            raise
        except NoSuchPlatform:
            await self.describe(workflow_id)  # it may have moved
            raise
        except Exception:
            await self._refuse_what_is_not_ours(workflow_id)
            raise
        finally:
            task.cancel()

    async def _refuse_what_is_not_ours(self, workflow_id: str) -> None:
        try:
            found = await self.describe(workflow_id)
        except Moved:
            raise
        except PingtaiError:
            return  # Temporal is away: that is what the caller hears
        why = find_block(found) if found else None
        if why:
            raise Refused(why) from None
        if (
            found
            and found.close_time is None
            and (missing := await missing_key(self.temporal, workflow_id))
        ):
            raise missing from None

    async def view(self, workflow_id: str) -> CaseView:
        """Where the case of a workflow stands. Raises NoSuchPlatform, Unreachable, Refused."""
        try:
            view: CaseView = await self.query(workflow_id, "state", CaseView)
        except WorkflowQueryFailedError as error:
            raise invalid("application", "", str(error), str(error)) from None
        return view

    async def log(self, workflow_id: str) -> list[LogEntry]:
        """The whole log of a case, in parts where it is long. Raises NoSuchPlatform, Unreachable, Refused."""
        try:
            entries: list[LogEntry] = await self.query(workflow_id, "log", list[LogEntry])
        except WorkflowQueryFailedError as error:
            if TOO_LONG not in str(error):
                raise
            entries = []
            while part := await self.query(workflow_id, "log", list[LogEntry], len(entries)):
                entries += part
        return entries

    async def query(self, workflow_id: str, name: str, result_type: Any, *args: Any) -> Any:
        """Ask a case a query of the contract. Raises NoSuchPlatform, Unreachable, Refused."""
        return await self.answer(workflow_id, self._query(workflow_id, name, result_type, *args))

    async def _query(self, workflow_id: str, name: str, result_type: Any, *args: Any) -> Any:
        handle = self.temporal.get_workflow_handle(workflow_id)
        for patience in (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 0.0):
            try:
                with translate_rpc_errors(workflow_id):
                    return await _query(handle, name, result_type, args)
            except Unreachable as error:
                # Between two runs of a case there is a moment in which nobody can be asked.
                next_run = patience > 0 and "not scheduled yet" in str(error)
                # A part of the queue that a worker which is there has not asked for a while.
                passed_over = 0 < patience <= _POLLED_WITHIN and "no poller seen" in str(error)
                if not (next_run or passed_over):
                    raise
            except WorkflowQueryFailedError as error:
                if moved := Moved.said_in(str(error)):
                    raise moved from None
                if UNCONFIRMED not in str(error):
                    raise
                if not patience:
                    raise Unreachable(
                        "the term was just started again and is waiting for the register",
                        "该期刚重新启动，正在与名册核对",
                    ) from None
            await asyncio.sleep(patience)
        raise AssertionError("the last try returns or raises")


def _is_case(run: WorkflowExecutionDescription) -> bool:
    """Whether a run is a case, or was one: paused ones are, and what was no application is none."""
    ours = run.workflow_type == type_of(run.id)
    if run.close_time is None:
        return ours and run.task_queue == queue_of(run.id)
    return ours and run.status is not WorkflowExecutionStatus.FAILED


async def _query(
    handle: WorkflowHandle[Any, Any], name: str, result_type: Any, args: tuple[Any, ...]
) -> Any:
    """Send a query, and send it again when nobody answers."""
    for within in _QUERY_TRIES[:-1]:
        try:
            return await handle.query(name, args=args, result_type=result_type, rpc_timeout=within)
        except RPCError as error:
            if error.status not in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
                raise
    return await handle.query(
        name, args=args, result_type=result_type, rpc_timeout=_QUERY_TRIES[-1]
    )
