"""Wait until a run of the tests is over, in whatever way; end what it left behind, and remove its folder.

Run as a script by `tests.memory`, with the folder. The run holds the other end of our input, which the system
closes also when the run is killed.
"""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import psutil

_ROUNDS = 10
"""Whoever is ended may just have started another."""
_SECONDS = 3


def left_behind(folder: str) -> list[psutil.Process]:
    """The processes that work in the folder, or were started by whoever has its name in the environment."""
    ours = psutil.Process()
    return [one for one in psutil.process_iter() if one != ours and _names(one, folder)]


def _names(process: psutil.Process, folder: str) -> bool:
    for ask in (process.cwd, process.cmdline, lambda: list(process.environ().values())):
        with suppress(psutil.Error):  # it is another user's, or has ended
            said = ask()
            if any(folder in part for part in ([said] if isinstance(said, str) else said)):
                return process.status() != psutil.STATUS_ZOMBIE
    return False


def main() -> None:
    """Wait, end, remove."""
    folder = sys.argv[1]
    sys.stdin.read()
    for number in range(_ROUNDS):
        found = left_behind(folder)
        if not found:
            break
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.terminate() if number == 0 else process.kill()
        psutil.wait_procs(found, timeout=_SECONDS)
    shutil.rmtree(Path(folder), ignore_errors=True)


if __name__ == "__main__":
    main()
