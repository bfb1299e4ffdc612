"""Logs of a process that runs in the background, in files that stay bounded and lose nothing."""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from activities.channels.file_rotation import KEPT, LARGEST, rotate

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
_OUTPUTS = (1, 2)
BLOCK = 4_096
"""So much of another process's output (bytes) is read at a time; by so much a file may be too large."""
_END_SECONDS = 5.0


def open_log(path: Path) -> int:
    """Open a log to append to it; it is made, for its owner only, if it is missing. Raises OSError."""
    return os.open(path, _FLAGS, 0o600)


class LogFile:
    """Where a process writes instead of a terminal: its log, and whatever else it says."""

    def __init__(self, path: Path, largest: int = LARGEST, kept: int = KEPT) -> None:
        """Append to this file; beyond `largest` bytes it is rotated."""
        self.path = path
        self._largest = largest
        self._kept = kept

    def take_over(self) -> None:
        """Lead this process's standard output and standard error there."""
        opened = open_log(self.path)
        try:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            for output in _OUTPUTS:
                os.dup2(opened, output)
        finally:
            os.close(opened)

    def rotate_if_large(self) -> None:
        """Go on in a new file where this one has grown large, or was moved; for whoever has just written."""
        output = _OUTPUTS[-1]
        moved = _is_moved(self.path, output)
        if moved or (os.fstat(output).st_size > self._largest and rotate(self.path, self._kept)):
            with suppress(OSError):  # the directory is gone, too: the old file goes on
                self.take_over()


class PipedLog:
    """What another process writes to its outputs, kept in a file that is rotated while it runs."""

    def __init__(self, path: Path, largest: int = LARGEST, kept: int = KEPT) -> None:
        """Begin to read; give `output` to the process, then `close` it here."""
        self._path = path
        self._largest = largest
        self._kept = kept
        self._read, self.output = os.pipe()
        self._copying = threading.Thread(target=self._copy, name=f"log {path.name}", daemon=True)
        self._copying.start()

    def close(self) -> None:
        """Leave the output to the process that was given it."""
        os.close(self.output)

    def finish(self) -> None:
        """Wait until what the ended process wrote is in the file."""
        self._copying.join(_END_SECONDS)

    def _copy(self) -> None:
        file = open_log(self._path)
        try:
            while block := os.read(self._read, BLOCK):
                if _is_moved(self._path, file):
                    with suppress(OSError):
                        moved, file = file, open_log(self._path)
                        os.close(moved)
                whole = block.find(b"\n") + 1
                large = os.fstat(file).st_size + whole > self._largest
                if large and whole:  # after the end of a line
                    _write(file, block[:whole])
                    block = block[whole:]
                    if rotate(self._path, self._kept):
                        os.close(file)
                        file = open_log(self._path)
                _write(file, block)
        finally:
            os.close(file)
            os.close(self._read)


def _is_moved(path: Path, opened: int) -> bool:
    """Whether another program (such as logrotate) has moved or deleted the file that is open as a log."""
    try:
        return not os.path.samestat(path.stat(), os.fstat(opened))
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _write(file: int, block: bytes) -> None:
    with suppress(OSError):  # a full disk must not stop the one who writes
        os.write(file, block)
