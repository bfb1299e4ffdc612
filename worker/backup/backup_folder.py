"""The folder in which backups stand: their names, what was left half-made, and how many are kept."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from audit.evidence_files import sync_folder
from db.file_lock import held_alone
from starter.error_reasons import reason_of
from starter.errors import BadInput
from worker.backup.backup_file import Manifest, open_backup

_NAME = re.compile(r"pingtai-\d{8}T\d{6}Z(-\d+)?\.zip")
_LOCK = ".pingtai-backup.lock"
_HALF_MADE = ".pingtai-*.part"


@contextmanager
def backup_folder(folder: Path) -> Iterator[int]:
    """Hold a folder for one backup at a time; yields how many half-made ones were removed.

    Raises:
        BadInput: another backup is being made there, or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held_alone(folder / _LOCK) as alone:
            if not alone:
                raise BadInput(
                    f"another backup is being made in {folder}: wait for it",
                    f"{folder} 中正在进行另一次备份，请等待其完成",
                )
            yield _remove_half_made(folder)
    except OSError as error:
        why = reason_of(error)
        raise BadInput(
            f"{folder} cannot be used: {why.en}", f"无法使用 {folder}：{why.zh}"
        ) from None


def staging_of(folder: Path, target: Path) -> Path:
    """The folder in which the files of a backup are gathered; its name says that it is half-made."""
    staging = folder / f".{target.stem}.part"
    staging.mkdir(mode=0o700)
    return staging


def new_name(folder: Path, at: datetime) -> Path:
    """The name of a new backup; those of one second are numbered."""
    stem = f"pingtai-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    last = max((_order(path)[1] for path in folder.glob(f"{stem}*.zip")), default=0)
    return folder / f"{stem}{f'-{last + 1}' if last else ''}.zip"


def backups_in(folder: Path) -> list[Path]:
    """The backups in a folder, the newest first."""
    found = (path for path in folder.glob("pingtai-*.zip") if _NAME.fullmatch(path.name))
    return sorted(found, key=_order, reverse=True)


def rotate_backups(folder: Path, keep: int, made: Manifest) -> list[Path]:
    """Remove the oldest backups of one installation beyond `keep`; returns which.

    Those of other installations stay, and what cannot be read: it may be all that there is.
    """
    own = [path for path in backups_in(folder) if _is_of(path, made)]
    for path in own[keep:]:
        path.unlink()
    sync_folder(folder)
    return own[keep:]


def _order(path: Path) -> tuple[str, int]:
    stem, _, number = path.stem.removeprefix("pingtai-").partition("-")
    return stem, int(number or 1)


def _is_of(path: Path, made: Manifest) -> bool:
    try:
        with open_backup(path) as other:
            return (other.manifest.host, other.manifest.home) == (made.host, made.home)
    except BadInput:
        return False


def _remove_half_made(folder: Path) -> int:
    found = list(folder.glob(_HALF_MADE))
    for path in found:
        shutil.rmtree(path)
    return len(found)
