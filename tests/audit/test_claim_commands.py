"""The auditors' commands on forged and on partial records, as they are typed: words and exit codes."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import PostgresArchive
from audit.claims import REASON_UNSEALED
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.timeline import moment_plain, moments_table
from audit.dossier.format import MANIFEST, json_bytes
from audit.dossier.package import pack, unpack
from audit.reading.case_logs import read_runs
from audit.reading.timeline_entries import moments
from tests.audit.forging import started_raw
from tests.audit.lives import MUCH, SHORT, recorded
from tests.audit.test_claims import KEPT
from tests.audit.typed_commands import Run
from tests.nobody import be_nobody
from workflows.log_id import LogId
from workflows.record import EntryKind

NOWHERE = "have no origin"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on who runs it: English, an empty home, no database unless it asks for one."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.chdir(tmp_path)


async def test_a_forged_life_is_found_by_each_command(
    run: Run, engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A raw start with a life that nobody sent, in the archive: four commands name it; none repairs from it."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    await PostgresArchive(engine).keep(started_raw(recorded(SHORT)[1]))
    for words in (("reconcile", SHORT), ("reconcile", SHORT, "--repair"), ("replay", SHORT)):
        found = await run(*words, "--from", "archive")
        assert (found.exit_code, NOWHERE in found.output) == (WRONG, True)
        assert "repaired" not in found.output
    made = await run("dossier", SHORT, "--from", "archive", "-o", "d.zip")
    assert (made.exit_code, NOWHERE in " ".join(made.output.split())) == (WRONG, True)
    held = await run("verify", "d.zip", "--json")
    said = json.loads(held.output)
    assert (held.exit_code, said["conclusion"], said["holds"]) == (WRONG, "broken", False)
    chinese = await run("replay", SHORT, "--from", "archive", lang="zh")
    assert "来历不明" in chinese.output


async def test_not_checked_has_an_exit_code_and_a_name(run: Run, tmp_path: Path) -> None:
    """A dossier of code that nobody knows, whose pages nobody can check: neither whole nor broken."""
    files = await asyncio.to_thread(unpack, KEPT[0])
    manifest = json.loads(files[MANIFEST])
    manifest["code"] |= {"pingtai": "0.9.0", "workflows_sha256": "f" * 64}
    unknown = tmp_path / "unknown.zip"
    packed = pack(files | {MANIFEST: json_bytes(manifest)})
    await asyncio.to_thread(unknown.write_bytes, packed)
    found = await run("verify", str(unknown), "--json")
    said = json.loads(found.output)
    assert (found.exit_code, said["conclusion"], said["holds"]) == (5, "not_checked", False)
    assert NOT_CHECKED == 5
    pages = {"README.txt", "report.en.html", "report.zh.html"}
    assert {one["where"] for one in said["unchecked"]} == pages
    assert (said["coverage"]["covered"], said["coverage"]["entries"]) == (0, 10)
    words = await run("verify", str(unknown))
    assert "? NOT CHECKED: nothing wrong was found" in words.output
    assert "✓ The record is whole" not in words.output
    assert "0 of 10 entries" in words.output
    chinese = await run("verify", str(unknown), lang="zh")
    assert "? 未全部核验" in chinese.output
    older = await run("verify", str(KEPT[0]))
    assert (older.exit_code, "not part of this verdict" in " ".join(older.output.split())) == (
        0,
        True,
    )


async def test_the_report_is_written_by_whoever_verifies(run: Run) -> None:
    """In the language that is asked for, and over no other file."""
    for lang, words in (("en", "Decisions and their basis"), ("zh", "决定及其依据")):
        said = await run("verify", str(KEPT[0]), "--report", f"{lang}.html", lang=lang)
        assert f"{lang}.html" in said.output.splitlines()[-1]
        assert {"en": "the manifest among them", "zh": "含清单"}[lang] in said.output
        page = await asyncio.to_thread(Path(f"{lang}.html").read_text, encoding="utf-8")
        assert words in page
    again = await run("verify", str(KEPT[0]), "--report", "en.html")
    assert (again.exit_code, "already exists" in again.output) == (2, True)
    await asyncio.to_thread(Path("p.json").write_bytes, json_bytes({}))
    proof = await run("verify", "p.json", "--report", "x.html")
    assert (proof.exit_code, "only a dossier has a report" in proof.output) == (2, True)


async def test_a_replay_of_a_part_says_what_it_could_not_check(run: Run, tmp_path: Path) -> None:
    """The runs before are not here: all that is here agrees, and the exit code is not that of "agrees"."""
    later = [one for one in recorded(MUCH) if one.year == 0][1:]
    folder = tmp_path / "part"
    folder.mkdir()
    for history in later:
        (folder / f"{history.run_id}.json").write_bytes(history.content)
    found = await run("replay", "--files", str(folder))
    assert (found.exit_code, "NOT CHECKED" in found.output) == (NOT_CHECKED, True)
    assert "which is not here" in found.output
    chinese = await run("replay", "--files", str(folder), lang="zh")
    assert "未核验" in chinese.output
    said = json.loads((await run("replay", "--files", str(folder), "--json")).output)
    assert {one["checked"] for one in said["runs"]} == {False, True}
    assert {one["sound"] for one in said["runs"]} == {True}


async def test_what_is_unsealed_is_marked_wherever_it_is_shown(run: Run) -> None:
    """The reason of a refusal in the timeline; who made a dossier, and with what, in its verdict."""
    reading = read_runs(SHORT, recorded(SHORT))
    lines = reading.logs[LogId(1)]
    refused = lines[1].entry.model_copy(
        update={"kind": EntryKind.REFUSED, "reason": "§四: too early / 过早"}
    )
    reading.logs[LogId(1)] = (lines[0], replace(lines[1], entry=refused), *lines[2:])
    rows = moments(reading)
    shown = Console(record=True, width=200, file=io.StringIO())
    shown.print(moments_table(reading, rows))
    assert shown.export_text().count(REASON_UNSEALED[0]) == 1
    assert [one["unsealed"] for one in map(moment_plain, rows) if one.get("unsealed")] == [
        ["reason"]
    ]
    verdict = await run("verify", str(KEPT[0]))
    assert verdict.output.count("· unsealed") == 2
    said = json.loads((await run("verify", str(KEPT[0]), "--json")).output)
    assert {"made_by", "made_at"} <= set(said["unsealed"])
    assert MANIFEST not in [one["where"] for one in said["unchecked"]]
