"""Put a backup back: into an empty home, or in the place of one that is kept aside."""

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
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
    BackedUpFile,
    Manifest,
    OpenedBackup,
    is_same,
    open_backup,
)
from worker.backup.engine_copy import check_engine
from worker.backup.installation_files import (
    ARCHIVE_SETTING,
    TERM_KEYS,
    archive_folder,
    setting_path,
)
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
            put = await asyncio.to_thread(_put_files, backup, home)
            by_hand = await asyncio.to_thread(_put_register, backup, home)
            unfinished_file(home).unlink()
    return Restored(backup.manifest, aside, put, [*_copies(put, home), *by_hand])


def _copies(put: Sequence[tuple[str, Path]], home: Path) -> Iterator[Words]:
    """Say of what was put into the home, and belongs elsewhere, why that is, and what people do with it."""
    for setting, copy in put:
        if not copy.is_relative_to(home / _RESTORED):
            continue
        place, name = _belongs(setting), ARCHIVE_SETTING if setting == ARCHIVE else setting
        if place is None:
            yield Words(
                f"{copy} is used by nothing yet: set {name} to where you keep it.",
                f"{copy} 尚未使用：请放到合适位置，并将 {name} 设为该位置。",
            )
        elif place.exists():
            yield Words(
                f"{copy} is the backup's copy. {place} ({name}) has other content, and is what counts: compare"
                " the two, put the copy in its place if that is the right one, and delete it otherwise.",
                f"{copy} 是备份中的副本。现用的是 {place}（{name}），内容不同：请比较两者；应以副本为准的，"
                "用副本替换，否则删除副本。",
            )
        else:
            yield Words(
                f"{copy} belongs to {place} ({name}), which cannot be written: put it there, or set"
                f" {name} to it.",
                f"{copy} 应放到 {place}（{name}），该处不可写：请自行放置，或将 {name} 设为该副本。",
            )


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


def _put_files(backup: OpenedBackup, home: Path) -> list[tuple[str, Path]]:
    """Put all but the register in its place; returns what stood outside of the home, and where it is."""
    outside: dict[str, dict[str, BackedUpFile]] = {}
    for one in backup.manifest.files:
        part, _, rest = one.name.partition("/")
        if one.name == ENGINE:
            target = home / "temporal" / DATABASE
            backup.extract(one.name, target)
            check_engine(target)
        elif part == HOME:
            backup.extract(one.name, home / rest)
        elif part == ARCHIVE:
            outside.setdefault(ARCHIVE, {})[rest] = one
        elif part == SETTINGS:
            setting, _, within = rest.partition("/")
            outside.setdefault(setting, {})[within.partition("/")[2]] = one
    put = []
    for setting, files in outside.items():
        root = _place_of(setting, files, home)
        for inner, one in files.items():
            target = root / inner if inner else root
            if not (is_same(target, one) or (setting == TERM_KEYS and _was_erased(target))):
                backup.extract(one.name, target)
        put.append((setting, root))
    return put


def _place_of(setting: str, files: Mapping[str, BackedUpFile], home: Path) -> Path:
    """Where files belong that a setting names: there, if nothing else is, or else in the home."""
    place = _belongs(setting)
    if place and os.access(_first_parent(place), os.W_OK):
        targets = [(place / inner if inner else place, one) for inner, one in files.items()]
        if all(not target.exists() or is_same(target, one) for target, one in targets):
            return place
    aside = home / _RESTORED / setting
    first = next(iter(files.values())).name.split("/")
    return aside if setting == ARCHIVE else aside / first[2]


def _belongs(setting: str) -> Path | None:
    return archive_folder() if setting == ARCHIVE else setting_path(setting)


def _was_erased(key: Path) -> bool:
    """Whether a term's keys were destroyed since: a backup does not bring back what was erased."""
    return key.with_name(f"{key.name.partition('.')[0]}.erased").exists()


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
