"""A check that had nothing to look at does not say that everything agrees."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.audit.lives import SHORT, recorded, write_register
from tests.audit.typed_commands import Run, in_thread
from tests.nobody import be_nobody


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    """No test depends on who runs it: English, an empty home, this test's register."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def run() -> Run:
    """Run `pingtai`."""
    return in_thread()


async def test_a_platform_that_nobody_knows_does_not_agree(run: Run, engine: AsyncEngine) -> None:
    """An id that was mistyped: exit code 2 and a word; the platforms that were named too are told of."""
    await write_register(engine, recorded(SHORT))
    for more in ((), ("--json",), ("--repair",)):
        result = await run("audit", "reconcile", "bj-nobody", "--from", "archive", *more)
        assert (2, "") == (result.exit_code, result.stdout)
        assert "Neither the register nor the histories have bj-nobody" in result.stderr
    both = await run("audit", "reconcile", SHORT, "bj-nobody", "--from", "archive")
    assert (2, True) == (both.exit_code, SHORT in both.stdout)


async def test_no_history_is_no_replay(run: Run, tmp_path: Path, engine: AsyncEngine) -> None:
    """An empty folder, an empty archive: exit code 1, also for programs, and it is said why."""
    for asked in (("--files", str(tmp_path)), ("--all", "--from", "archive")):
        for more in ((), ("--json",)):
            result = await run("audit", "replay", *asked, *more)
            assert (1, True) == (result.exit_code, "No history" in result.output)


async def test_a_register_is_not_rebuilt_from_nothing(run: Run, tmp_path: Path) -> None:
    """The same of a rebuild: a wrong folder leaves the register empty, and that is no success."""
    for asked in (("--files", str(tmp_path)), ("--from", "archive")):
        result = await run("register", "rebuild", *asked)
        assert (1, True) == (result.exit_code, "No history" in result.output)
        assert "✓" not in result.output
