# ruff: noqa: ASYNC240 - a test waits for nobody's files
"""Restoring: into an empty home, all of it checked first, and nothing of anybody's written over."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from db.file_lock import held_alone
from starter.errors import BadInput, PingtaiError
from starter.roster.example_roster import key_path, made_key
from tests.backup.test_backup_file import damage
from worker.backup.backup_file import open_backup
from worker.backup.making import make_backup
from worker.backup.restoring import restore_backup
from worker.stack_survey import lock_file, note_starter
from worker.unfinished_restore import refuse_unfinished, unfinished_file


@pytest.fixture
async def backup(home: Path, tmp_path: Path) -> Path:
    """A backup of the home."""
    (home / "notices.jsonl").write_text("{}\n")
    return (await make_backup(tmp_path / "backups", home)).path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An empty home."""
    folder = tmp_path / "other"
    folder.mkdir()
    return folder


async def test_into_an_empty_home(
    backup: Path, target: Path, register: Path, histories: Callable[[Path], list[str]]
) -> None:
    """Both parts and the small files are there, and nothing else."""
    register.write_text("lost")
    found = await restore_backup(backup, target)
    assert ["applied"] == histories(target / "temporal" / "temporal.sqlite")
    assert "the register" == register.read_text()
    assert {"temporal", "notices.jsonl", "up.lock"} == {path.name for path in target.iterdir()}
    assert found.aside is None
    refuse_unfinished(target)


async def test_a_system_that_is_tried_can_be_tried_again(
    home: Path, tmp_path: Path, target: Path
) -> None:
    """The keys of its example people come back, for their owner only; or the backup says that they do not."""
    made_key("demo-01", home)
    with_keys = await make_backup(tmp_path / "with", home)
    without = await make_backup(tmp_path / "without", home, keys=False)
    await restore_backup(with_keys.path, target)
    restored = key_path("demo-01", target)
    assert key_path("demo-01", home).read_bytes() == restored.read_bytes()
    assert 0o600 == restored.stat().st_mode & 0o777
    assert () == with_keys.manifest.left_out
    assert not any("example-keys" in one.name for one in without.manifest.files)
    assert ["示例人员的密钥（--without-keys）" in zh for _, zh in without.manifest.left_out] == [
        True
    ]


async def test_a_home_with_something_in_it(
    backup: Path, home: Path, histories: Callable[[Path], list[str]]
) -> None:
    """It is refused, or kept aside whole."""
    with pytest.raises(BadInput, match="is not empty"):
        await restore_backup(backup, home)
    (home / "own").write_text("mine")
    found = await restore_backup(backup, home, replace=True)
    assert found.aside
    assert "mine" == (found.aside / "own").read_text()
    assert ["applied"] == histories(home / "temporal" / "temporal.sqlite")


async def test_a_running_system_is_refused(backup: Path, target: Path) -> None:
    """Also with --replace; so is one that begins to run meanwhile."""
    note_starter(target)
    with pytest.raises(BadInput, match="a system runs under"):
        await restore_backup(backup, target, replace=True)
    lock_file(target).unlink()
    with held_alone(lock_file(target)), pytest.raises(BadInput, match="a system runs under"):
        await restore_backup(backup, target)


async def test_a_damaged_backup_changes_nothing(backup: Path, home: Path) -> None:
    """All of it is checked before the first file is written, or the old home moved aside."""
    damage(backup)
    before = sorted(home.rglob("*"))
    with pytest.raises(BadInput):
        await restore_backup(backup, home, replace=True)
    assert before == sorted(home.rglob("*"))
    assert [] == list(home.parent.glob(f"{home.name}.before-*"))


async def test_a_restore_that_was_cut_off(
    backup: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    histories: Callable[[Path], list[str]],
) -> None:
    """Nothing starts on half a system; it is said where the old one is, and the next restore begins anew."""

    def fails(url: str, dump: Path) -> None:
        raise PingtaiError("pg_restore: no space", "pg_restore：空间不足")

    with monkeypatch.context() as full:
        full.setattr("worker.backup.restoring.read_back", fails)
        with pytest.raises(PingtaiError) as failed:
            await restore_backup(backup, home, replace=True)
    assert "nothing starts there until `pingtai restore` has run again" in failed.value.__notes__[0]
    assert f"{home.name}.before-" in failed.value.__notes__[0]
    with pytest.raises(BadInput, match="was cut off"):
        refuse_unfinished(home)
    await restore_backup(backup, home)
    refuse_unfinished(home)
    assert not unfinished_file(home).exists()
    assert ["applied"] == histories(home / "temporal" / "temporal.sqlite")


