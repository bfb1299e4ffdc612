"""`pingtai up --detach`: the local stack in a process of its own, which outlives the terminal."""

import asyncio
import subprocess
import sys
from pathlib import Path

from starter.client.local_stack import LocalStack, read_stack
from starter.errors import Unreachable
from worker.log_file import open_log
from worker.stack_survey import runs_already, survey

LOG = "pingtai.log"
LOG_OPTION = "--log"
NO_EXAMPLES = "--no-examples"
_LOOK_SECONDS = 0.05
_LAST_LINES = 8


async def start_detached(home: Path, log: Path, *more: str) -> LocalStack:
    """Start `pingtai up` in the background with `more` options, and wait until it is ready.

    It leads a session of its own, so no signal of this terminal reaches it, and logs to `log`. Where this
    call is broken off before it is ready, it is ended again.

    Raises:
        BadInput: one runs already.
        Unreachable: it ended before it was ready; says what its log says.
    """
    if survey(home).pid is not None:
        raise runs_already(home)
    before = await asyncio.to_thread(_size_now, log)
    words = (sys.executable, "-m", "worker.main", "up", LOG_OPTION, str(log), *more)
    process = await asyncio.to_thread(_start, words)
    try:
        while process.poll() is None:
            stack = read_stack(home)
            if stack and stack.pid == process.pid and stack.running:
                return stack
            await asyncio.sleep(_LOOK_SECONDS)
    except BaseException:
        process.terminate()
        raise
    error = Unreachable(
        f"Pingtai did not start. Its log, {log}, ends so:", f"平台系统未能启动。日志 {log} 的末尾："
    )
    for line in _last_lines(log, before):
        error.add_note(line)
    raise error


def _start(words: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _size_now(log: Path) -> int:
    """The size of the log, which is made if it is missing: one that cannot be written is known now."""
    with open(open_log(log), "ab") as file:  # noqa: PTH123 - a descriptor
        return file.tell()


def _last_lines(log: Path, before: int) -> list[str]:
    """What the log says to people since this start began; that comes last, after the lines for programs."""
    with log.open("rb") as file:
        file.seek(before)
        lines = file.read().decode(errors="replace").splitlines()
    return [line for line in lines if not line.startswith("{")][-_LAST_LINES:]
