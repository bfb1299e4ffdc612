"""The SDK's Replayer, fed with one history after another, and quiet."""

import asyncio
import logging
from collections.abc import AsyncIterator

from temporalio.client import WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import Replayer

from starter.client.sdk_internals import WORKFLOW_LOGGERS


class Feed:
    """One iterator of the SDK's over histories, fed one by one: starting it costs as much as a replay."""

    def __init__(self, replayer: Replayer) -> None:
        """Feed this one; it must be of `quiet_runtime`."""
        self._histories: asyncio.Queue[WorkflowHistory | None] = asyncio.Queue()
        self._results: asyncio.Queue[Exception | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._replay(replayer))

    async def put(self, history: WorkflowHistory, patience: float) -> Exception | None:
        """Replay a history; the failure, if there is one.

        Raises:
            TimeoutError: nothing came of it in time; the feed is of no use any more.
        """
        self._histories.put_nowait(history)
        waiting = asyncio.create_task(self._results.get())
        done, _ = await asyncio.wait(
            {waiting, self._task}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting in done:
            return waiting.result()
        waiting.cancel()
        if self._task in done:
            await self._task  # raises what ended it
        # It is not cancelled: the SDK would wait, when it ends, for what never comes. But it is given
        # up, and what else this process does is to be heard again.
        _speak(self._task)
        raise TimeoutError(f"the replay came to no end within {patience:g} seconds")

    async def close(self) -> None:
        """End it."""
        self._histories.put_nowait(None)
        await asyncio.wait({self._task}, timeout=5)

    async def _replay(self, replayer: Replayer) -> None:
        task = asyncio.current_task()
        _hush(task)
        try:
            async with replayer.workflow_replay_iterator(self._given()) as results:
                async for result in results:
                    self._results.put_nowait(result.replay_failure)
        finally:
            _speak(task)

    async def _given(self) -> AsyncIterator[WorkflowHistory]:
        while (history := await self._histories.get()) is not None:
            yield history


_replaying: set[object] = set()
"""Who replays now, and is to be quiet."""


def _hush(replay: object) -> None:
    """What a replay has to say stands in its answer; the SDK would say it on standard error too."""
    _replaying.add(replay)
    _set_loggers()


def _speak(replay: object) -> None:
    """Several replay at once: the last one out lets the loggers speak again."""
    _replaying.discard(replay)
    _set_loggers()


def _set_loggers() -> None:
    for name in WORKFLOW_LOGGERS:
        logging.getLogger(name).disabled = bool(_replaying)


_runtimes: list[Runtime] = []


def quiet_runtime() -> Runtime:
    """One for the process: it has threads of its own."""
    if not _runtimes:
        _runtimes.append(Runtime(telemetry=TelemetryConfig(logging=None)))
    return _runtimes[0]
