"""Files of keys: from their first byte only their owner may read them, and they are whole or not there."""

import os
import stat
from pathlib import Path

from starter.error_reasons import reason_of
from workflows.errors import BadInput

_LARGEST = 64 * 1024


def write_secret(path: Path, content: bytes, *, new: bool = False) -> None:
    """Write a file that only its owner may read; it is there whole or not at all.

    Raises:
        FileExistsError: with `new`, where there is such a file already.
        BadInput: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.urandom(6).hex()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(part, path)
        else:
            part.replace(path)
    except FileExistsError:
        raise
    except OSError as error:
        why = reason_of(error)
        raise BadInput(
            f"{path} cannot be written: {why.en}", f"无法写入 {path}：{why.zh}"
        ) from None
    finally:
        part.unlink(missing_ok=True)


def others_may_read(mode: int) -> bool:
    """Return whether what has this mode is a file that others than its owner may read or write."""
    return stat.S_ISREG(mode) and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def read_secret(path: Path) -> bytes:
    """Read a small file that nobody but its owner may read.

    Raises:
        FileNotFoundError: it is not there.
        BadInput: others may read it, it is too large, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = reason_of(error)
        raise BadInput(f"{path} cannot be read: {why.en}", f"无法读取 {path}：{why.zh}") from None
    if others_may_read(about.st_mode):
        raise BadInput(
            f"others may read {path}: chmod 600 {path}", f"其他用户可读 {path}：chmod 600 {path}"
        )
    if len(content) > _LARGEST:
        raise BadInput(f"{path} is too large", f"{path} 过大")
    return content
