"""A workflow that was changed is found by a replay or by the baseline of commands, and explained."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow

from audit.archive.file_archive import read_history
from audit.replay.divergence import WHAT_TO_DO, tasks_of
from audit.replay.replaying import Replaying
from tests.histories import baseline
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.contract import PLATFORM_TYPE
from workflows.platform_workflow import PlatformWorkflow
from workflows.run_io import TermResult

ROOT = Path(__file__).parents[2]
SHORT = "platform--bj-riscv-soc--01"


@workflow.defn(name=PLATFORM_TYPE, sandboxed=False)
class _OneActivityMore(PlatformWorkflow):
    """The platform with one activity more at its start, and no guard: what must never pass."""

    guarded = False

    @workflow.init
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)

    @workflow.run
    async def run(self, *given: Any) -> TermResult:
        if not self.guarded or workflow.patched("one-more"):
            await workflow.execute_activity("one_more", start_to_close_timeout=timedelta(hours=1))
        return await super().run(*given)


@workflow.defn(name=PLATFORM_TYPE, sandboxed=False)
class _OneActivityMoreGuarded(_OneActivityMore):
    """The same, guarded: what CONTRIBUTING.md asks for."""

    guarded = True

    @workflow.init
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)

    @workflow.run
    async def run(self, *given: Any) -> TermResult:
        return await super().run(*given)


@workflow.defn(name=PLATFORM_TYPE, sandboxed=False)
class _LongerTimers(PlatformWorkflow):
    """The platform with another span for its timers: a replay does not notice, the baseline does."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)

    @workflow.run
    async def run(self, *given: Any) -> TermResult:
        return await super().run(*given)

    async def reached(self, moment: Any, over: Any, summary: str) -> bool:
        later = moment + timedelta(days=1) if moment else moment
        return await super().reached(later, over, summary)


@pytest.mark.parametrize("release", baseline.releases(), ids=lambda path: path.name)
async def test_an_activity_more_is_found_and_explained(release: Path) -> None:
    """Without a guard the replay says where, what both sides do, and how `patched` helps."""
    history = read_history(release / f"{SHORT}.json.gz")
    async with Replaying([_OneActivityMore, AnnualAssessmentWorkflow]) as replaying:
        found = (await replaying.replay(history)).divergence
    assert found is not None
    assert found.by_code
    first = next(tasks_of(history.for_replay().events))
    assert found.event_id == next(c.event_id for c in first.commands if c.kind == "activity")
    assert (
        "the history starts the activity hand_in; the code starts the activity one_more" in found.words.en
    )
    assert "历史为“启动活动 hand_in”；代码为“启动活动 one_more”" in found.words.zh


@pytest.mark.parametrize("release", baseline.releases(), ids=lambda path: path.name)
async def test_an_activity_more_behind_a_guard_passes(release: Path) -> None:
    """With `patched` every recorded history replays, and everything in it agrees."""
    async with Replaying([_OneActivityMoreGuarded, AnnualAssessmentWorkflow]) as replaying:
        for path in baseline.files(release, "platform--bj-riscv-soc--"):
            assert (await replaying.replay(read_history(path))).sound


async def test_the_baseline_notices_what_a_replay_does_not() -> None:
    """Another span of a timer replays, and is a difference to the baseline that says what to do."""
    release = baseline.releases()[-1]
    history = read_history(release / f"{SHORT}.json.gz")
    async with Replaying([_LongerTimers, AnnualAssessmentWorkflow]) as replaying:
        found = await replaying.replay(history)
    tasks = list(tasks_of(history.for_replay().events))
    assert found.divergence is None
    before = baseline.text([("it", [baseline.line(t.started, t.commands) for t in tasks])])
    now = baseline.text([("it", [baseline.line(t.started, found.tasks[t.started]) for t in tasks])])
    said = baseline.differing(before, now, release.name)
    assert "-  " in said
    assert "+  " in said
    assert said.endswith(WHAT_TO_DO.en)


_BEFORE = "        self.show()\n        register = asyncio.create_task(self.sync_register())\n"
_MORE = 'await workflow.execute_activity("one_more", start_to_close_timeout=timedelta(hours=1))'


def test_a_workflow_that_was_edited(tmp_path: Path) -> None:
    """The source itself is edited and the command run: it says where, and how `patched` helps."""
    copy = tmp_path / "workflows"
    shutil.copytree(ROOT / "workflows", copy, ignore=shutil.ignore_patterns("__pycache__"))
    source = copy / "platform_workflow.py"
    text = source.read_text(encoding="utf-8")
    assert 1 == text.count(_BEFORE)
    source.write_text(text.replace(_BEFORE, f"        {_MORE}\n{_BEFORE}"), encoding="utf-8")
    history = baseline.releases()[-1] / f"{SHORT}.json.gz"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "worker.main",
            "--lang",
            "en",
            "audit",
            "replay",
            "--files",
            history,
        ],
        cwd=tmp_path,  # where Python looks first
        env={**os.environ, "PINGTAI_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "" == done.stderr
    assert 1 == done.returncode
    assert WHAT_TO_DO.en in done.stdout
    assert "the code starts the activity one_more" in done.stdout
