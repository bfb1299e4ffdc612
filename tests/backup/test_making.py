"""Making a backup: its order, what is not ours, what a full disk and a killed run leave."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from starter.errors import BadInput, PingtaiError, Unreachable
from worker.backup.backup_file import ENGINE, REGISTER, BackupFailed, open_backup
from worker.backup.backup_folder import backups_in
from worker.backup.making import Made, make_backup

PROJECT = Path(__file__).parents[2]


def _add(home: Path, event: str) -> None:
    with closing(sqlite3.connect(home / "temporal" / "temporal.sqlite")) as file:
        file.execute("INSERT INTO history_node VALUES (?)", (event,))
        file.commit()


def _extracted(made: Made, name: str, target: Path) -> Path:
    with open_backup(made.path) as backup:
        backup.extract(name, target)
    return target


async def test_temporal_is_never_older_than_the_register(
    home: Path,
    tmp_path: Path,
    register: Path,
    monkeypatch: pytest.MonkeyPatch,
    histories: Callable[[Path], list[str]],
) -> None:
    """What is decided while the register is dumped is in Temporal's part; its times say the order."""

    def dump(url: str, target: Path) -> None:
        target.write_text(register.read_text())
        _add(home, "decided meanwhile")

    monkeypatch.setattr("worker.backup.making.dump_register", dump)
    made = await make_backup(tmp_path / "backups", home)
    assert ["applied", "decided meanwhile"] == histories(
        _extracted(made, ENGINE, tmp_path / "copy")
    )
    assert "the register" == _extracted(made, REGISTER, tmp_path / "dump").read_text()
    manifest = made.manifest
    assert manifest.register_at and manifest.engine_at
    assert manifest.register_at <= manifest.engine_at


async def test_a_writer_is_not_in_its_way(
    home: Path, tmp_path: Path, histories: Callable[[Path], list[str]]
) -> None:
    """An open transaction neither stops the copy nor is in it; the original is not touched."""
    with closing(sqlite3.connect(home / "temporal" / "temporal.sqlite")) as writer:
        writer.execute("INSERT INTO history_node VALUES ('not committed')")
        made = await make_backup(tmp_path / "backups", home)
        writer.commit()
    assert ["applied"] == histories(_extracted(made, ENGINE, tmp_path / "copy"))


async def test_a_copy_that_does_not_hold_is_no_backup(home: Path, tmp_path: Path) -> None:
    """A damaged original is said, and no backup is there afterwards that looks like one."""
    database = home / "temporal" / "temporal.sqlite"
    with closing(sqlite3.connect(database)) as file:
        file.executemany("INSERT INTO history_node VALUES (?)", [("x" * 900,)] * 100)
        file.commit()
        file.execute("PRAGMA wal_checkpoint(truncate)")
    content = bytearray(database.read_bytes())
    content[3 * 4096 : 3 * 4096 + 200] = os.urandom(200)
    database.write_bytes(content)
    with pytest.raises(BackupFailed) as failed:
        await make_backup(tmp_path / "backups", home)
    assert "there is no earlier one" in failed.value.words.en
    assert [] == backups_in(tmp_path / "backups")


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("dump_register", PingtaiError("pg_dump: No space left", "pg_dump：空间不足")),
        ("copy_engine", sqlite3.OperationalError("database or disk is full")),
        ("pack", OSError(errno.ENOSPC, "No space left on device")),
    ],
)
async def test_a_full_disk_leaves_the_earlier_backups(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    error: Exception,
) -> None:
    """Wherever it fills up: said, nothing half-made remains, and what was there is whole."""
    folder = tmp_path / "backups"
    first = await make_backup(folder, home, keep=1)

    def full(*_: Any) -> None:
        raise error

    monkeypatch.setattr(f"worker.backup.making.{where}", full)
    with pytest.raises(BackupFailed) as failed:
        await make_backup(folder, home, keep=1)
    assert str(error).removeprefix("[Errno 28] ") in failed.value.words.en
    assert f"unchanged: 1 earlier backup, the newest {first.path.name}" in failed.value.words.en
    assert [first.path] == [path for path in folder.iterdir() if not path.name.endswith(".lock")]
    with open_backup(first.path) as backup:
        backup.verify()


