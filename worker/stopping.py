"""Ending a process in order when it is asked to, within a bound, whatever does not want to end.

The first signal ends everything in order. The second ends what is being waited for, and gives the rest a
few seconds. The third, or the second where Python code keeps the event loop from running, ends the process.
What follows within a moment is the same signal: when a terminal is closed, kernel and shell both send one.
"""

import asyncio
import functools
import signal
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal, ParamSpec

import click

from starter.terminal.command_runner import answered
from starter.terminal.process_exit import leave

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGHUP, too: it comes when the terminal or the connection goes in which a person started us."""
WHOLE_SECONDS = 85.0
"""How long all of it may take after the first signal: each part has a bound of its own, and this is for the
case that the event loop stands still. Process managers usually kill after 90 seconds."""
HURRY_SECONDS = 5.0
"""How long the rest may take after the second signal."""
SAME_SECONDS = 0.5
_BY_SIGNAL = 128

P = ParamSpec("P")
_left_behind: set[str] = set()


class Stop(asyncio.Event):
    """Set by the first signal; whoever runs the process waits for it once everything has started."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited = False
        """Whether everything has started: until then a signal breaks the start off."""
        self.received = 0
        self.cancelled_by = 0
        """The signal by which the main task was cancelled."""
        self._taken = 0
        self._latest = 0.0
        self._loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()

    async def wait(self) -> Literal[True]:
        self.awaited = True
        return await super().wait()

    def receive(self, number: int, _: FrameType | None = None) -> None:
        """Take a signal. A plain handler, because the loop's own are silent while Python code blocks it."""
        now, before = time.monotonic(), self._latest
        self._latest = now
        if self.received and now - before < SAME_SECONDS:
            return
        self.received += 1
        if self.received > self._taken + 1 or self.received > 2:
            leave(_BY_SIGNAL + number)
        _leave_after(WHOLE_SECONDS if self.received == 1 else HURRY_SECONDS, number)
        self._loop.call_soon_threadsafe(self._take, number)

    def _take(self, number: int) -> None:
        self._taken += 1
        if self._taken == 1 and self.awaited:
            self.set()
            return
        self.cancelled_by = number
        self.set()
        if self._main:
            self._main.cancel()


def _leave_after(seconds: float, number: int) -> None:
    timer = threading.Timer(seconds, leave, (_BY_SIGNAL + number,))
    timer.daemon = True
    timer.start()


@contextmanager
def stopping() -> Iterator[Stop]:
    """An event that is set by Ctrl-C, SIGTERM and SIGHUP, so that everything ends in order.

    A signal that is ignored stays so: `nohup` asks for that.

    Raises:
        SystemExit: 128 and the signal's number, when the start was broken off or the end was hurried.
    """
    stop = Stop()
    before = {
        number: signal.signal(number, stop.receive)
        for number in SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield stop
    except asyncio.CancelledError:
        if not stop.cancelled_by:
            raise
        raise SystemExit(_BY_SIGNAL + stop.cancelled_by) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


async def until_stopped(stop: asyncio.Event, *running: asyncio.Task[None]) -> None:
    """Wait for the signal to stop; raise what a part failed with, if one does first."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, *running}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for part in running:
        if part.done():
            part.result()


def leave_behind(what: str) -> None:
    """Note that something in this process does not end: `ending_surely` will not wait for it."""
    _left_behind.add(what)


def ending_surely(work: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
    """Make a command end though something that it started never does.

    `asyncio.run` waits for every task, and a worker's waits for each workflow task and activity.
    """

    @functools.wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> None:
        code = 0
        try:
            with answered():
                await work(*args, **kwargs)
        except (click.exceptions.Exit, SystemExit) as end:
            if not _left_behind:
                raise
            given = end.exit_code if isinstance(end, click.exceptions.Exit) else end.code
            code = given if isinstance(given, int) else 1
        except BaseException:
            if not _left_behind:
                raise
            traceback.print_exc(file=sys.stderr)
            code = 1
        if _left_behind:
            leave(code)

    return run
