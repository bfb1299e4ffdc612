"""What runs under a home, by the processes that are there and not by what files say of them.

After a crash or kill -9 the files stay, and a process id may have been given to another program: a process
is believed to be ours only with the time at which it started.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from db.home import home as default_home
from db.postmaster import Postmaster, postmaster
from starter.client.local_stack import (
    LocalStack,
    UnexpectedEnd,
    end_file,
    read_stack,
    read_unexpected_end,
    same_process,
)
from starter.errors import BadInput
from worker.server_lock import server_of
from workflows.words import Words


class Condition(StrEnum):
    """How a local stack is."""

    RUNNING = "running"
    CHANGING = "changing"
    """It starts, or stops."""
    CRASHED = "crashed"
    """It ended without stopping its parts."""
    STOPPED = "stopped"


@dataclass(frozen=True)
class Survey:
    """What there is of a local stack."""

    home: Path
    condition: Condition
    pid: int | None
    """The process of `pingtai up`, while it is there."""
    stack: LocalStack | None
    """What the last one wrote of itself; after an orderly stop nothing."""
    temporal: psutil.Process | None
    postgres: Postmaster | None
    unexpected_end: UnexpectedEnd | None = None
    """Why the last one stopped although nobody asked for it."""

    @property
    def left_over(self) -> bool:
        """Whether parts run that nobody looks after."""
        return self.pid is None and bool(self.temporal or self.postgres)

    def pid_taken_by(self) -> str | None:
        """Return the name of another program that now has the id of a stack that crashed."""
        if self.condition is not Condition.CRASHED or self.stack is None:
            return None
        try:
            process = psutil.Process(self.stack.pid)
            # A process that was killed keeps its number until whoever started it has been told.
            dead = process.status() == psutil.STATUS_ZOMBIE
            return None if dead else process.name()
        except psutil.Error:
            return None


def survey(home: Path | None = None) -> Survey:
    """Look at what runs under a home, by default this user's."""
    home = home or default_home()
    stack = read_stack(home)
    pid = _starter(home)
    if stack and stack.running:
        condition, pid = Condition.RUNNING, stack.pid
    elif pid is not None:
        condition = Condition.CHANGING
    else:
        condition = Condition.CRASHED if stack else Condition.STOPPED
    return Survey(
        home=home,
        condition=condition,
        pid=pid,
        stack=stack,
        temporal=server_of(home / "temporal"),
        postgres=postmaster(home / "postgres"),
        unexpected_end=read_unexpected_end(home),
    )


def lock_file(home: Path) -> Path:
    """The file whose lock a running `pingtai up` holds; it says who that is."""
    return home / "up.lock"


def note_starter(home: Path) -> None:
    """Write into the lock's file that this process holds it; how the last one ended is over."""
    end_file(home).unlink(missing_ok=True)
    lock_file(home).write_text(
        f"{os.getpid()} {psutil.Process().create_time()}\n", encoding="utf-8"
    )


def _starter(home: Path) -> int | None:
    """The process that holds the lock; None when it is there no longer."""
    try:
        pid, started = lock_file(home).read_text(encoding="utf-8").split()
        return int(pid) if same_process(int(pid), float(started)) else None
    except (OSError, ValueError):
        return None


def runs_already(home: Path) -> BadInput:
    """Return the answer to whoever starts a second one."""
    found = survey(home)
    stack = found.stack if found.condition is Condition.RUNNING else None
    which = (
        Words(f" (process {found.pid})", f"（进程 {found.pid}）") if found.pid else Words("", "")
    )
    where = Words("", "")
    if stack:
        at = f"Temporal {stack.temporal_address}"
        where = Words(f": {at}", f"：{at}")
        if stack.ui_url:
            where = Words(
                f"{where.en}, Web UI {stack.ui_url}", f"{where.zh}，网页界面 {stack.ui_url}"
            )
    return BadInput(
        f"a local stack is already running under {home}{which.en}{where.en}."
        " More: pingtai status; to end it: pingtai stop",
        f"本机的 pingtai 已在运行（{home}）{which.zh}{where.zh}。查看：pingtai status；停止：pingtai stop",
    )
