"""Where the tests' servers keep their data: in memory, where the machine has room for it there.

They are the real servers, and all they write is thrown away. On a disk, most of a fresh database's time
is the file system making and removing its three hundred files.
"""

import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - only a directory of its own is made in it
_ROOM = 3 * 1024**3
"""Far more than a whole run of tests writes; in a container there may be as little as 64 MB."""


def throw_away_folder(prefix: str) -> Path:
    """A new directory, for whoever removes it; not under pytest's own, which others may not enter."""
    return Path(tempfile.mkdtemp(prefix=f"pingtai-{prefix}-", dir=place()))


def place() -> str:
    """Where such directories are made: in memory, or else where they usually are."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM
    return str(_MEMORY) if roomy else tempfile.gettempdir()
