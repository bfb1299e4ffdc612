"""`pingtai audit reconcile` and `pingtai register rebuild` on a real register."""

import gzip
import json
import re
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.access_log import list_accesses
from audit.archive.archive_contents import PostgresArchive
from audit.reconciling.reconciling import reconcile
from db.audit_tables import archived_histories
from db.engine import create_engine
from db.inbox_counts import inbox_counts
from db.tables import log_entries, terms
from tests.audit.lives import FOLDER, MUCH, SHORT, recorded, write_register
from tests.audit.typed_commands import Run, in_thread
from tests.nobody import be_nobody
from tests.register.content import everything
from worker.main import pingtai


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    """No test depends on who runs it: English, an empty home, this test's register."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def run() -> Run:
    """Run `pingtai`."""
    return in_thread()


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A folder with the histories of two platforms."""
    folder = tmp_path / "histories"
    folder.mkdir()
    for platform_id in (MUCH, SHORT):
        for path in (FOLDER / "0.1.0").glob(f"platform--{platform_id}--*.gz"):
            (folder / path.name).symlink_to(path)
    return "--files", str(folder)


def drop(folder: str, name: str) -> None:
    """Take the one file of this name out of a folder."""
    [path] = Path(folder).glob(name)
    path.unlink()


async def test_what_agrees_and_what_does_not(
    run: Run, engine: AsyncEngine, files: tuple[str, str]
) -> None:
    """Exit code 0 and a word; 1, the row, the column and both values; repaired, 0 again. All is noted."""
    await write_register(engine, [*recorded(MUCH), *recorded(SHORT)])
    result = await run("audit", "reconcile", *files)
    agree, rate = result.output.splitlines()
    assert (0, "✓ 2 platforms: register, logs and histories agree") == (result.exit_code, agree)
    assert re.fullmatch(r"\d+ histories; [\d.,]+ platforms a second", rate)
    before = await everything(engine)
    async with engine.begin() as connection:
        of_one = update(log_entries).where(
            log_entries.c.platform_id == SHORT, log_entries.c.year == 0, log_entries.c.seq == 2
        )
        await connection.execute(of_one.values(outcome="declined"))
    found = await run("audit", "reconcile", *files)
    assert 1 == found.exit_code
    words = (
        f"log_entries 1.2: outcome is 'declined', should be 'recommended' (platform:{SHORT} run "
    )
    assert words in found.output
    assert MUCH not in found.output
    chinese = await run("audit", "reconcile", SHORT, *files, lang="zh")
    assert "outcome 为 'declined'，应为 'recommended'" in chinese.output
    repaired = await run("audit", "reconcile", SHORT, "--repair", *files)
    assert (0, True) == (repaired.exit_code, "repaired: log_entries 1.2" in repaired.output)
    after = await everything(engine)
    assert before | {"access_log": after["access_log"]} == after
    noted = [(look.what, look.platform_id) for look in await list_accesses(engine)]
    assert [
        ("repair", SHORT),
        ("reconcile", SHORT),
        ("reconcile", None),
        ("reconcile", None),
    ] == noted


async def test_counts_of_the_inbox(run: Run, engine: AsyncEngine, files: tuple[str, str]) -> None:
    """That are not those of its rows are named where all platforms are compared; repaired, all is well."""
    await write_register(engine, [*recorded(MUCH), *recorded(SHORT)])
    async with engine.begin() as connection:
        values = dict.fromkeys(("role", "district", "kind", "field"), "x")
        row = insert(inbox_counts).values(**values, year=0, overdue=False, waiting=2)
        await connection.execute(row)
    assert 0 == (await run("audit", "reconcile", SHORT, *files)).exit_code
    found = await run("audit", "reconcile", *files)
    assert (1, True) == (
        found.exit_code,
        "✗ 2 platforms: 0 with problems, and counts" in found.output,
    )
    assert "overdue False: waiting is 2, should be 0" in found.output
    (line,) = [
        one
        for one in map(
            json.loads, (await run("audit", "reconcile", "--json", *files)).output.splitlines()
        )
        if "table" in one
    ]
    assert ("inbox_counts", False) == (line["table"], line["repaired"])
    repaired = await run("audit", "reconcile", "--repair", *files, lang="zh")
    assert (0, True) == (repaired.exit_code, "已修复：inbox_counts" in repaired.output)
    assert 0 == (await run("audit", "reconcile", *files)).exit_code