async def test_what_stands_outside_the_home(
    home: Path, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes to where settings say if nothing is there, else into the home; nothing is written over."""
    archive, notices = tmp_path / "archive", tmp_path / "notices.toml"
    (archive / "platform--p-1").mkdir(parents=True)
    (archive / "platform--p-1" / "run.json.gz").write_bytes(b"history")
    notices.write_text("old")
    monkeypatch.setenv("PINGTAI_ARCHIVE", str(archive))
    monkeypatch.setenv("PINGTAI_NOTICES", str(notices))
    backup = (await make_backup(tmp_path / "backups", home)).path
    os.rename(archive, tmp_path / "lost")  # noqa: PTH104
    notices.write_text("newer")
    found = await restore_backup(backup, target)
    assert b"history" == (archive / "platform--p-1" / "run.json.gz").read_bytes()
    aside = target / "restored" / "PINGTAI_NOTICES" / "notices.toml"
    assert ("newer", "old") == (notices.read_text(), aside.read_text())
    assert [("archive", archive), ("PINGTAI_NOTICES", aside)] == found.put
    [words] = found.by_hand
    assert (
        f"{aside} is the backup's copy. {notices} (PINGTAI_NOTICES) has other content" in words.en
    )
    assert f"{aside} 是备份中的副本" in words.zh and str(notices) in words.zh
    assert 0o700 == archive.stat().st_mode & 0o777
    again = tmp_path / "again"
    again.mkdir()
    (archive / "platform--p-1" / ".run.json.gz.part").write_bytes(b"ha")  # of one that was cut off
    assert ("archive", archive) in (await restore_backup(backup, again)).put
    (archive / "platform--p-1" / "run.json.gz").write_bytes(b"another")
    third = tmp_path / "third"
    third.mkdir()
    found = await restore_backup(backup, third)
    assert ("archive", third / "restored" / "archive") in found.put
    assert any(f"{archive} (PINGTAI_ARCHIVE)" in one.en for one in found.by_hand)
    monkeypatch.delenv("PINGTAI_ARCHIVE")
    monkeypatch.setenv("PINGTAI_NOTICES", str(tmp_path / "sealed" / "notices.toml"))
    fourth = tmp_path / "fourth"
    fourth.mkdir()
    (tmp_path / "sealed").mkdir()
    monkeypatch.setattr("worker.backup.restoring.os.access", lambda *_: False)
    unset, sealed = (await restore_backup(backup, fourth)).by_hand
    assert "set PINGTAI_ARCHIVE to where you keep it" in unset.en
    assert "which cannot be written: put it there" in sealed.en and "该处不可写" in sealed.zh


async def test_a_register_of_ones_own(
    home: Path, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, register: Path
) -> None:
    """What was in DATABASE_URL is not written there: the dump is left, with what to do."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://pingtai@db.internal/pingtai")
    backup = (await make_backup(tmp_path / "backups", home)).path
    with open_backup(backup) as opened:
        assert opened.manifest.external_register
    register.write_text("of others")
    found = await restore_backup(backup, target)
    assert "of others" == register.read_text()
    assert "the register" == (target / "register.dump").read_text()
    assert "pg_restore --no-owner" in found.by_hand[0].en


async def test_keys_that_were_erased_since(
    home: Path, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup does not bring back the keys of a term that were destroyed: their payloads stay unreadable."""
    monkeypatch.setenv("PINGTAI_PAYLOAD_KEYS", str(tmp_path / "keys" / "k.json"))
    of_terms = tmp_path / "keys" / "k.terms" / "p-1"
    of_terms.mkdir(parents=True)
    (tmp_path / "keys" / "k.json").write_text("{}")
    for name in ("term-1.2026.json", "term-2.2026.json"):
        (of_terms / name).write_text("{}")
    backup = (await make_backup(tmp_path / "backups", home)).path
    (of_terms / "term-1.2026.json").unlink()
    (of_terms / "term-2.2026.json").unlink()
    (of_terms / "term-1.erased").write_text("{}")
    await restore_backup(backup, target)
    assert {"term-1.erased", "term-2.2026.json"} == {path.name for path in of_terms.iterdir()}
