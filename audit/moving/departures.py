"""Bringing a case, or the roster, to leave its Temporal: asked by a signal, and waited for."""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionDescription

from starter.client.blocking_workflow import find_block
from starter.client.case_queries import CaseQueries
from starter.client.moved_runs import destination_of, heads_for
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NoSuchPlatform
from workflows.contract import MOVE_AWAY
from workflows.leaving import SETTLES_WITHIN, Departure, objection_to_leaving
from workflows.model import as_sent
from workflows.words import Words

_LOOK_EVERY = 0.05
_WITHIN = SETTLES_WITHIN.total_seconds() + 15
"""A case that does not settle takes decisions again by itself before that."""


class Standing(StrEnum):
    """How a case stands at the Temporal that is left."""

    LEFT = "left"
    """Its run has ended for that: it goes on elsewhere."""
    STAYS = "stays"
    """It stays for now; says why."""
    ABSENT = "absent"
    """Nothing of it is there."""


class Departed(NamedTuple):
    """What became of the question to leave."""

    standing: Standing
    why: Words | None = None
    run: WorkflowExecutionDescription | None = None
    """Its last run."""


class Departures:
    """Cases that are to leave one Temporal for the profile `to`."""

    def __init__(self, client: Client, to: str) -> None:
        self._client = client
        self._queries = CaseQueries(client)
        self._to = to

    async def look(self, workflow_id: str, valid_until: datetime | None = None) -> Departed:
        """Say how a case stands, without asking it to leave: LEFT, STAYS with what is against it, ABSENT.

        STAYS without a reason is a case that may leave. The case itself is not asked: a busy one would not
        answer. `valid_until` is that of its term, by the register.

        Raises:
            Unreachable: Temporal does not answer.
        """
        found = await self._queries.look(workflow_id)
        if found is None:
            return Departed(Standing.ABSENT)
        if found.close_time is not None:
            return await self._closed(found)
        if block := find_block(found):
            return Departed(Standing.STAYS, Words(block.en, block.zh), found)
        why = objection_to_leaving(valid_until, ended=False, at=datetime.now(UTC))
        return Departed(Standing.STAYS, why, found)

    async def leave(self, workflow_id: str) -> Departed:
        """Ask a case to leave, and wait until it has; its open assessment leaves before it.

        Raises:
            Unreachable: Temporal or its workers do not answer.
        """
        now = await self.look(workflow_id)
        if now.standing is not Standing.STAYS or now.why:
            return now
        await self._ask(workflow_id)
        heard, children = False, set[str]()
        try:
            async with asyncio.timeout(_WITHIN):
                while True:
                    found = await self._queries.look(workflow_id)
                    if found is None:
                        return Departed(Standing.ABSENT)
                    if found.close_time is not None:
                        return await self._closed(found)
                    leaves = await heads_for(found) is not None
                    if heard and not leaves:
                        return Departed(Standing.STAYS, _NOT_SETTLED, found)
                    heard = leaves
                    for child in found.raw_description.pending_children if leaves else ():
                        if child.run_id not in children:
                            children.add(child.run_id)
                            await self._ask(child.workflow_id)
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            return Departed(Standing.STAYS, _STILL_LEAVING if heard else _NOT_HEARD, now.run)

    async def _ask(self, workflow_id: str) -> None:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            with translate_rpc_errors(workflow_id):
                await handle.signal(MOVE_AWAY, as_sent(Departure(to=self._to)))
        except NoSuchPlatform:
            return  # it has ended meanwhile: whoever looks next sees how

    async def _closed(self, found: WorkflowExecutionDescription) -> Departed:
        to = await destination_of(found)
        if to == self._to:
            return Departed(Standing.LEFT, run=found)
        if to is not None:
            why = Words(
                f"it has moved to profile {to}: pingtai move --to {to}",
                f"已迁往配置 {to}：pingtai move --to {to}",
            )
            return Departed(Standing.STAYS, why, found)
        return Departed(Standing.STAYS, _ENDED_OTHERWISE, found)


_NOT_SETTLED = Words(
    "it did not settle in time, and takes decisions again: see whether the register and its workers answer",
    "未能按时处理完毕，已恢复受理：请检查名册和工作进程是否应答",
)
_STILL_LEAVING = Words(
    "it is leaving still, because messages keep coming: run this command again",
    "仍有消息持续到达，尚未迁出：请再次运行本命令",
)
_NOT_HEARD = Words(
    "no worker has taken the request: run one on the side that is left, and this command again",
    "没有工作进程处理该请求：请在原处启动工作进程，再次运行本命令",
)
_ENDED_OTHERWISE = Words(
    "its workflow there has ended, and it did not leave: `pingtai doctor` says what to do",
    "其原流程已结束，但并非迁出：请运行 pingtai doctor",
)
