"""What `status` and a start believe: processes and ports that are there, and not what files say of them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from starter.client.local_stack import LocalStack, note_unexpected_end, write_stack
from starter.errors import BadInput
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from worker.ports import ChosenPort, choose_port, free_port, settle_port
from worker.stack_commands import status, stop
from worker.stack_survey import Condition, lock_file, note_starter, survey
from worker.stack_wording import clash_of, where_it_listens
from workflows.words import Language, Words


@pytest.fixture
def other() -> Iterator[psutil.Process]:
    """A living process that has nothing to do with us."""
    process = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    yield psutil.Process(process.pid)
    process.communicate()


def stack_of(pid: int, started: float) -> LocalStack:
    """What a stack of this process wrote."""
    return LocalStack(
        pid=pid, started=started, temporal_address="127.0.0.1:1", ui_url="", database_url=""
    )


def test_nothing_was_ever_there(tmp_path: Path) -> None:
    """An empty home: nothing runs, nothing is left over."""
    found = survey(tmp_path)
    assert (Condition.STOPPED, None, None, None) == (
        found.condition,
        found.pid,
        found.temporal,
        found.postgres,
    )


def test_a_living_process_runs(tmp_path: Path) -> None:
    """The process that wrote the file, with its start time."""
    write_stack(tmp_path, stack_of(os.getpid(), psutil.Process().create_time()))
    found = survey(tmp_path)
    assert (Condition.RUNNING, os.getpid()) == (found.condition, found.pid)


def test_another_program_under_the_number(tmp_path: Path, other: psutil.Process) -> None:
    """A process id that was given away is nobody of ours: neither running, nor to be stopped."""
    write_stack(tmp_path, stack_of(other.pid, other.create_time() - 100))
    lock_file(tmp_path).write_text(f"{other.pid} {other.create_time() - 100}\n")
    found = survey(tmp_path)
    assert (Condition.CRASHED, None) == (found.condition, found.pid)
    assert other.name() == found.pid_taken_by()


def test_a_dead_process(tmp_path: Path) -> None:
    """After kill -9 the files are still there."""
    dead = subprocess.Popen((sys.executable, "-c", ""))
    started = psutil.Process(dead.pid).create_time()
    dead.wait()
    write_stack(tmp_path, stack_of(dead.pid, started))
    found = survey(tmp_path)
    assert (Condition.CRASHED, None, None) == (found.condition, found.pid, found.pid_taken_by())


def test_a_killed_process_that_nobody_has_asked_after(tmp_path: Path) -> None:
    """It keeps its number and has the name of its program: that is no other program."""
    zombie = subprocess.Popen((sys.executable, "-c", ""))
    process = psutil.Process(zombie.pid)
    started = process.create_time()
    while process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    write_stack(tmp_path, stack_of(zombie.pid, started))
    found = survey(tmp_path)
    taken_by = found.pid_taken_by()
    zombie.wait()
    assert (Condition.CRASHED, None, None) == (found.condition, found.pid, taken_by)


@pytest.mark.parametrize("written", ["", "x y\n", "1\n", "99999999 1.0\n", "\0"])
def test_a_strange_lock_file_names_nobody(tmp_path: Path, written: str) -> None:
    """Of an older release, cut off, or not ours."""
    lock_file(tmp_path).write_text(written)
    assert survey(tmp_path).pid is None


def test_it_starts(tmp_path: Path) -> None:
    """Who holds the lock and has not yet written where it listens starts, or stops."""
    note_starter(tmp_path)
    found = survey(tmp_path)
    assert (Condition.CHANGING, os.getpid()) == (found.condition, found.pid)


def test_why_it_stopped_unasked_is_said_until_the_next_start(tmp_path: Path) -> None:
    """A part died: `status`, and commands that need the stack, say when and why."""
    why = Words("Temporal has stopped unexpectedly", "Temporal 意外退出")
    note_unexpected_end(tmp_path, why)
    found = survey(tmp_path)
    assert found.unexpected_end
    assert "not been running since 2" in found.unexpected_end.words.en
    assert found.unexpected_end.words.zh.endswith(why.zh)
    note_starter(tmp_path)
    assert survey(tmp_path).unexpected_end is None


def test_status_says_why_and_stop_gives_no_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stops what is stopped does not want to start it; who asks for its status may."""
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))
    monkeypatch.setenv("PINGTAI_LANG", "en")
    run = CliRunner().invoke
    assert run(stop).output == "Pingtai is not running.\n"
    assert "Run: pingtai up" in run(status).output
    note_unexpected_end(tmp_path, Words.same("PostgreSQL has stopped unexpectedly"))
    assert "PostgreSQL has stopped unexpectedly" in run(status).output
    note_starter(tmp_path)
    note_unexpected_end(tmp_path, Words.same("PostgreSQL has stopped unexpectedly"))
    assert "is stopping (process" in (stopping := run(status).output)
    assert "PostgreSQL has stopped unexpectedly" in stopping


@pytest.mark.parametrize(("free", "low"), [(0, True), (499_999_999, True), (5 * 10**9, False)])
def test_a_disk_that_is_almost_full_is_called_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, *, low: bool
) -> None:
    """Before decisions are not answered any more: docs/first-aid.md says what to do."""
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    for lang, words in (("en", "ALMOST FULL"), ("zh", "【空间不足】")):
        monkeypatch.setenv("PINGTAI_LANG", lang)
        assert low == (words in CliRunner().invoke(status).output)