async def test_a_line_of_json_for_each_platform(
    run: Run, engine: AsyncEngine, files: tuple[str, str]
) -> None:
    """Programs get the rows, the columns and the events as data."""
    await write_register(engine, recorded(SHORT))
    result = await run("audit", "reconcile", *files, "--json")
    much, short = map(json.loads, result.output.splitlines())
    assert (False, True) == (much["agrees"], short["agrees"])
    row = next(d for d in much["differences"] if d["table"] == "log_entries")
    assert "missing" == row["what"]
    assert row["event"].startswith(f"platform:{MUCH} run ")


async def test_bad_input_is_answered_in_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id that is none, a file that is no history: exit code 2; no server: 4; never a traceback."""
    (tmp_path / "no.json").write_text("[]")
    assert 2 == (await run("audit", "reconcile", "p/1")).exit_code
    result = await run("audit", "reconcile", "--files", str(tmp_path / "no.json"))
    assert (2, True) == (result.exit_code, "no.json" in result.output)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert 4 == (await run("audit", "reconcile")).exit_code


async def test_one_byte_of_an_archived_history(run: Run, engine: AsyncEngine) -> None:
    """Whichever byte: the run is named, because its SHA-256 is not the one that was archived."""
    await write_register(engine, recorded(SHORT))
    archive = PostgresArchive(engine)
    for history in recorded(SHORT):
        await archive.keep(history)
    assert 0 == (await run("audit", "reconcile", "--from", "archive")).exit_code
    victim = recorded(SHORT)[1]
    content = bytearray(victim.content)
    content[content.index(b'"identity":"') + 12] ^= 1  # of no case: only the SHA-256 holds it
    c = archived_histories.c
    async with engine.begin() as connection:
        await connection.execute(
            update(archived_histories)
            .where(c.run_id == victim.run_id)
            .values(content=gzip.compress(bytes(content)))
        )
    [found] = [one async for one in reconcile(engine, archive, (SHORT,))]
    assert not found.agrees
    assert any(
        victim.run_id in problem.where and "SHA-256" in problem.words.en
        for problem in found.problems
    )
    shown = await run("audit", "reconcile", "--from", "archive")
    assert (1, True) == (
        shown.exit_code,
        f"{victim.workflow_id} run {victim.run_id}" in shown.output,
    )


async def test_rebuild_into_an_empty_database(
    run: Run,
    engine: AsyncEngine,
    files: tuple[str, str],
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tables are made, all rows come out as they were; where there is something it is refused."""
    await write_register(engine, [*recorded(MUCH), *recorded(SHORT)])
    refused = await run("register", "rebuild", *files)
    assert (2, True) == (refused.exit_code, "platforms has rows" in refused.output)
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    result = await run("register", "rebuild", *files)
    assert (0, True) == (result.exit_code, "✓ 2 platforms with " in result.output)
    fresh = create_engine(empty_database_url)
    rebuilt = await everything(fresh)
    await fresh.dispose()
    assert await everything(engine) == rebuilt | {"access_log": []}


async def test_rebuild_says_what_it_leaves_out(
    run: Run, engine: AsyncEngine, files: tuple[str, str]
) -> None:
    """A platform whose histories do not hold is named with the reason, and the exit code is 1."""
    drop(files[1], f"platform--{MUCH}--term-1--assessment-1*")
    result = await run("register", "rebuild", *files)
    assert 1 == result.exit_code
    assert f"✗ {MUCH} · left out" in result.output
    assert "1 platform with " in result.output
    async with engine.connect() as connection:
        assert [SHORT] == list((await connection.execute(select(terms.c.platform_id))).scalars())


async def test_the_register_is_still_listed_by_its_name_alone(
    run: Run, engine: AsyncEngine
) -> None:
    """`pingtai register` with or without options lists, as it always did."""
    await write_register(engine, recorded(SHORT))
    for args in ((), ("--district", "haidian"), ("list",), ("list", "--district", "haidian")):
        result = await run("register", *args)
        assert (0, True) == (result.exit_code, SHORT in result.output)
    assert "rebuild" in (await run("register", "--help")).output


@pytest.mark.parametrize(
    ("typed", "begun", "offered"),
    [
        (["register"], "re", ["rebuild"]),
        (["register"], "--dis", ["--district"]),
        (["register", "--overdue"], "--sta", ["--stage"]),
        (["list"], "", ["certificate", "document", "one", "publish"]),
        (["audit"], "rec", ["receipt", "reconcile"]),
    ],
)
def test_the_shell_completes_a_group_and_its_usual_command(
    typed: list[str], begun: str, offered: list[str]
) -> None:
    """The names of the group's commands, and the options of the one that is meant without a name."""
    completion = BashComplete(pingtai, {}, "pingtai", "_PINGTAI_COMPLETE")
    assert offered == [item.value for item in completion.get_completions(typed, begun)]
