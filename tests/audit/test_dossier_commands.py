"""The commands around a dossier, as they are typed: made, checked, proved, listed, with exit codes."""

import asyncio
import json
import zipfile
from pathlib import Path

import pytest
from click import unstyle
from rich.cells import cell_len
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.access_log import list_accesses
from audit.archive.archive_contents import PostgresArchive
from audit.dossier.package import pack, unpack
from db.tables import terms
from starter.terminal import screen
from tests.audit.lives import FOLDER, MUCH, files_of, recorded, write_register
from tests.audit.typed_commands import Run
from tests.nobody import be_nobody


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    """No test depends on who runs it: English, an empty home, this test's register."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def archived(engine: AsyncEngine) -> AsyncEngine:
    """A register and an archive with one platform."""
    await write_register(engine, recorded(MUCH))
    archive = PostgresArchive(engine)
    for history in recorded(MUCH):
        await archive.keep(history)
    return engine


async def test_a_dossier_from_the_archive_is_made_proved_and_checked(
    run: Run, archived: AsyncEngine, tmp_path: Path
) -> None:
    """No Temporal is needed. It holds, agrees with the register, stands in the digest; who made it is noted."""
    (tmp_path / "profile.toml").write_text(
        'id = "auditor-7"\n[[roles]]\nrole = "commission"\norganisation = "市科委、中关村管委会"\n'
    )
    assert (await run("digest", "make", "--day", "2029-12-31")).exit_code == 0
    result = await run("dossier", MUCH, "--from", "archive", "-o", "d.zip")
    assert (result.exit_code, "; the digest of 2029-12-31 vouches for" in result.output) == (
        0,
        True,
    )
    with zipfile.ZipFile("d.zip") as packed:
        manifest = json.loads(packed.read("manifest.json"))
        assert "the register agrees" in packed.read("report.en.html").decode()
    assert (manifest["register_differs"], manifest["made_by"]) == ([], "auditor-7")
    assert manifest["guideline"]["number"] == "京科发〔2023〕25号"
    assert (await run("digest", "export", "-o", "digests.jsonl")).exit_code == 0
    checked = await run("verify", "d.zip", "--digests", "digests.jsonl", "--json")
    said = json.loads(checked.output)
    assert (checked.exit_code, said["holds"], said["problems"]) == (0, True, [])
    assert "anchor" in said["checked"]
    rows = await list_accesses(archived, platform_id=MUCH)
    assert [(row.what, row.actor_id) for row in rows] == [
        ("dossier written", "auditor-7"),
        ("dossier", "auditor-7"),
    ]
    again = await run("dossier", MUCH, "--from", "archive", "-o", "d.zip")
    assert (again.exit_code, "already exists" in again.output) == (2, True)
    listed = await run("access", "list", MUCH, "--who", "auditor-7", "--limit", "2")
    assert "dossier" in listed.output
    assert "Next: --before" in listed.output
    assert len(json.loads((await run("access", "list", "--json")).output)) == 3
    for lang, words in (("en", "No such access was recorded"), ("zh", "没有符合条件的查阅记录")):
        assert words in (await run("access", "list", "--who", "nobody", lang=lang)).output


async def test_a_register_that_differs_stands_in_the_dossier(
    run: Run, archived: AsyncEngine
) -> None:
    """The record is whole all the same: the report says that the register is not what it says."""
    async with archived.begin() as connection:
        await connection.execute(update(terms).values(certificate_number="FALSE-1"))
    assert (await run("dossier", MUCH, "--from", "archive", "-o", "d.zip")).exit_code == 0
    with zipfile.ZipFile("d.zip") as packed:
        page = packed.read("report.en.html").decode()
    assert "the register differs: terms term 1: changed (certificate_number)" in page
    assert (await run("verify", "d.zip")).exit_code == 0


async def test_nothing_but_a_folder_of_files(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An auditor who has only histories makes and checks a dossier; no database is asked."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    made = await run("dossier", MUCH, "--files", str(FOLDER / "0.1.0"), "--json")
    said = json.loads(made.output)
    assert (made.exit_code, said["holds"], said["file"]) == (0, True, f"{MUCH}.zip")
    chinese = await run("verify", f"{MUCH}.zip", lang="zh")
    assert (chinese.exit_code, "✓ 哈希链与重放一致；没有摘要佐证。" in chinese.output) == (0, True)


async def test_a_dossier_that_was_changed_is_refused_in_words(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1; the file and the entry are named, in both languages, within 80 columns."""
    await run("dossier", MUCH, *files_of(MUCH), "-o", "d.zip")
    files = unpack(Path("d.zip"))
    log = "logs/term-1.jsonl"
    changed = files[log].replace(b'"id":"', b'"id":"x', 2)
    await asyncio.to_thread(Path("bad.zip").write_bytes, pack(files | {log: changed}))
    for lang, words in (
        ("en", ("NOT whole", "entry 1 was changed after it was written")),
        ("zh", ("记录有误", "第 1 条写成后被改动")),
    ):
        result = await run("verify", "bad.zip", lang=lang)
        assert result.exit_code == 1
        assert "logs/term-1.jsonl" in result.output
        assert [one for one in words if one not in result.output] == []
    await asyncio.to_thread(Path("added.zip").write_bytes, pack(files | {"note.txt": b"x"}))
    assert "NOT whole: 1 problem." in (await run("verify", "added.zip")).output
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    drawn = await run("verify", "bad.zip")
    assert max(cell_len(line) for line in unstyle(drawn.output).splitlines()) <= 80
    said = json.loads((await run("verify", "bad.zip", "--json")).output)
    assert {one["where"] for one in said["problems"]} == {"logs/term-1.jsonl"}


