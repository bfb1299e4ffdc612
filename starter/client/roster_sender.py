"""Sending decisions to the roster, and asking it where it stands."""

import asyncio
from contextlib import suppress
from typing import Any

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowQueryFailedError,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from starter.client.case_queries import ANSWER_WITHIN, CaseQueries
from starter.client.moved_cases import MovedCases, follows_moves
from starter.client.rpc_errors import refusal_of, translate_rpc_errors
from starter.errors import BadInput, NoRoster, NoSuchPlatform, PingtaiError, Unreachable
from workflows.contract import ROSTER_ID, ROSTER_TYPE, TASK_QUEUE
from workflows.roster_decisions import RosterItem
from workflows.roster_log import RosterReceipt, RosterView

_LOOKS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""How long to wait for a roster that was just set up to stand in the register (seconds)."""


class RosterSender:
    """The roster's workflow, as a client reaches it."""

    def __init__(self, client: Client, patience: float = 0.0) -> None:
        """Use a connected client; `patience`: how long a roster on its way is waited for (seconds)."""
        self.moves: MovedCases[RosterSender] = MovedCases(RosterSender, patience)
        self._handle = client.get_workflow_handle(ROSTER_ID)
        self._client = client
        self._queries = CaseQueries(client)

    async def start(self, change: dict[str, Any]) -> RosterView:
        """Set the roster up by a change that two officers have signed.

        Raises:
            BadInput: there is one already.
            Refused, InvalidMessage: the change does not set it up.
            Unreachable: no worker answers.
        """
        try:
            with translate_rpc_errors(ROSTER_ID):
                await self._client.start_workflow(
                    ROSTER_TYPE, change, id=ROSTER_ID, task_queue=TASK_QUEUE
                )
        except WorkflowAlreadyStartedError:
            raise BadInput(
                "a roster is set up here already: pingtai roster list",
                "人员目录已经设立：pingtai roster list",
            ) from None
        for pause in _LOOKS:
            if await self._has_failed():
                raise await self._why_it_failed()
            with suppress(WorkflowQueryFailedError):  # it is about to fail
                view: RosterView = await self._queries.query(ROSTER_ID, "state", RosterView)
                if view.recorded:
                    return view
            await asyncio.sleep(pause)
        raise Unreachable(
            "the roster waits for the register, which does not answer",
            "人员目录正在等待名册，名册没有应答",
        )

    async def _has_failed(self) -> bool:
        with translate_rpc_errors(ROSTER_ID):
            return (await self._handle.describe()).status is WorkflowExecutionStatus.FAILED

    async def _why_it_failed(self) -> Exception:
        """What a roster that failed says: it was set up wrongly, or the register has another."""
        try:
            await self._handle.result()
        except WorkflowFailureError as error:
            cause = error.cause
            if isinstance(cause, ApplicationError) and cause.type in ("Refused", "InvalidMessage"):
                return refusal_of(cause)
            if isinstance(cause, ApplicationError) and cause.details:
                return BadInput(cause.message, str(cause.details[0]))
            return Unreachable(f"the roster was not set up: {cause}", f"人员目录未能设立：{cause}")
        return NoRoster()

    @follows_moves
    async def decide(self, raw: dict[str, Any]) -> RosterReceipt:
        """Send a decision on the roster.

        Raises:
            NoRoster: none is set up.
            Refused, InvalidMessage: it is not taken.
            Unreachable: no worker answers in time; it may be sent again.
        """
        sent = self._handle.execute_update(
            "decide", raw, result_type=RosterReceipt, rpc_timeout=ANSWER_WITHIN
        )
        try:
            with translate_rpc_errors(ROSTER_ID):
                receipt: RosterReceipt = await sent
        except NoSuchPlatform:
            await self._queries.describe(ROSTER_ID)  # it may have moved
            raise NoRoster from None
        return receipt

    @follows_moves
    async def view(self) -> RosterView:
        """Where the roster stands. Raises NoRoster, Unreachable."""
        view: RosterView = await self._asked("state", RosterView)
        return view

    @follows_moves
    async def leaves(self) -> dict[str, str]:
        """The hashes of all entries by their ids, with what waits. Raises NoRoster, Unreachable."""
        leaves: dict[str, str] = await self._asked("leaves", dict[str, str])
        return leaves

    @follows_moves
    async def waiting(self) -> list[RosterItem]:
        """What waits for a second officer. Raises NoRoster, Unreachable."""
        items: list[RosterItem] = await self._asked("waiting", list[RosterItem])
        return items

    async def _asked(self, name: str, kind: Any) -> Any:
        try:
            return await self._queries.query(ROSTER_ID, name, kind)
        except NoSuchPlatform:
            raise NoRoster from None
        except WorkflowQueryFailedError as error:
            if await self._has_failed():
                why = await self._why_it_failed()
                raise (why if isinstance(why, PingtaiError) else NoRoster()) from None
            raise Unreachable(
                f"the roster does not answer: {error}. Try again",
                f"人员目录没有应答：{error}。请稍后重试",
            ) from None
