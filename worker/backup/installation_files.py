"""What an installation has beside its two databases: the archive's folder, and the files that settings name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from starter.desk.profile_file import profile_path
from starter.roster.roster_origin import EXAMPLE_KEYS
from worker.backup.backup_file import ARCHIVE, HOME, SETTINGS
from workflows.words import Words

PAYLOAD_KEYS, TERM_KEYS = "PINGTAI_PAYLOAD_KEYS", "PINGTAI_TERM_KEYS"
PROFILE, ARCHIVE_SETTING = "PINGTAI_PROFILE", "PINGTAI_ARCHIVE"
_FILES = ("PINGTAI_NOTICES", "PINGTAI_TIMESTAMP_CERTIFICATES")
_OF_HOME = ("temporal.port", "notices.jsonl", "notices.jsonl.*")
_EXAMPLES = f"{EXAMPLE_KEYS}/*"
_TOLD = (
    *_FILES,
    PAYLOAD_KEYS,
    TERM_KEYS,
    ARCHIVE_SETTING,
    "PINGTAI_TIMESTAMP_URL",
    "PINGTAI_BUILD_ID",
    "PINGTAI_METRICS_ADDRESS",
    "PINGTAI_TEMPORAL_PORT",
    "PINGTAI_HTTP_ADDRESS",
    "PINGTAI_HTTP_HOSTS",
    "PINGTAI_HTTP_PROXIES",
    "PINGTAI_PUBLIC_URL",
    "PINGTAI_WEBHOOK_HOSTS",
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
    "TEMPORAL_PROFILE",
)
"""Settings that a backup names; none of them holds a secret."""


class Kept(NamedTuple):
    """A file or folder of the installation, and where it stands in a backup."""

    setting: str
    """The environment variable that names it."""
    path: Path
    name: str


def kept_files(*, keys: bool) -> Iterator[Kept]:
    """Find what settings name, as far as it is there; `keys`: with those that encrypt payloads."""
    for setting in (*_FILES, PROFILE, *((PAYLOAD_KEYS, TERM_KEYS) if keys else ())):
        path = setting_path(setting)
        if path and path.exists():
            yield Kept(setting, path, f"{SETTINGS}/{setting}/{path.name}")


def setting_path(setting: str) -> Path | None:
    """The file or folder that a setting names, or that is meant without it; None: there is none."""
    if setting == PROFILE:
        return profile_path()
    masters = _path(PAYLOAD_KEYS)
    if setting == TERM_KEYS and masters:
        return _path(TERM_KEYS) or masters.with_name(f"{masters.stem}.terms")
    return _path(setting)


def archive_folder() -> Path | None:
    """The folder in which histories are archived; None where that is PostgreSQL, or another place."""
    return _path(ARCHIVE_SETTING)


def environment() -> dict[str, str]:
    """The settings of this process, without secrets."""
    return {name: os.environ[name] for name in _TOLD if os.environ.get(name)}


def not_ours(home: Path, *, keys: bool) -> Iterator[Words]:
    """Say of what the home has and settings name why it is not in a backup."""
    if not keys and any(home.glob(_EXAMPLES)):
        yield Words(
            "the keys of example people (--without-keys): nobody signs for them without these",
            "示例人员的密钥（--without-keys）：没有密钥，无法以示例人员名义签名",
        )
    archive = os.environ.get(ARCHIVE_SETTING, "")
    if archive and archive_folder() is None:
        yield Words(
            f"the archive at {archive}: that place has backups of its own",
            f"归档位于 {archive}：由该处自行备份",
        )
    masters = os.environ.get(PAYLOAD_KEYS, "")
    if masters and not keys:
        yield Words(
            "the keys of payloads (--without-keys): nobody reads Temporal's part without them",
            "载荷密钥（--without-keys）：没有密钥，无法读取 Temporal 部分",
        )
    elif masters and _path(PAYLOAD_KEYS) is None:
        yield Words(
            f"the master keys of {masters}: they are in a key management system",
            f"主密钥 {masters}：由密钥管理服务保存",
        )


def copy_files(staging: Path, home: Path, *, keys: bool) -> None:
    """Copy what settings name, and the small files of the home."""
    for kept in kept_files(keys=keys):
        copy_new(kept.path, staging / kept.name)
    for pattern in (*_OF_HOME, *((_EXAMPLES,) if keys else ())):
        for path in home.glob(pattern):
            copy_new(path, staging / HOME / path.relative_to(home))


def copy_archive(staging: Path) -> None:
    """Copy the files of the archive that are not copied yet.

    Called before the register is dumped and again afterwards: a part of a history is removed when a longer
    one is there, and the dump may name either.
    """
    folder = archive_folder()
    if folder and folder.is_dir():
        copy_new(folder, staging / ARCHIVE)


def copy_new(source: Path, target: Path) -> None:
    """Copy a file or a folder; what is there already stays. What vanishes meanwhile is left out."""
    if source.is_dir():
        for path in source.rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                copy_new(path, target / path.relative_to(source))
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not target.exists():
        with suppress(FileNotFoundError):
            shutil.copyfile(source, target)


def _path(setting: str) -> Path | None:
    """The absolute path that a setting names; None where it names another place, or nothing."""
    given = os.environ.get(setting, "")
    path = Path(given.removeprefix("file://")) if given else None
    return path if path and path.is_absolute() else None