async def test_digests_proofs_and_the_register(run: Run, archived: AsyncEngine) -> None:
    """Made, listed, exported with leaves, proved, checked; a past that was rewritten gives exit code 1."""
    empty = await run("digest", "check")
    assert (empty.exit_code, "No digest" in empty.output) == (2, True)
    for day in ("2027-06-01", "2029-12-31"):
        assert (await run("digest", "make", "--day", day)).exit_code == 0
    assert len(json.loads((await run("digest", "list", "--json")).output)) == 2
    written = await run("digest", "export", "-o", "digests.jsonl")
    assert "digests.jsonl: 2 digests" in written.output
    await run("digest", "export", "--leaves", "2029-12-31", "-o", "leaves.jsonl")
    alone = await run("verify", "digests.jsonl")
    assert (alone.exit_code, "The roots themselves were not recomputed" in alone.output) == (
        0,
        True,
    )
    await _the_root_is_whole(run)
    proved = await run("prove", MUCH, "--day", "2029-12-31", "-o", "proof.json")
    assert (proved.exit_code, "5 logs" in proved.output) == (0, True)
    for file in ("digests.jsonl", "leaves.jsonl", "proof.json"):
        held = await run("verify", file, "--digests", "digests.jsonl")
        assert (held.exit_code, "✓ Verified." in held.output) == (0, True)
    assert (await run("digest", "check", "--digests", "digests.jsonl")).exit_code == 0
    async with archived.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE log_entries SET hash = repeat('0', 64) WHERE seq = 4 AND year = 1"
        )
        await connection.exec_driver_sql("DELETE FROM log_entries WHERE seq = 4 AND opening = 2")
        await connection.exec_driver_sql("DELETE FROM digests WHERE day = '2027-06-01'")
    result = await run("digest", "check", "--digests", "digests.jsonl")
    assert result.exit_code == 1
    assert f"✗ {MUCH}, term 1, year 1, opening 1: entry 4 had the hash" in result.output
    assert f"✗ {MUCH}, term 1, year 2, opening 2: entry 4 was in it" in result.output
    assert "✗ the digest of 2027-06-01 was published, and is gone" in result.output


async def _the_root_is_whole(run: Run) -> None:
    """On a terminal of 80 columns the number to print stands on a line of its own."""
    roots = [one["root"] for one in json.loads((await run("digest", "list", "--json")).output)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "watched", lambda stream: True)
        patch.setenv("COLUMNS", "80")
        patch.setenv("PAGER", "cat")
        for lang in ("en", "zh"):
            lines = unstyle((await run("digest", "list", lang=lang)).output).splitlines()
            assert roots == [line.strip() for line in lines if line.strip() in roots]
            assert max(map(cell_len, lines)) <= 80


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("verify", "nowhere.zip"), 2, "cannot be read"),
        (("verify", str(FOLDER / "record.py")), 2, "is not a dossier, proof or digest of ours"),
        (("dossier", "nobody", "--from", "archive"), 2, "No history of nobody"),
        (("dossier", "no/platform"), 2, "No platform is called"),
        (("prove", MUCH, "--day", "2029-12-31"), 2, "No digest of 2029-12-31"),
        (("prove", MUCH), 2, "--day"),
        (("digest", "make", "--day", "2199-01-01"), 2, "is not over"),
        (("digest", "export", "--leaves", "2029-12-31"), 2, "No digest"),
        (("verify", "x", "--digests", str(FOLDER / "record.py")), 2, "holds no digests"),
    ],
)
async def test_what_cannot_be_done_is_said(
    run: Run, args: tuple[str, ...], code: int, words: str
) -> None:
    """In a line, with what to do; never a traceback."""
    result = await run(*args)
    assert (result.exit_code, words in result.output) == (code, True), result.output


async def test_no_zip_of_anybodys_brings_it_down(run: Run, tmp_path: Path) -> None:
    """Not a dossier, a manifest that is none, a name twice, a bomb: words and exit code 2."""
    for number, (name, content) in enumerate(
        [("hello.txt", b"x"), ("manifest.json", b"[]"), ("manifest.json", b"\xff" * 10)]
    ):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(name, content)
        assert (await run("verify", path.name)).exit_code == 2
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    for lang, words in (("en", "no complete zip file: it was cut off"), ("zh", "不是完整的压缩包")):
        cut = await run("verify", "cut.zip", lang=lang)
        assert (cut.exit_code, words in cut.output) == (2, True)
