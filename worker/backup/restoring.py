"""Put a backup back: into an empty home, or in the place of one that is kept aside."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from db.embedded import EmbeddedPostgres
from db.file_lock import held_alone
from starter.error_reasons import reason_of
from starter.errors import BadInput, PingtaiError
from starter.terminal.language import say
from worker.backup.backup_file import (
    ARCHIVE,
    ENGINE,
    HOME,
    REGISTER,
    SETTINGS,
    Manifest,
    OpenedBackup,
    open_backup,
)
from worker.backup.engine_copy import check_engine
from worker.backup.installation_files import archive_folder, setting_path
from worker.backup.register_copy import check_dump, read_back
from worker.server_lock import DATABASE
from worker.stack_survey import Condition, lock_file, survey
from worker.unfinished_restore import unfinished_file
from workflows.words import Words

_LOCKS = frozenset(
    ("up.lock", "postgres.lock", "postgres.users", "postgres.server.lock", "lost+found")
)
"""What looking at an empty home leaves there, and a file system of its own has."""
_RESTORED = "restored"


class Restored(NamedTuple):
    """What came of a restore."""

    manifest: Manifest
    aside: Path | None
    """Where the home is now that was there before."""
    put: list[tuple[str, Path]]
    """What stood outside the home: its setting, and where it is now."""
    by_hand: list[Words]
    """What is to be done by people."""


async def restore_backup(path: Path, home: Path, *, replace: bool = False) -> Restored:
    """Restore a backup into a home, after all of it was checked.

    Raises:
        BadInput: the backup does not hold, the home is not empty, or a system runs there.
        PingtaiError: PostgreSQL does not start, or does not take its part.
    """
    with open_backup(path) as backup:
        _refuse_a_running_system(home)
        await asyncio.to_thread(backup.verify)
        aside = _make_room(home, replace=replace)
        with ExitStack() as held, _said_when_broken_off(home, aside):
            if not held.enter_context(held_alone(lock_file(home))):
                raise _runs(home)
            unfinished_file(home).touch(mode=0o600)
            put, by_hand = await asyncio.to_thread(_put_files, backup, home)
            by_hand += await asyncio.to_thread(_put_register, backup, home)
            unfinished_file(home).unlink()
    return Restored(backup.manifest, aside, put, by_hand)


def _refuse_a_running_system(home: Path) -> None:
    found = survey(home)
    runs = found.condition in (Condition.RUNNING, Condition.CHANGING)
    if runs or found.temporal or found.postgres:
        raise _runs(home)


def _runs(home: Path) -> BadInput:
    return BadInput(
        f"a system runs under {home}: stop it first (pingtai stop), or set PINGTAI_HOME to an empty"
        " directory",
        f"{home} 下有系统正在运行：请先停止（pingtai stop），或将 PINGTAI_HOME 设为空目录",
    )


def _make_room(home: Path, *, replace: bool) -> Path | None:
    """Leave an empty home; returns where the one is that was there."""
    if unfinished_file(home).exists():  # all of it is of a restore that was cut off
        for path in home.iterdir():
            if path.name not in _LOCKS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        return None
    if all(path.name in _LOCKS for path in home.iterdir()):
        return None
    if not replace:
        raise BadInput(
            f"{home} is not empty: set PINGTAI_HOME to an empty directory, or add --replace, which keeps"
            " what is there aside",
            f"{home} 不是空目录：请将 PINGTAI_HOME 设为空目录，或加 --replace（原有内容另行保留）",
        )
    aside = home.with_name(f"{home.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    mode = home.stat().st_mode & 0o777
    try:
        home.rename(aside)
    except OSError as error:
        why = reason_of(error)
        raise BadInput(
            f"{home} cannot be renamed to {aside.name}: {why.en}. Set PINGTAI_HOME to an empty directory",
            f"{home} 无法改名为 {aside.name}：{why.zh}。请将 PINGTAI_HOME 设为空目录",
        ) from None
    home.mkdir(mode=mode)
    return aside


@contextmanager
def _said_when_broken_off(home: Path, aside: Path | None) -> Iterator[None]:
    """Say that nothing starts on half a system, and where the one is that was there before."""
    again = Words(
        f"The restore into {home} was broken off: nothing starts there until `pingtai restore` has run again.",
        f"恢复到 {home} 的操作中断：重新运行 pingtai restore 之前，该目录下的系统不会启动。",
    )
    if aside:
        again = Words(
            f"{again.en} What was there is in {aside}.", f"{again.zh}原有内容在 {aside}。"
        )
    try:
        yield
    except OSError as error:
        why = reason_of(error)
        failed = PingtaiError(f"no restore: {why.en}", f"未能恢复：{why.zh}")
        failed.add_note(say(again))
        raise failed from None
    except PingtaiError as error:
        error.add_note(say(again))
        raise


def _put_files(backup: OpenedBackup, home: Path) -> tuple[list[tuple[str, Path]], list[Words]]:
    """Put all but the register in its place; what stood outside of the home only where nothing is."""
    put: dict[str, Path] = {}
    by_hand: list[Words] = []
    for one in backup.manifest.files:
        part, _, rest = one.name.partition("/")
        if one.name == ENGINE:
            target = home / "temporal" / DATABASE
            backup.extract(one.name, target)
            check_engine(target)
        elif part == HOME:
            backup.extract(one.name, home / rest)
        elif part in (ARCHIVE, SETTINGS):
            setting, _, within = rest.partition("/") if part == SETTINGS else (ARCHIVE, "", rest)
            root = put.get(setting) or _place_of(setting, within, home)
            put[setting] = root
            inner = within.partition("/")[2] if part == SETTINGS else within
            backup.extract(one.name, root / inner if inner else root)
    return list(put.items()), by_hand


def _place_of(setting: str, within: str, home: Path) -> Path:
    """Where a file or folder belongs that a setting names: there if nothing is, else in the home."""
    place = archive_folder() if setting == ARCHIVE else setting_path(setting)
    free = place and (not place.exists() or (place.is_dir() and not any(place.iterdir())))
    if place and free and os.access(_first_parent(place), os.W_OK):
        return place
    name = within.partition("/")[0] if setting != ARCHIVE else ""
    return home / _RESTORED / setting / name if name else home / _RESTORED / setting


def _first_parent(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.exists())


def _put_register(backup: OpenedBackup, home: Path) -> list[Words]:
    if not backup.manifest.has(REGISTER):
        return []
    dump = home / REGISTER
    backup.extract(REGISTER, dump)
    check_dump(dump)
    if backup.manifest.external_register:
        return [
            Words(
                f"The register was in a database of your own: restore it there, into an empty one, from"
                f" {dump}: pg_restore --no-owner --dbname=… {dump}",
                f"名册原在自有数据库中：请用 {dump} 恢复到该处的空数据库：pg_restore --no-owner"
                f" --dbname=… {dump}",
            )
        ]
    server = EmbeddedPostgres(home)
    url = server.start()
    try:
        read_back(url, dump)
    finally:
        server.stop()
    dump.unlink()
    return []
