"""A command in each workflow task in which something happened: so replay tells tasks apart as they were.

The SDK takes tasks without commands for heartbeats and joins them to the next one. A worker that has lost
its cache can so join the answer of an activity to an update that comes after it, and a later replay does
not: the code that wrote the history cannot replay it (docs/decisions/0005-tasks-without-commands.md).
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contract import ENTRIES

T = TypeVar("T")

_MEMO_OF_MARKS = "entries_at_last_mark"
_ROUNDS = 8
"""So often the conditions of a workflow are looked at before a task is taken to command nothing: twice as
often as what an answer sets off has ever needed. A command that comes later yet stands beside a mark."""


class TaskMarks:
    """Leaves the command: of the memo, how many entries the log has."""

    def __init__(self, *, wanted: bool, sparing: bool = False) -> None:
        """Not `wanted`: runs that began before 0.4.0 command what they did.

        `sparing`, as runs are that began with 0.5.0: none is left in a task that commands something anyway.
        """
        self._wanted = wanted
        self._sparing = sparing
        self._left = False
        self._given = 0
        self._looking: asyncio.Task[None] | None = None
        self.entries = 0
        """The number of entries, for the memo that `temporal workflow describe` shows."""

    def leave(self) -> None:
        """Leave one, if the event loop has left none since it woke up, and nothing else is commanded."""
        if not self._wanted or self._left:
            return
        self._left = True
        if self._sparing:
            self._given = 0
            self._looking = asyncio.create_task(self._leave_unless_given())
            return
        asyncio.get_running_loop().call_soon(self._forget)
        workflow.upsert_memo({ENTRIES: self.entries})

    def given(self) -> None:
        """Note a command that stays whatever else happens in this task."""
        self._given += 1

    @contextmanager
    def timer(self) -> Iterator[None]:
        """Note a timer while it runs: of one that is stopped in the task that started it nothing is sent."""
        look = self._looking
        self._given += 1
        try:
            yield
        finally:
            if look is self._looking:
                self._given -= 1

    def _forget(self) -> None:
        self._left = False

    async def _leave_unless_given(self) -> None:
        # Each of these is let through when nothing else is left to run, and all within the task.
        for _ in range(_ROUNDS):
            await workflow.wait_condition(lambda: True)
        self._left, self._looking = False, None
        if self._given <= 0:
            workflow.upsert_memo({_MEMO_OF_MARKS: self.entries})

    async def after(self, happens: Awaitable[T]) -> T:
        """Wait for what ends in a task of its own (an activity, a timer, a child), and leave a mark then."""
        if not isinstance(happens, asyncio.Future):  # what is waited for only now is commanded now
            self.given()
        try:
            answer = await happens
        except Exception:  # what the workflow handles; when a case is evicted nothing is left
            self.leave()
            raise
        self.leave()
        return answer
