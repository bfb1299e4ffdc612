"""Make a backup while the system runs: the register first, then Temporal, so that neither order is open.

A case writes its history first and the register afterwards. So the copy of Temporal's file, which begins when
that of the register is complete, holds every entry that the register's has, and the difference of seconds is
mended from the histories (`audit reconcile --repair`). The other way round the register would know decisions
that its Temporal never took: those are lost to the cases, and nothing mends that.
"""

import asyncio
import errno
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from audit.evidence_files import sync_folder
from db.url import database_url
from starter.client.local_stack import read_stack
from starter.client.register_access import register_url
from starter.client.temporal_connection import configured_host
from starter.error_reasons import reason_of
from starter.errors import BadInput, PingtaiError, Unreachable
from starter.terminal.language import say
from worker.backup.backup_file import (
    ENGINE,
    REGISTER,
    BackupFailed,
    Manifest,
    describe,
    open_backup,
    pack,
)
from worker.backup.backup_folder import (
    backup_folder,
    backups_in,
    new_name,
    rotate_backups,
    staging_of,
)
from worker.backup.engine_copy import check_engine, copy_engine
from worker.backup.installation_files import copy_archive, copy_files, environment, not_ours
from worker.backup.register_copy import check_dump, dump_register
from worker.server_lock import DATABASE
from workflows.words import Words, counted


class Made(NamedTuple):
    """A backup that was made and checked."""

    path: Path
    manifest: Manifest
    half_made: int
    """Half-made ones that were found and removed: of runs that were killed."""
    removed: list[Path]
    """Older ones that were removed for the new one."""


async def make_backup(
    folder: Path, home: Path, *, keep: int | None = None, keys: bool = True
) -> Made:
    """Make a backup of what is under a home, and check it; only then it gets its name.

    `keep`: how many of this installation remain. `keys`: with those that encrypt payloads.

    Raises:
        BackupFailed: it could not be made; the earlier ones are as they were.
        BadInput: the folder cannot be used.
        Unreachable: the register does not answer.
    """
    with backup_folder(folder) as half_made:
        target = new_name(folder, datetime.now(UTC))
        staging = staging_of(folder, target)
        try:
            with _explained(folder):
                manifest = await _gather(staging / "files", home, keys=keys)
                await asyncio.to_thread(_finish, staging, manifest, target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        removed = rotate_backups(folder, keep, manifest) if keep else []
    return Made(target, manifest, half_made, removed)


async def _gather(files: Path, home: Path, *, keys: bool) -> Manifest:
    files.mkdir(mode=0o700)  # noqa: ASYNC240 - once
    await asyncio.to_thread(copy_archive, files)
    register_at = datetime.now(UTC)
    async with register_url() as url:
        await asyncio.to_thread(dump_register, url, files / REGISTER)
    await asyncio.to_thread(check_dump, files / REGISTER)
    left_out = list(not_ours(home, keys=keys))
    engine_at, elsewhere = None, _engine_elsewhere(home)
    if elsewhere:
        left_out.append(elsewhere)
    else:
        engine_at = datetime.now(UTC)
        await asyncio.to_thread(copy_engine, home / "temporal" / DATABASE, files / ENGINE)
        await asyncio.to_thread(check_engine, files / ENGINE)
    await asyncio.to_thread(copy_archive, files)
    # After Temporal's part: what it holds is readable with the keys that are there by now.
    await asyncio.to_thread(copy_files, files, home, keys=keys)
    return Manifest(
        version=version("pingtai"),
        host=socket.gethostname(),
        home=str(home),
        register_at=register_at,
        engine_at=engine_at,
        made_at=datetime.now(UTC),
        external_register=database_url() is not None,
        left_out=tuple((words.en, words.zh) for words in left_out),
        environment=environment(),
        files=await asyncio.to_thread(describe, files),
    )


def _finish(staging: Path, manifest: Manifest, target: Path) -> None:
    draft = staging / target.name
    pack(staging / "files", manifest, draft)
    # What was checked by SQLite and PostgreSQL is what was hashed: this sees that the file has just that.
    with open_backup(draft) as written:
        written.verify()
    draft.rename(target)
    sync_folder(target.parent)


def _engine_elsewhere(home: Path) -> Words | None:
    """Say why Temporal's part cannot be copied; None: its file is here."""
    named, stack = configured_host(), read_stack(home)
    if named and not (stack and stack.running and stack.temporal_address == named):
        return Words(
            f"Temporal's histories: they are at {named}, which is not ours to copy. Whoever runs it backs up"
            " its database; the archive holds them as of its last run (`pingtai audit archive --now`)",
            f"Temporal 历史：位于 {named}，不由本系统复制。由其运维方备份数据库；归档保存至最近一次归档时"
            "（pingtai audit archive --now）",
        )
    if not (home / "temporal" / DATABASE).is_file():
        return Words(f"Temporal's histories: {home} has none", f"Temporal 历史：{home} 中没有")
    return None


def _of_system(error: Exception) -> Exception:
    """SQLite's word for a full disk, as the system says it."""
    full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) if full else error


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, PingtaiError) as error:
        earlier = backups_in(folder)
        left, left_zh = "there is no earlier one", "此前没有备份"
        if earlier:
            left = f"unchanged: {counted(len(earlier), 'earlier backup')}, the newest {earlier[0].name}"
            left_zh = f"原有备份 {len(earlier)} 份未受影响，最近一份为 {earlier[0].name}"
        if isinstance(error, BadInput | Unreachable):
            error.add_note(say(Words(left, left_zh)))
            raise
        why = error.words if isinstance(error, PingtaiError) else reason_of(_of_system(error))
        raise BackupFailed(
            f"no backup was made in {folder}: {why.en} ({left})",
            f"未能在 {folder} 完成备份：{why.zh}（{left_zh}）",
        ) from None
