"""Locks between processes that the kernel gives back when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.register_errors import EmbeddedPostgresError

PATIENCE_SECONDS = 120.0
"""How long one process waits for another that starts or stops the server."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's lock; wait for whoever holds it.

    Raises:
        EmbeddedPostgresError: it was not given back in `PATIENCE_SECONDS`.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not taken(fd, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"another process has been starting or stopping PostgreSQL for"
                    f" {PATIENCE_SECONDS:.0f} seconds (it holds {path}): find and stop it",
                    f"另一进程启动或停止 PostgreSQL 已超过 {PATIENCE_SECONDS:.0f} 秒（占用 {path}）："
                    "请找到并结束该进程",
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(fd)


@contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Hold the file's lock if nobody does, and yield True; False, at once, when another process does."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield taken(fd, fcntl.LOCK_EX)
    finally:
        os.close(fd)


class Presence:
    """Says to other processes that this one uses something, as long as it lives or until it leaves."""

    def __init__(self, path: Path) -> None:
        """Use the thing that the file `path` stands for."""
        self._path = path
        self._fd: int | None = None

    def enter(self) -> None:
        """Say that we use it; again changes nothing."""
        if self._fd is None:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Say that we use it no longer; True when nobody else does."""
        fd, self._fd = self._fd, None
        if fd is None:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            return taken(fd, fcntl.LOCK_EX)
        finally:
            os.close(fd)


def taken(fd: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Take the lock of an open file if nobody holds it; whether it is ours now."""
    with suppress(BlockingIOError):
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
        return True
    return False
