"""Where the embedded server's Unix socket goes: a private directory whose path is short enough.

The data directory itself, unless its path is too long for a socket (107 bytes on Linux, 103 on
macOS) or holds characters that have a meaning in a URL or in PostgreSQL's list of directories.
"""

import hashlib
import os
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from db.programs import owner

LONGEST = 103
"""Bytes that a socket's path may have on every system."""
SOCKET = ".s.PGSQL.5432"
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


def suits(directory: Path) -> bool:
    """Whether a socket in this directory has a path that is short and plain enough."""
    path = directory / SOCKET
    return len(os.fsencode(path)) <= LONGEST and _PLAIN.fullmatch(str(path)) is not None


def socket_directory(data: Path) -> Path:
    """The directory for the socket of `data`'s server, existing and private to its owner."""
    if suits(data):
        return data
    name = "pingtai-" + hashlib.sha256(str(data).encode()).hexdigest()[:12]
    for parent in _parents():
        directory = parent / name
        if suits(directory) and _made_private(directory):
            return directory
    # Someone else holds our names in /tmp: a new name that nobody could foresee.
    directory = Path(tempfile.mkdtemp(prefix="pingtai-", dir="/tmp"))
    _give(directory)
    return directory


def _parents() -> list[Path]:
    shared = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108
    given = os.environ.get("XDG_RUNTIME_DIR")
    # root's own runtime directory is closed to the user that the server runs as
    return shared if owner() or not given else [Path(given), *shared]


def _made_private(directory: Path) -> bool:
    """Make a directory that only its owner may enter; False if it cannot be, or is someone else's."""
    user = owner()
    try:
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            _give(directory)
        found = directory.lstat()
    except OSError:
        return False
    mine = user.pw_uid if user else os.geteuid()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == mine and not found.st_mode & 0o077


def _give(directory: Path) -> None:
    user = owner()
    if user:
        os.chown(directory, user.pw_uid, user.pw_gid)
