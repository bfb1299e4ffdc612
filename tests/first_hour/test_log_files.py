"""Logs of a process in the background: bounded, a few files, and not a line lost."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from worker.log_file import BLOCK, PipedLog
from worker.log_setup import text_renderers

_LINES = 400
_LARGEST = 2_000
_PROGRAM = """
import logging, sys
from pathlib import Path
from worker.log_file import LogFile
from worker.log_setup import set_up_logs
from worker.settings import Settings

file = LogFile(Path(sys.argv[1]), int(sys.argv[2]), kept=100)
set_up_logs(Settings(), file)
for number in range(int(sys.argv[3])):
    logging.getLogger("pingtai.test").info("line %d", number)
    if number % 50 == 0:
        print("said", number, flush=True)
raise ValueError("the end")
"""


def lines_of(path: Path) -> list[str]:
    """All lines of a log, the oldest first."""
    rotated = sorted(
        path.parent.glob(f"{path.name}.*"), key=lambda one: -int(one.suffix.removeprefix("."))
    )
    return [line for file in (*rotated, path) for line in file.read_text().splitlines()]


def test_a_process_s_own_log(tmp_path: Path) -> None:
    """Log lines, what is printed, and a traceback at the end: all in files within their bound, in order."""
    path = tmp_path / "pingtai.log"
    words = (sys.executable, "-c", _PROGRAM, str(path), str(_LARGEST), str(_LINES))
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert (1, "", "") == (done.returncode, done.stdout, done.stderr)
    lines = lines_of(path)
    found = [line for line in lines if '"line ' in line]
    assert _LINES == len(found)
    assert all(f'"line {number}"' in line for number, line in enumerate(found))
    assert [f"said {number}" for number in range(0, _LINES, 50)] == [
        line for line in lines if line.startswith("said")
    ]
    assert "ValueError: the end" in lines
    assert 10 < len(list(tmp_path.iterdir()))
    longest = max(map(len, lines)) + 1
    assert all(file.stat().st_size <= _LARGEST + 2 * longest for file in tmp_path.glob("*.log.*"))


def test_another_process_s_log(tmp_path: Path) -> None:
    """What it writes while the file is rotated is there; and only a few files are."""
    path = tmp_path / "temporal.log"
    log = PipedLog(path, _LARGEST, kept=2)
    program = f"for number in range({5 * _LINES}): print('line', number, flush=True)"
    subprocess.run((sys.executable, "-c", program), stdout=log.output, check=True, timeout=300)
    log.close()
    log.finish()
    lines = lines_of(path)
    assert ["temporal.log", "temporal.log.1", "temporal.log.2"] == sorted(
        file.name for file in tmp_path.iterdir()
    )
    first = int(lines[0].split()[-1])
    assert [f"line {number}" for number in range(first, 5 * _LINES)] == lines
    assert all(file.stat().st_size <= _LARGEST + BLOCK for file in tmp_path.iterdir())


def test_a_moved_log_is_made_again(tmp_path: Path) -> None:
    """Another program (logrotate) moved it: both kinds of log go on in a new file of the name."""
    path, old = tmp_path / "pingtai.log", tmp_path / "moved"
    program = _PROGRAM.replace(
        "if number % 50 == 0:", "if number == 5: file.path.rename(sys.argv[4])\n    if 0:"
    )
    words = (sys.executable, "-c", program, str(path), "1000000", "10", str(old))
    subprocess.run(words, capture_output=True, check=False, timeout=300)
    assert '"line 5"' in old.read_text()
    assert '"line 9"' in path.read_text()
    piped = PipedLog(tmp_path / "temporal.log")
    os.write(piped.output, b"one\n")
    wait_until((tmp_path / "temporal.log").exists)
    (tmp_path / "temporal.log").rename(tmp_path / "moved.2")
    os.write(piped.output, b"two\n")
    piped.close()
    piped.finish()
    assert (tmp_path / "temporal.log").read_text().endswith("two\n")


def test_a_call_is_one_line_on_a_terminal() -> None:
    """80 columns: method, route, status, time and key, without padding."""
    line: Any = {
        "event": "answered",
        "level": "info",
        "logger": "pingtai.http",
        "key": "0123456789",
    }
    line |= {"timestamp": "10:11:12", "method": "GET", "route": "/v1/platforms/{platform_id}"}
    line |= {"status": 200, "ms": 12}
    for processor in text_renderers(colors=False):
        line = processor(None, "info", line)
    assert (
        "10:11:12 [info] GET /v1/platforms/{platform_id} 200 12 ms key=0123456789" == line.rstrip()
    )


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what another thread does, at most five seconds."""
    deadline = time.monotonic() + 5
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
