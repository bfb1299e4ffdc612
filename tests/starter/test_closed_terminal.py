"""A terminal that is closed in the middle of a form leaves what was answered, and no process."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from starter.desk.drafts import all_drafts

FORM = """
import os, fcntl, termios
from starter.client.temporal_client import PingtaiClient
from starter.commands import decision_calls
from starter.commands.decision_command import form_command
from starter.errors import Unreachable
from tests.rules.cases import at_stage
from tests.starter.conftest import PretendClient
from tests.starter.test_guided import show_case
from workflows.vocabulary import Stage

fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # it hears when this terminal is closed
answers = {"connect": None, "log": []}
show_case(answers, at_stage(Stage.RECOMMENDATION))

async def connect(register, **_):
    return PretendClient(answers, [], register)

def away(**_):
    raise Unreachable("no register", "没有名册")

PingtaiClient.connect = connect
decision_calls.open_reads = away
form_command("recommend")(["bj-test"])
"""
ANSWERS = ("hd-1", "海淀区科技主管部门", "海淀区", "1")


def test_a_closed_terminal_leaves_a_draft() -> None:
    """As after a lost connection to the machine: SIGHUP, and nobody to say anything to."""
    ours, theirs = pty.openpty()
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", FORM],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    os.close(theirs)
    try:
        for number, answer in enumerate(ANSWERS, 1):
            os.write(ours, f"{answer}\n".encode())
            _wait_for(number, ours)
        os.close(ours)
        assert -signal.SIGHUP == process.wait(60)
    finally:
        process.kill()
    [draft] = all_drafts()
    assert [*ANSWERS[:2], "haidian", "recommended"] == [
        line for lines in draft.answers.values() for _, line in lines
    ]


def _wait_for(count: int, terminal: int) -> None:
    """Wait until so many answers are kept; what is shown is read, or the form would wait for that."""
    os.set_blocking(terminal, False)
    end = time.monotonic() + 120
    while sum(draft.count for draft in all_drafts()) < count:
        assert time.monotonic() < end, "no answer was kept"
        try:
            os.read(terminal, 65_536)
        except BlockingIOError:
            time.sleep(0.02)
