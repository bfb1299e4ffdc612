"""Where an archive may keep its files: a directory, or any place that `fsspec` can reach, such as s3://.

    PINGTAI_ARCHIVE=/srv/pingtai/archive
    PINGTAI_ARCHIVE=s3://bucket/pingtai

Keys and passwords are those of the place's own configuration (for S3 the usual AWS_… variables).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from audit.evidence_files import sync_folder
from starter.error_reasons import reason_of
from starter.errors import BadInput, Unreachable

VARIABLE = "PINGTAI_ARCHIVE"


class Store:
    """A place for files. Its work blocks: call it in a thread.

    What goes wrong there is an OSError, whatever the place is.
    """

    def __init__(self, url: str) -> None:
        """The place of this URL, or directory.

        Raises:
            BadInput: it cannot be one, or a package for it is missing.
        """
        self.url = url.rstrip("/")
        _check(url)
        try:
            self._files, root = fsspec.url_to_fs(self.url)
        except ImportError as error:
            raise BadInput(
                f"{VARIABLE}: a package for {url} is missing: {error}. For s3://: pip install"
                " 'pingtai[s3]'",
                f"{VARIABLE}：缺少 {url} 所需的软件包（{error}）。s3:// 请运行 pip install 'pingtai[s3]'",
            ) from None
        except ValueError as error:
            raise _unusable(str(error)) from None
        self._root = str(root).rstrip("/")

    def put(self, workflow_id: str, name: str, packed: bytes) -> str:
        """Keep a file of a workflow; answers where. It is there whole or not at all."""
        folder = quote(workflow_id, safe=":").replace(":", "--")
        name = f"{folder}/{quote(name, safe='')}"
        path = f"{self._root}/{name}"
        with _as_os_error():
            if isinstance(self._files, LocalFileSystem):
                _write(Path(path), packed)
            else:
                self._files.pipe_file(path, packed)
        return f"{self.url}/{name}"


def fetch(place: str, limit: int) -> bytes:
    """The file of a place that `put` answered, `limit` bytes of it at most.

    Raises:
        OSError: it is not there, or cannot be reached.
        BadInput: a package for the place is missing.
    """
    store = Store(place)
    with _as_os_error(), store._files.open(store._root, "rb") as file:
        content: bytes = file.read(limit)
        return content


def remove(place: str) -> None:
    """Take a file away that `put` answered; one that is not there is no error.

    Raises:
        OSError: the place cannot be reached.
    """
    store = Store(place)
    with _as_os_error(), suppress(FileNotFoundError):
        store._files.rm_file(store._root)


def configured_store() -> Store | None:
    """The place that PINGTAI_ARCHIVE names; None: PostgreSQL.

    Raises:
        BadInput: it cannot be used.
        Unreachable: its host does not answer.
    """
    url = os.environ.get(VARIABLE, "")
    try:
        return Store(url) if url else None
    except OSError as error:
        host, why = urlsplit(url).hostname or url, reason_of(error)
        raise Unreachable(
            f"{VARIABLE}={url}: {host} cannot be reached: {why.en}. Correct the URL, or unset it to"
            " archive in PostgreSQL",
            f"{VARIABLE}={url}：无法连接 {host}：{why.zh}。请更正地址，或取消设置（归档至 PostgreSQL）",
        ) from None


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Other places have errors of their own; here all of them are OSErrors."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}"[:300]) from error


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        secret = parts.password is not None
    except ValueError as error:
        raise _unusable(str(error)) from None
    if secret:
        raise BadInput(
            f"{VARIABLE}: no password in the URL: others read it in lists and logs",
            f"{VARIABLE}：网址中不得有口令，它会出现在列表和日志中",
        )
    if "://" not in url and not Path(url).is_absolute():
        raise BadInput(
            f"{VARIABLE}: {url!r} is relative: worker and commands would look in different places",
            f"{VARIABLE}：“{url}”是相对路径：工作进程与命令会指向不同位置",
        )


def _unusable(why: str) -> BadInput:
    return BadInput(f"{VARIABLE} cannot be used: {why}", f"{VARIABLE} 无法使用：{why}")


def _write(path: Path, content: bytes) -> None:
    """Write a file beside, then put it there: whoever reads meanwhile sees the old one or the new.

    It is on the disk, and its name in the folder, before anything says that it is there.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):  # its own, and that in which that was made
        sync_folder(folder)
