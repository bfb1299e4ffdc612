"""Files that are evidence: there whole or not at all, and never written over another."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starter.error_reasons import reason_of
from starter.errors import BadInput


def cannot_read(what: object, error: Exception) -> BadInput:
    """Say that a file cannot be read, and why."""
    why = reason_of(error)
    return BadInput(f"{what} cannot be read: {why.en}", f"无法读取 {what}：{why.zh}")


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet.

    Raises:
        BadInput: it is there already, or cannot be written.
    """
    try:
        with _written(path, content) as draft:
            os.link(draft, path)  # fails where there is one: it is not written over
    except FileExistsError:
        raise BadInput(
            f"{path} already exists and is not overwritten: give another name",
            f"{path} 已存在，不予覆盖：请另起名称",
        ) from None
    except OSError as error:
        raise _cannot_write(path, error) from None


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file that everybody may read, in the place of the one before.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        with _written(path, content) as draft:
            draft.chmod(0o644)
            draft.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from None


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """A draft beside a file, with its content, on the disk; it is gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder be on the disk: a file's own `fsync` does not see to its name."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _cannot_write(path: Path, error: OSError) -> BadInput:
    why = reason_of(error)
    return BadInput(f"{path} cannot be written: {why.en}", f"无法写入 {path}：{why.zh}")


def read_bounded(path: Path, largest: int) -> bytes:
    """A file's bytes.

    Raises:
        BadInput: it cannot be read, or is larger than may be.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise cannot_read(path, error) from None
    if len(content) > largest:
        raise BadInput(f"{path} is larger than {largest:,} bytes", f"{path} 超过 {largest:,} 字节")
    return content
