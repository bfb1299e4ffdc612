"""`pingtai audit replay`: a line for each platform, what does not agree below it, and the exit codes."""

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import PostgresArchive
from audit.histories import StoredHistory
from db.audit_tables import access_log
from db.tables import log_entries, terms
from tests.audit.lives import MUCH, SHORT, edited, recorded, write_register
from tests.nobody import be_nobody
from worker.main import pingtai

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line as it is composed, for nobody in particular."""
    be_nobody(monkeypatch, tmp_path)

    def called(*words: str, lang: str = "en", **environment: str) -> Result:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(pingtai, ["--lang", lang, "audit", "replay", *words])

    return called


def _files(folder: Path, *histories: StoredHistory) -> Path:
    folder.mkdir()
    for history in histories:
        record = {
            "workflow_id": history.workflow_id,
            "run_id": history.run_id,
            "sdk": history.sdk,
            "history": history.data,
        }
        (folder / f"{history.run_id}.json.gz").write_bytes(
            gzip.compress(json.dumps(record).encode())
        )
    return folder


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A folder of histories in which nothing was changed."""
    return _files(tmp_path / "good", *recorded(SHORT), *recorded(MUCH))


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """One in which one platform's last event is another's business."""
    first, *others = recorded(SHORT)
    return _files(tmp_path / "bad", edited(first, lambda events: events.pop(9)), *others)


def test_files_that_agree(run: Run, good: Path) -> None:
    """Without any server: a line for each platform, and the sum."""
    answer = run("--files", str(good))
    assert 0 == answer.exit_code
    much, short, _, end = answer.output.splitlines()
    assert much.startswith(f"✓ {MUCH}  9 runs · ")
    assert short.startswith(f"✓ {SHORT}  3 runs · ")
    assert end.startswith("✓ 2 platforms, 12 runs, ")
    assert end.endswith("everything agrees.")


@pytest.mark.parametrize(
    ("lang", "said", "end"),
    [
        ("en", "event 10 is missing: 11 is in its place", "1 run could not be replayed"),
        ("zh", "缺少事件 10：该处为事件 11", "1 次运行未能重放"),
    ],
)
def test_what_does_not_agree_is_named(run: Run, bad: Path, lang: str, said: str, end: str) -> None:
    """The run, the event and what is wrong, below the platform's line; exit code 1."""
    answer = run("--files", str(bad), lang=lang)
    assert 1 == answer.exit_code
    assert f"✗ {SHORT}" in answer.output
    assert said in answer.output
    assert end in answer.output


def test_json_is_a_line_for_each_platform(run: Run, bad: Path) -> None:
    """Programs read each run's verdict, in both languages."""
    answer = run("--files", str(bad), "--json")
    assert 1 == answer.exit_code
    (platform,) = [json.loads(line) for line in answer.output.splitlines()]
    assert SHORT == platform["platform_id"]
    assert None is platform["register"]
    assert [False, True, True] == [one["sound"] for one in platform["runs"]]
    assert 10 == platform["runs"][0]["divergence"]["event_id"]
    assert "缺少事件 10" in platform["runs"][0]["divergence"]["zh"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--all", SHORT),
        ("--files",),
        ("--files", "/nothing/here"),
        ("no such id",),
        ("--processes", "0", "--all"),
        ("--from", "nowhere", "--all"),
    ],
    ids=" ".join,
)
def test_bad_input(run: Run, words: tuple[str, ...]) -> None:
    """What cannot be meant is refused with words and exit code 2."""
    answer = run(*words)
    assert 2 == answer.exit_code
    assert "Traceback" not in answer.output
    assert answer.output.strip()


def test_no_server_is_said(run: Run) -> None:
    """Where neither register nor server answers: exit code 4."""
    answer = run("--all", "--no-register", TEMPORAL_ADDRESS="127.0.0.1:1")
    assert 4 == answer.exit_code


@pytest.fixture
async def archived(engine: AsyncEngine) -> AsyncEngine:
    """A register and an archive in one database, of one platform."""
    await write_register(engine, recorded(SHORT))
    archive = PostgresArchive(engine)
    for history in recorded(SHORT):
        await archive.keep(history)
    return engine


async def test_the_archive_against_the_register(
    run: Run, archived: AsyncEngine, database_url: str
) -> None:
    """From the archive, without Temporal: the register agrees, and that somebody looked is noted."""
    answer = await _in_thread(run, SHORT, "--from", "archive", DATABASE_URL=database_url)
    assert 0 == answer.exit_code
    assert "the register's entries and cases agree" in answer.output
    assert "only log entries and cases were compared" in answer.output
    assert "pingtai audit reconcile" in answer.output
    async with archived.connect() as connection:
        looked = (await connection.execute(select(access_log))).all()
    assert [("replay", SHORT, "from the archive")] == [
        (row.what, row.platform_id, row.details) for row in looked
    ]


async def test_a_platform_without_history_is_answered_with_what_to_do(
    run: Run, archived: AsyncEngine, database_url: str
) -> None:
    """As its sisters do: check the id, or look elsewhere."""
    answer = await _in_thread(run, "nonsense", "--from", "archive", DATABASE_URL=database_url)
    assert 2 == answer.exit_code
    assert "in the archive: check the id, or use --from server." in answer.output


async def test_a_register_that_was_changed(
    run: Run, archived: AsyncEngine, database_url: str
) -> None:
    """The row and the column are named; exit code 1."""
    async with archived.begin() as connection:
        await connection.execute(update(terms).values(plan_version=9))
    answer = await _in_thread(run, "--all", "--from", "archive", DATABASE_URL=database_url)
    assert 1 == answer.exit_code
    assert "log 1: plan_version is 9 in the register, and 1 by the log" in answer.output
    assert "1 platform differs from the register" in answer.output


async def test_a_row_of_the_register_that_is_none(
    run: Run, archived: AsyncEngine, database_url: str
) -> None:
    """It cannot be compared with: that is said, with who names it; no traceback."""
    async with archived.begin() as connection:
        await connection.execute(update(log_entries).values(kind="nonsense"))
    answer = await _in_thread(run, "--all", "--from", "archive", DATABASE_URL=database_url)
    assert (1, True) == (
        answer.exit_code,
        "the register's rows of it cannot be read" in answer.output,
    )


async def test_a_platform_without_a_history(
    run: Run, archived: AsyncEngine, database_url: str
) -> None:
    """A platform that the archive has nothing of: said by name, exit code 2."""
    answer = await _in_thread(run, "bj-nobody", "--from", "archive", DATABASE_URL=database_url)
    assert 2 == answer.exit_code
    assert "No history of bj-nobody in the archive" in answer.output


async def _in_thread(run: Run, *words: str, **environment: str) -> Result:
    """The command has a loop of its own: it runs where none is running."""
    return await asyncio.to_thread(run, *words, **environment)
