"""`python -m bench.replays`: full three-year lives replayed, over one and two processes, beside the bare SDK.

All get the same bytes of the same recorded histories and read them anew each time; they take turns, so
that other load falls on all alike. Ours compares besides what
the histories hand over, the chains of hashes and the folds; the bare one replays.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from audit.archive.file_archive import FileHistories
from audit.histories import StoredHistory
from audit.replay.parallel import Pool, replay_all
from bench.replay_figures import Replays, Way, section, table
from bench.sections import DOCUMENT, write
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.platform_workflow import PlatformWorkflow

RECORDED = Path(__file__).parents[1] / "tests" / "histories"
YEARS = {1, 2, 3}
LIVES = 20
"""So many lives in each round: a few seconds for one process."""
ROUNDS = 5

Life = Sequence[StoredHistory]


async def replays(tell: Callable[[str], None]) -> Replays:
    """Replay in turn, each way in each round; the processes are started before and are warm."""
    different = await lives()
    histories = [one for n in range(LIVES) for one in different[n % len(different)]]
    tell(f"Replay of {LIVES} lives ({len(different)} different ones) …")
    found: dict[Way, list[float]] = {way: [] for way in Way}
    async with Pool(2) as pool:
        ways: dict[Way, Callable[[], Awaitable[None]]] = {
            Way.BARE: lambda: _bare(histories, SandboxedWorkflowRunner()),
            Way.BARE_UNSANDBOXED: lambda: _bare(histories, UnsandboxedWorkflowRunner()),
            Way.ONE: lambda: _ours(histories),
            Way.TWO: lambda: _ours(histories, pool),
        }
        for warm_up in ways.values():
            await warm_up()
        for number in range(ROUNDS):
            for way, replay in ways.items() if number % 2 else reversed(ways.items()):
                began = time.perf_counter()
                await replay()
                found[way].append(LIVES / (time.perf_counter() - began))
    return Replays(
        lives=LIVES,
        different=len(different),
        runs=len(histories),
        events=sum(len(replace(history).data["events"]) for history in histories),
        rates=found,
    )


async def lives() -> list[Life]:
    """The recorded lives of the newest release that went through all three assessments to their end."""
    newest = max(RECORDED.glob("*/"), key=_release)
    of: dict[str, list[StoredHistory]] = {}
    async for history in FileHistories([newest]).runs():
        of.setdefault(history.platform_id, []).append(history)
    # What was read for this is let go: objects that lie about slow this process's garbage collector.
    return [[replace(one) for one in life] for life in of.values() if _is_full(life)]


def _is_full(life: Life) -> bool:
    one_term = not any(":term-2:" in one.workflow_id for one in life)
    last = [one for one in life if one.year == 0][-1].data["events"][-1]["eventType"]
    ended = last == "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"
    return ended and one_term and {one.year for one in life} >= YEARS


def _release(folder: Path) -> tuple[int, ...]:
    numbers = folder.name.split(".")
    return tuple(map(int, numbers)) if all(n.isdigit() for n in numbers) else ()


async def _bare(histories: Sequence[StoredHistory], runner: WorkflowRunner) -> None:
    replayer = Replayer(
        workflows=[PlatformWorkflow, AnnualAssessmentWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=runner,
    )

    async def given() -> AsyncIterator[WorkflowHistory]:
        async for history in _anew(histories):
            yield history.for_replay()

    async with replayer.workflow_replay_iterator(given()) as results:
        async for result in results:
            assert result.replay_failure is None


async def _ours(histories: Sequence[StoredHistory], pool: Pool | None = None) -> None:
    async for found in replay_all(_anew(histories), processes=1, pool=pool):
        assert found.sound


async def _anew(histories: Sequence[StoredHistory]) -> AsyncIterator[StoredHistory]:
    """The histories as if they had just been fetched: nothing of them read yet."""
    for one in histories:
        yield replace(one)


async def main() -> None:
    """Measure, print, and write the document's section."""
    found = await replays(print)
    print(table(found))
    write(section(found))
    print(f"Written: {DOCUMENT}")


if __name__ == "__main__":
    asyncio.run(main())
