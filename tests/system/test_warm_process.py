"""Processes that are forked for tests are like those that are started: they end, say and hear the same."""

import signal
from pathlib import Path

import pytest

from tests.warm_process import Warm

WARM = Warm("json")


@pytest.mark.parametrize(
    ("code", "ended", "out", "err"),
    [
        ("print('done')", 0, "done\n", ""),
        ("raise SystemExit(3)", 3, "", ""),
        ("raise SystemExit('no')", 1, "", ""),
        ("1 / 0", 1, "", "ZeroDivisionError: division by zero\n"),
        ("import os; os._exit(5)", 5, "", ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9, "", ""),
        ("import os, sys; print(*sys.argv[1:], *os.environ, os.getcwd())", 0, "a A /\n", ""),
        ("import sys; print(sys.stdin.read(), sys.stdout.isatty())", 0, "平台 False\n", ""),
        ("import sys; print('json' in sys.modules, 'click' in sys.modules)", 0, "True False\n", ""),
        ("import signal; print(signal.getsignal(signal.SIGCHLD).name)", 0, "SIG_DFL\n", ""),
        ("import os; print(len(os.listdir('/proc/self/fd')))", 0, "4\n", ""),
    ],
)
def test_one_runs_to_its_end(code: str, ended: int, out: str, err: str) -> None:
    """With its arguments, environment, folder and input; nothing is left to it of what is beside."""
    done = WARM.run(code, ["a"], {"A": "1"}, Path("/"), "平台".encode())
    assert (ended, out) == (done.returncode, done.stdout)
    assert done.stderr.endswith(err)
    assert bool(err) == bool(done.stderr)


def test_one_is_waited_for_and_hears_signals() -> None:
    """It runs until it is told to end, also while others do."""
    sleep = "import time; time.sleep(600)"
    with Path("/dev/null").open("r+") as nothing:
        files = [nothing.fileno()] * 3
        one, other = (WARM.start(sleep, [], {}, Path("/"), files) for _ in range(2))
        assert (None, None) == (one.poll(), other.poll())
        one.send_signal(signal.SIGTERM)
        assert -signal.SIGTERM == one.wait(60) == one.poll()
        assert other.poll() is None
        other.kill()
        assert -signal.SIGKILL == other.wait(60)
        one.kill()  # it has gone, and its number may be another's
