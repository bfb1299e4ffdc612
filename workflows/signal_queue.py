"""Messages in the order in which they came: those that are too many for one workflow task wait for the next.

A worker gives a workflow task two seconds (the SDK's deadlock limit); a task that takes longer is tried
again from its beginning, and never ends. How many signals arrive in one task their senders decide.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.model import MAX_MESSAGE_BYTES, size_of
    from workflows.task_marks import TaskMarks

COST_OF_A_TASK = 300
"""So much is judged in one workflow task: 300 small signals, or a few of the largest. More would save
nobody time, since it is the server's 10,000 in one task that fill it."""
_BYTES_OF_ONE = 4_000
"""Bytes of a message that cost as much as to judge a small one."""
_PAUSE = timedelta(milliseconds=1)
"""A timer is what gives a workflow its next task; the server fires it within about a second."""


def cost_of(raw: Any) -> int:
    """What it costs to judge a message, in small signals; what is too large is not read, and costs no more."""
    return 1 + min(size_of(raw), MAX_MESSAGE_BYTES) // _BYTES_OF_ONE


class Hold(StrEnum):
    """Why nothing is judged for a moment; each reason is released by who gave it."""

    BEGINNING = "the register is asked before the first message"
    TIMES = "the history is asked when messages were taken"
    YEAR_END = "the history is asked who says that an assessment has ended"
    PLATFORM = "the history is asked who says that the platform has ended, or changed"
    NUMBER = "the register is asked to whom a certificate number belongs"
    DATE = "the due date is asked for again"
    RECOVERY = "the register is told that the case goes on from its log"
    OLDER = "the older entries of the log are read back from the register"


class SignalQueue:
    """First come, first judged: at once while a task has room for it, otherwise over the next tasks."""

    def __init__(self, marks: TaskMarks, *, held: bool = False) -> None:
        """Empty, as it nearly always is. One that is `held` judges nothing until it is released."""
        self._marks = marks
        self._held: set[Hold] = {Hold.BEGINNING} if held else set()
        self._waiting: deque[tuple[Any, Callable[[], None]]] = deque()
        self._spent = 0
        self._later: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_free(self) -> bool:
        """Whether a message would be judged at once: none waits before it."""
        return not (self._held or self._waiting)

    @property
    def is_foreseeable(self) -> bool:
        """Whether a message will be judged on what is known now: nothing before it can change that."""
        return not self._waiting and self._held <= {Hold.BEGINNING}

    def hold(self, why: Hold) -> None:
        """Judge nothing that comes from now on, until it is released."""
        self._held.add(why)

    def release(self, why: Hold = Hold.BEGINNING) -> None:
        """Judge what came while the queue was held, and from now on whatever comes."""
        if why not in self._held:
            return
        self._held.discard(why)
        if self._held:
            return
        self._judge_some()
        self._go_on_later()

    def take(self, raw: Any, judge: Callable[[], None]) -> None:
        """Call `judge`, which judges the message `raw`, now or when its turn comes.

        What one task has spent is forgotten by the event loop itself, after the handlers of all
        messages that came with it: to tell tasks apart by their time or by the length of the history
        would trust values that may lag (docs/decisions/0007-workflow-clock.md).
        """
        if not self.is_free or self._spent >= COST_OF_A_TASK:
            self._waiting.append((raw, judge))
            if not self._held:
                self._go_on_later()
            return
        if not self._spent:
            asyncio.get_running_loop().call_soon(self._forget)
        self._spent += cost_of(raw)
        judge()

    async def turn(self) -> None:
        """Wait until all that came before is judged."""
        if self.is_free:
            return
        come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.take(None, lambda: come.set_result(None))
        await come

    def _forget(self) -> None:
        self._spent = 0

    def _go_on_later(self) -> None:
        if self._waiting and self._later is None:
            self._later = asyncio.create_task(self._judge_later())

    async def _judge_later(self) -> None:
        while self._waiting and not self._held:
            waiting = f"{len(self)} messages wait to be judged"
            await self._marks.after(workflow.sleep(_PAUSE, summary=waiting))
            try:
                self._judge_some()
            except Exception as error:
                # A fault of ours fails the task, as it would in a signal's handler: nothing is lost, and
                # corrected code tries again. An error in an asyncio task would stay unseen.
                await workflow.wait_condition(partial(_fail, error))
        self._later = None

    def _judge_some(self) -> None:
        """Judge as many as one task has room for."""
        spent = 0
        while self._waiting and not self._held and spent < COST_OF_A_TASK:
            raw, judge = self._waiting.popleft()
            spent += cost_of(raw)
            judge()


def _fail(error: Exception) -> bool:
    """Fail the workflow task: the SDK lets what a condition raises through."""
    raise error
