"""A part of the system as a process of its own: started, killed, stopped for a while, started again."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psutil


class Part(Protocol):
    """What the supervisor and the nemesis need of a part."""

    name: str

    def start(self) -> None:
        """Start it; blocks only where starting itself must be waited for."""

    def alive(self) -> bool:
        """Whether its process runs."""

    def ready(self) -> bool:
        """Whether it does its work."""

    def processes(self) -> list[psutil.Process]:
        """The process that counts, then its children."""

    def stop(self) -> None:
        """End it in order, at the end of the campaign."""


class Program:
    """A program that is ready once its log says so, or once something answers."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Callable[[], Mapping[str, str]],
        log: Path,
        answers: Callable[[str], bool],
        *,
        folder: Callable[[], Path | None] = lambda: None,
    ) -> None:
        """`answers` judges what the program has written to its log since its last start.

        `environment` and `folder`, in which it runs, are asked for at each start.
        """
        self.name = name
        self._command, self._environment, self._log = command, environment, log
        self._answers, self._folder = answers, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0

    def start(self) -> None:
        """Start it; what it says is added to its log."""
        with self._log.open("ab") as out:
            self._since = out.tell()
            self._process = subprocess.Popen(
                self._command,
                env=dict(self._environment()),
                cwd=self._folder(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.poll() is None

    def ready(self) -> bool:
        """Whether it has said that it works."""
        if not self.alive():
            return False
        with self._log.open("rb") as said:
            said.seek(self._since)
            return self._answers(said.read().decode(errors="replace"))

    def processes(self) -> list[psutil.Process]:
        """The process and its children; empty when it has ended."""
        return family(self._process.pid) if self._process and self.alive() else []

    def stop(self) -> None:
        """Ask it to end; after half a minute kill it."""
        if self._process is None or not self.alive():
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it; empty when it is gone."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill(part: Part) -> bool:
    """Kill -9 a part's own process; False when there was none."""
    found = part.processes()
    if found:
        with suppress(ProcessLookupError):
            os.kill(found[0].pid, signal.SIGKILL)
    return bool(found)


def pause(part: Part, seconds: float) -> bool:
    """Stop a part and its children for a while, then let them go on; blocks meanwhile."""
    found = part.processes()
    for process in found:
        _signal(process, signal.SIGSTOP)
    if found:
        time.sleep(seconds)
    for process in found:
        _signal(process, signal.SIGCONT)
    return bool(found)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
