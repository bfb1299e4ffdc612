"""Where the tests keep what they throw away: one folder for a run, in memory where the machine has room there.

The servers are the real ones. On a disk, most of a fresh database's time is the file system making and removing
its three hundred files.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

RUN = "TESTS_OF_PINGTAI"
"""The variable that names the folder to whatever is started in a run."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - only a directory of its own is made in it
_ROOM = 3 * 1024**3
"""Far more than a whole run of tests writes; in a container there may be as little as 64 MB."""
_END_OF_RUN = Path(__file__).with_name("end_of_run.py")
_END_SECONDS = 60


def begin_run() -> Callable[[], None]:
    """Make the folder of this run; answers how to end it. That also happens when this process is killed."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM
    folder = tempfile.mkdtemp(prefix="pingtai-tests-", dir=_MEMORY if roomy else None)
    Path(folder).chmod(0o711)  # PostgreSQL may run as another user
    # Of a session of its own, so that Ctrl-C does not reach it.
    watching = subprocess.Popen(
        [sys.executable, "-I", str(_END_OF_RUN), folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.environ[RUN] = folder

    def end() -> None:
        watching.communicate(timeout=_END_SECONDS)

    return end


def place() -> str:
    """The folder of this run."""
    return os.environ[RUN]


def throw_away_folder(prefix: str) -> Path:
    """A new directory that goes with the run; not under pytest's own, which others may not enter."""
    return Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=place()))
