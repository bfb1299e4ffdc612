"""A command in each workflow task in which something happened: so replay tells tasks apart as they were.

The SDK takes tasks without commands for heartbeats and joins them to the next one. A worker that has lost
its cache can so join the answer of an activity to an update that comes after it, and a later replay does
not: the code that wrote the history cannot replay it (docs/decisions/0005-tasks-without-commands.md).
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contract import ENTRIES

T = TypeVar("T")


class TaskMarks:
    """Leaves the command: of the memo, how many entries the log has."""

    def __init__(self, *, wanted: bool) -> None:
        """Not `wanted`: runs that began before 0.4.0 command what they did."""
        self._wanted = wanted
        self._left = False
        self.entries = 0
        """The number of entries, for the memo that `temporal workflow describe` shows."""

    def leave(self) -> None:
        """Leave one, if the event loop has left none since it woke up."""
        if not self._wanted or self._left:
            return
        self._left = True
        asyncio.get_running_loop().call_soon(self._forget)
        workflow.upsert_memo({ENTRIES: self.entries})

    def _forget(self) -> None:
        self._left = False

    async def after(self, happens: Awaitable[T]) -> T:
        """Wait for what ends in a task of its own (an activity, a timer, a child), and leave a mark then."""
        try:
            answer = await happens
        except Exception:  # what the workflow handles; when a case is evicted nothing is left
            self.leave()
            raise
        self.leave()
        return answer
