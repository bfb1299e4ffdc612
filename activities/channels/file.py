"""Notices in a file, one JSON object a line: what the embedded stack writes without any configuration."""

import asyncio
import fcntl
import json
import os
import stat
from pathlib import Path

from activities.channels.file_rotation import LARGEST, rotate
from activities.notice_delivery import Undeliverable
from activities.notice_texts import BOTH, text_of
from workflows.model import instant
from workflows.notice_messages import Notice

# Never through a link in the last place, and never waiting for whoever reads a pipe.
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FileChannel:
    """Appends each notice to a file that only its owner may read; one that has grown large is rotated."""

    name = "file"

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        """Write there; the folder must exist. A file does not grow beyond `largest` bytes."""
        self._path = path
        self._largest = largest

    async def send(self, notice: Notice) -> None:
        """Append a notice.

        Raises:
            Undeliverable: the file cannot be written.
        """
        line = _line(notice).encode()
        try:
            await asyncio.to_thread(self._append, line)
        except OSError as error:
            raise Undeliverable(f"{self._path.name}: {error.strerror or error}") from None

    def _append(self, line: bytes) -> None:
        while not self._appended(line):
            pass

    def _appended(self, line: bytes) -> bool:
        """Append a line; False when the file was rotated meanwhile, by us or by another worker."""
        file = os.open(self._path, _FLAGS, 0o600)
        try:
            # Workers of one machine may share the file; a line that the disk had no room for is taken back.
            fcntl.flock(file, fcntl.LOCK_EX)
            before = os.fstat(file)
            if not stat.S_ISREG(before.st_mode):
                raise OSError(0, "is no regular file")
            if not self._is_current(before):
                return False
            full = before.st_size > 0 and before.st_size + len(line) > self._largest
            if full and rotate(self._path):
                return False
            if os.write(file, line) < len(line):
                os.ftruncate(file, before.st_size)
                raise OSError(0, "no room for the whole line")
            os.fsync(file)
            return True
        finally:
            os.close(file)

    def _is_current(self, opened: os.stat_result) -> bool:
        """Whether a file that was opened is still the one of the name."""
        try:
            return os.path.samestat(opened, self._path.lstat())
        except FileNotFoundError:
            return False


def _line(notice: Notice) -> str:
    texts = {language: text_of(notice, language) for language in BOTH}
    content = {
        "id": notice.id,
        "number": notice.number,
        "event": notice.event,
        "role": notice.role,
        "district": notice.district,
        "platform": notice.platform_id,
        "at": instant(notice.at),
        "title": {language: text.title for language, text in texts.items()},
        "text": {language: text.body for language, text in texts.items()},
    }
    return json.dumps(content, ensure_ascii=False) + "\n"