async def test_a_register_that_is_away_is_said_so(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code is that of every command whose register does not answer."""

    def away(url: str, target: Path) -> None:
        raise Unreachable("the register is away", "名册无法连接")

    monkeypatch.setattr("worker.backup.making.dump_register", away)
    with pytest.raises(Unreachable) as failed:
        await make_backup(tmp_path / "backups", home)
    assert ["there is no earlier one"] == failed.value.__notes__


_KILLED = """
import asyncio, sys, time
from contextlib import asynccontextmanager
from pathlib import Path
from worker.backup import making

@asynccontextmanager
async def url():
    yield ""

def dump(url, target):
    target.write_text("half")
    print("dumping", flush=True)
    time.sleep(600)

making.register_url, making.dump_register = url, dump
asyncio.run(making.make_backup(Path(sys.argv[1]), Path(sys.argv[2])))
"""


async def test_a_killed_run_leaves_the_earlier_backups(home: Path, tmp_path: Path) -> None:
    """While it runs another one is refused; after kill -9 the next removes what it left, and says so."""
    folder = tmp_path / "backups"
    first = await make_backup(folder, home)
    words = (sys.executable, "-c", _KILLED, str(folder), str(home))
    with subprocess.Popen(words, cwd=PROJECT, stdout=-1, text=True) as half:  # noqa: ASYNC220
        assert half.stdout
        assert "dumping\n" == half.stdout.readline()
        with pytest.raises(BadInput, match="another backup is being made"):
            await make_backup(folder, home)
        half.send_signal(signal.SIGKILL)
    assert [first.path] == backups_in(folder)
    assert 1 == len(list(folder.glob(".pingtai-*.part")))
    second = await make_backup(folder, home)
    assert 1 == second.half_made
    assert [second.path, first.path] == backups_in(folder)
    assert [] == list(folder.glob(".pingtai-*.part"))


async def test_rotation_keeps_the_newest_of_its_own(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others' backups, and what cannot be read, are not ours to remove."""
    folder = tmp_path / "backups"
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("worker.backup.making.socket.gethostname", lambda: "another")
        other = (await make_backup(folder, home)).path
    unreadable = folder / "pingtai-20200101T000000Z.zip"
    unreadable.write_bytes(b"no zip")
    own = [(await make_backup(folder, home, keep=2)) for _ in range(4)]
    left = {other, unreadable, own[2].path, own[3].path}
    assert left == set(backups_in(folder))
    assert [own[1].path] == own[3].removed
    assert own[3].path == backups_in(folder)[0]


async def test_what_is_not_ours_is_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Temporal elsewhere, an archive elsewhere: the rest is backed up, and what is missing is named."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.internal:7233")
    monkeypatch.setenv("PINGTAI_ARCHIVE", "s3://bucket/pingtai")
    manifest = (await make_backup(tmp_path / "backups", home)).manifest
    assert not manifest.has(ENGINE)
    assert manifest.has(REGISTER)
    said = "\n".join(en for en, _ in manifest.left_out)
    assert "they are at temporal.internal:7233, which is not ours to copy" in said
    assert "the archive at s3://bucket/pingtai" in said


async def test_what_settings_name_is_in_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archive, keys, notices, profile; keys only if they are wanted; secrets of the environment never."""
    archive, keys = tmp_path / "archive", tmp_path / "etc" / "payload-keys.json"
    (archive / "platform--p-1").mkdir(parents=True)
    (archive / "platform--p-1" / "run.json.gz").write_bytes(b"history")
    (archive / "platform--p-1" / ".run.part").write_bytes(b"half")
    terms = keys.with_name("payload-keys.terms")
    terms.mkdir(parents=True)
    keys.write_text("{}")
    (terms / "shared.2026.json").write_text("{}")
    monkeypatch.setenv("PINGTAI_ARCHIVE", str(archive))
    monkeypatch.setenv("PINGTAI_PAYLOAD_KEYS", str(keys))
    monkeypatch.setenv("PINGTAI_KEY", "ptk_secret")
    names = {one.name for one in (await make_backup(tmp_path / "a", home)).manifest.files}
    assert {
        "archive/platform--p-1/run.json.gz",
        "settings/PINGTAI_PAYLOAD_KEYS/payload-keys.json",
        "settings/PINGTAI_TERM_KEYS/payload-keys.terms/shared.2026.json",
    } == names - {ENGINE, REGISTER}
    without = (await make_backup(tmp_path / "b", home, keys=False)).manifest
    assert not any("KEYS" in one.name for one in without.files)
    assert any("--without-keys" in en for en, _ in without.left_out)
    assert "ptk_secret" not in without.model_dump_json()