def test_a_suspended_process_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: psutil.Process
) -> None:
    """SIGTERM reaches a process that SIGSTOP holds only after SIGCONT."""
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))
    monkeypatch.setattr("worker.stack_commands.WHOLE_SECONDS", 0.0)
    lock_file(tmp_path).write_text(f"{other.pid} {other.create_time()}\n")
    other.suspend()
    done = CliRunner().invoke(stop)
    assert (0, None) == (done.exit_code, survey(tmp_path).pid), done.output


def test_the_port_stays(tmp_path: Path) -> None:
    """Taken at the first start: another, which stays when the usual one is free again."""
    with _listening() as usual:
        first = _start(usual, tmp_path)
        assert usual != first.port
        assert first.clash
        assert first.lasts
        assert f"port {usual} is held by process {os.getpid()}" in first.clash.en
        assert str(os.getpid()) in first.clash.zh
    assert (first.port, None, False) == _start(usual, tmp_path)


def test_how_long_another_port_is_used_is_said() -> None:
    """For good at the first start of a home, otherwise for this time."""
    stack = stack_of(1, 1.0).model_copy(update={"clash": ("port 7233 is held", "端口 7233 被占用")})
    lasting = stack.model_copy(update={"clash_lasts": True})
    said, lasts = clash_of(stack), clash_of(lasting)
    assert said
    assert lasts
    assert said.en.endswith("this time.")
    assert lasts.en.endswith("from now on.")
    assert "今后" in lasts.zh


def test_the_port_that_was_bound_is_kept(tmp_path: Path) -> None:
    """Another program was quicker than the first start: what is kept is where Temporal listens."""
    chosen = choose_port(free_port(18_233), asked_for=False, home=tmp_path)
    settled = settle_port(chosen, chosen.port + 1, tmp_path)
    assert (chosen.port + 1, True) == (settled.port, settled.lasts)
    assert settled.clash
    assert chosen.port + 1 == choose_port(7233, asked_for=False, home=tmp_path).port


def test_a_clash_later_is_said_and_is_for_once(tmp_path: Path) -> None:
    """Somebody else has the port of the last start: another one this time, and the old one after that."""
    port = _start(free_port(18_233), tmp_path).port
    with _listening(port):
        other = _start(7233, tmp_path)
        assert port != other.port
        assert other.clash
        assert not other.lasts
        assert f"port {port} is held by" in other.clash.en
    assert (port, None, False) == _start(7233, tmp_path)


def test_a_port_that_was_asked_for_is_that_or_none(tmp_path: Path) -> None:
    """PINGTAI_TEMPORAL_PORT: refused while it is taken; free, it is the one that is kept."""
    with (
        _listening() as port,
        pytest.raises(BadInput, match=f"PORT={port}: port {port} is held by"),
    ):
        choose_port(port, asked_for=True, home=tmp_path)
    assert (port, None, True) == _start(port, tmp_path, asked_for=True)
    assert (port, None, False) == _start(7233, tmp_path)


def test_a_busy_port_of_the_web_ui_is_named_as_that(tmp_path: Path) -> None:
    """It is Temporal's + 1000, and not what PINGTAI_TEMPORAL_PORT says."""
    port = free_port(18_233, ui=True)
    with _listening(port + 1000), pytest.raises(BadInput, match=r"the Web UI needs .* \+ 1000"):
        choose_port(port, asked_for=True, home=tmp_path, ui=True)


def _start(wanted: int, home: Path, *, asked_for: bool = False) -> ChosenPort:
    """A start at which nobody is quicker."""
    chosen = choose_port(wanted, asked_for=asked_for, home=home)
    return settle_port(chosen, chosen.port, home)


@contextmanager
def _listening(port: int = 0) -> Iterator[int]:
    """Somebody listens on a port of loopback; says which."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_up_says_stands_in_columns(lang: Language) -> None:
    """A Chinese character takes two columns."""
    stack = stack_of(1, 0.0).model_copy(update={"log": "/l/log", "ui_url": "http://u"})
    with speaking(lang):
        lines = where_it_listens(stack, Path("/data")).splitlines()
    at = [
        cell_len(line[: line.index(value)])
        for line, value in zip(lines[-2:], ("/data", "/l/log"), strict=True)
    ]
    assert [cell_len(lines[1][: lines[1].index("127.")])] * 2 == at


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_start_without_the_keys_says_so(lang: Language) -> None:
    """What is encrypted stops until they are set: the key and the setting are named."""
    key = "bj-test:term-1:first"
    stack = stack_of(1, 0.0)
    with speaking(lang):
        assert "PINGTAI_PAYLOAD_KEYS" not in where_it_listens(stack, Path("/data"))
        said = where_it_listens(stack.model_copy(update={"missing_key": key}), Path("/data"))
    assert key in said
    assert "PINGTAI_PAYLOAD_KEYS" in said


def test_no_line_of_what_up_says_begins_with_a_closing_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A terminal would break the note about a port wherever it is full."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    for width in range(screen.NARROWEST, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        clash = Words("p", "端口 7233 已被占用（进程 temporal）")
        stack = stack_of(1, 0.0).model_copy(update={"clash": clash})
        with speaking("zh"):
            note = where_it_listens(stack, Path("/data")).splitlines()[6 - 1 :]
        assert "端口 7233" in "".join(note)
        assert not [line for line in note if line[0] in "。：，）"]
        assert max(map(cell_len, note)) <= width
