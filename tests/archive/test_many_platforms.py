"""However many platforms there are, as much is held as of one."""

import gc
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from weakref import ref

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.server_histories import Execution, ServerHistories
from audit.histories import StoredHistory
from audit.reconciling.reconciling import reconcile
from tests.audit.lives import SHORT, recorded
from workflows.contract import platform_workflow_id

IDS = 30_000
AT_MOST = 2_000_000
"""Bytes; a list of the ids alone takes more."""
PLATFORMS = 12


class Listed(ServerHistories):
    """A server that lists many runs, in the order in which they started."""

    def __init__(self) -> None:
        """No client is needed to list them."""

    async def executions(self, narrowed: str = "") -> AsyncIterator[Execution]:
        """Each platform's first run, and some of them another one."""
        for number in range(IDS):
            name = platform_workflow_id(f"p-{number * 7919 % IDS:05d}")
            yield Execution(name, f"run-{number}", closed=True, events=5)
            if number % 10 == 0:
                yield Execution(f"{name}:term-1:assessment-1", f"y-{number}", closed=True, events=5)
        yield Execution("roster", "run", closed=False, events=5)


async def test_ids_are_sorted_without_being_held() -> None:
    """Each platform once, in order; the office's own roster is none."""
    listed = Listed()
    tracemalloc.start()
    try:
        expected = 0
        async for platform_id in listed.platforms():
            assert f"p-{expected:05d}" == platform_id
            expected += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert IDS == expected
    assert AT_MOST > peak


class Streamed:
    """Histories of many platforms, and which of them are still held."""

    def __init__(self) -> None:
        """Nothing was given yet."""
        self.most = 0
        self._given: list[ref[StoredHistory]] = []

    async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        """See `Histories`: the runs of one platform, again and again under other ids."""
        for number in range(PLATFORMS):
            for history in recorded(SHORT):
                yield self._noted(_renamed(history, f"{SHORT}-{number:02d}"))

    def _noted(self, history: StoredHistory) -> StoredHistory:
        gc.collect()
        self._given = [one for one in self._given if one() is not None]
        self.most = max(self.most, len(self._given))
        self._given.append(ref(history))
        return history


def _renamed(history: StoredHistory, platform_id: str) -> StoredHistory:
    own = platform_workflow_id(SHORT).encode()
    content = history.content.replace(own, platform_workflow_id(platform_id).encode())
    workflow_id = history.workflow_id.replace(SHORT, platform_id)
    return replace(history, workflow_id=workflow_id, content=content)


async def test_histories_of_one_platform_are_held_at_a_time(engine: AsyncEngine) -> None:
    """While the next one is read, those of at most the one before are still there."""
    given = Streamed()
    seen = [one.platform_id async for one in reconcile(engine, given)]
    assert [f"{SHORT}-{number:02d}" for number in range(PLATFORMS)] == seen
    assert 2 * len(recorded(SHORT)) >= given.most > 0
