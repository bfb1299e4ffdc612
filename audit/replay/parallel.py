"""Replay over several processes: histories stream in, what came of each platform streams out, in order.

A replay is Python that runs on one core. So processes are started once and keep warm, get whole
platforms as plain bytes, and answer with little more than a verdict.
"""

import asyncio
import atexit
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing

from audit.histories import StoredHistory, by_platform
from audit.replay.replaying import Replaying
from audit.replay.together import PlatformReplay, assemble_platform
from starter.errors import PingtaiError

BATCH = 2_000_000
"""Bytes of histories that a process gets at once, or one platform that has more."""
_SMALL = 4
"""Up to this number of batches this process replays itself: starting others would take as long."""
_AHEAD = 2
"""Batches that a process has queued or in progress: it never waits, and memory stays small."""

Platform = tuple[str, tuple[StoredHistory, ...]]
Batch = list[Platform]


class ProcessKilled(PingtaiError):
    """A process died in the middle of a replay: it was killed, or there was no memory left."""

    def __init__(self) -> None:
        super().__init__(
            "A replay process was killed from outside, perhaps for lack of memory. Try --processes 1.",
            "重放进程被外部终止，可能是内存不足。可用 --processes 1 重试",
        )


def usual_processes() -> int:
    """As many as there are cores for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


async def replay_all(
    histories: AsyncIterator[StoredHistory],
    *,
    processes: int | None = None,
    pool: "Pool | None" = None,
) -> AsyncGenerator[PlatformReplay, None]:
    """Replay all histories, platform by platform, in the order in which they come.

    A platform's histories must come together, as `audit.histories.Histories` gives them. What is little
    is replayed in this process, unless it is said over how many. `pool`: processes that are warm already.

    Raises:
        ProcessKilled: a process was ended from outside.
    """
    count = processes or usual_processes()
    async with aclosing(_batches(histories)) as batches:
        if pool:
            async for found in _streamed(pool, (), batches):
                yield found
            return
        begun: list[Batch] = []
        little = 1 if processes else _SMALL
        while count > 1 and len(begun) <= little and (batch := await anext(batches, None)):
            begun.append(batch)
        replays = (
            _over_processes(begun, batches, count)
            if len(begun) > little
            else _in_here(begun, batches)
        )
        async with aclosing(replays):
            async for found in replays:
                yield found


async def _in_here(
    begun: Sequence[Batch], batches: AsyncIterator[Batch]
) -> AsyncGenerator[PlatformReplay, None]:
    async with Replaying() as replaying:
        for batch in begun:
            for platform in batch:
                yield await _one(replaying, platform)
        async for batch in batches:
            for platform in batch:
                yield await _one(replaying, platform)


async def _over_processes(
    begun: Sequence[Batch], batches: AsyncIterator[Batch], count: int
) -> AsyncGenerator[PlatformReplay, None]:
    async with Pool(count) as pool:
        async for found in _streamed(pool, begun, batches):
            yield found


async def _streamed(
    pool: "Pool", begun: Sequence[Batch], batches: AsyncIterator[Batch]
) -> AsyncIterator[PlatformReplay]:
    waiting = deque(pool.send(batch) for batch in begun)
    async for batch in batches:
        waiting.append(pool.send(batch))
        while waiting and (len(waiting) >= pool.count * _AHEAD or waiting[0].done()):
            for found in await pool.answer(waiting.popleft()):
                yield found
    while waiting:
        for found in await pool.answer(waiting.popleft()):
            yield found


class Pool:
    """Processes that replay. They are started when there is work for them, and stay."""

    def __init__(self, processes: int) -> None:
        self.count = processes
        # Not forked from this process: the SDK's threads would not come along. They come from one that has
        # none, and has imported for all of them what they need.
        clean = multiprocessing.get_context("forkserver")
        clean.set_forkserver_preload([__name__])
        self._processes = ProcessPoolExecutor(processes, clean, initializer=_begin)

    async def __aenter__(self) -> "Pool":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._processes.shutdown, wait=True, cancel_futures=True)

    def send(self, batch: Batch) -> "asyncio.Future[list[PlatformReplay]]":
        """Give a process a batch.

        Raises:
            ProcessKilled: a process was ended from outside.
        """
        try:
            future = asyncio.get_running_loop().run_in_executor(
                self._processes, _replay_batch, batch
            )
        except BrokenProcessPool:
            raise ProcessKilled from None
        # Where one answer fails nobody asks for the others.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        return future

    async def answer(self, future: "asyncio.Future[list[PlatformReplay]]") -> list[PlatformReplay]:
        """What came of a batch.

        Raises:
            ProcessKilled: its process was ended from outside.
        """
        try:
            return await future
        except BrokenProcessPool:
            raise ProcessKilled from None


async def _batches(histories: AsyncIterator[StoredHistory]) -> AsyncGenerator[Batch, None]:
    batch: Batch = []
    size = 0
    async for platform in by_platform(histories):
        batch.append(platform)
        size += sum(len(history.content) for history in platform[1])
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _one(replaying: Replaying, platform: Platform) -> PlatformReplay:
    platform_id, histories = platform
    return assemble_platform(
        platform_id, [await replaying.replay(history) for history in histories]
    )


# ---- in the processes ----


class _Warm:
    """What a process keeps from batch to batch."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.replaying = Replaying()

    async def replay(self, batch: Batch) -> list[PlatformReplay]:
        return [await _one(self.replaying, platform) for platform in batch]


_warm: list[_Warm] = []


def _begin() -> None:
    """Make a process ready. Ctrl-C is for the one that started it, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _warm.append(_Warm())
    # The SDK's threads may abort an ordinary exit (sdk-python#300).
    atexit.register(os._exit, 0)


def _end_with_parent() -> None:
    """End with the process that started this one: killed, it says nothing, and we would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _replay_batch(batch: Batch) -> list[PlatformReplay]:
    warm = _warm[0]
    return warm.loop.run_until_complete(warm.replay(batch))
