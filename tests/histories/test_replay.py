"""Recorded histories replay in the sandbox, as on a worker; `test_releases` replays all of them without it."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import WorkflowHistory

from audit.archive.file_archive import read_history
from audit.replay.divergence import WHAT_TO_DO
from tests.histories.baseline import files, releases
from tests.histories.replayer import replayer


async def test_the_oldest_histories_replay_in_the_sandbox() -> None:
    """They take every old way that a guard keeps open; those of today workers take in other tests."""
    histories = {path.name: read_history(path) for path in files(releases()[0])}
    assert len(histories) >= 60
    names = {history.run_id: name for name, history in histories.items()}

    async def one_by_one() -> AsyncIterator[WorkflowHistory]:
        for history in histories.values():
            yield history.for_replay()

    async with replayer().workflow_replay_iterator(one_by_one()) as results:
        async for result in results:
            if result.replay_failure:
                name = names[result.history.run_id]
                pytest.fail(f"{name}: {result.replay_failure}\n{WHAT_TO_DO.en}")
