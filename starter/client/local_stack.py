"""Where the local stack of `pingtai up` listens, as it says itself in a file under its home."""

import os
import time
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from workflows.model import Record
from workflows.periods import BEIJING
from workflows.words import Words


class LocalStack(Record):
    """A running `pingtai up`: the process, and where its parts listen."""

    pid: int
    started: float
    """The process's start time (seconds since the epoch): a pid alone may have been given away."""
    temporal_pid: int = 0
    temporal_started: float = 0.0
    temporal_address: str
    ui_url: str
    database_url: str
    embedded: bool = True
    """Whether PostgreSQL is the embedded one, and not that of DATABASE_URL."""
    version: str = ""
    temporal_version: str = ""
    log: str = ""
    """The file to which it writes its log; empty where that is a terminal, or whatever started it."""
    roster: str = ""
    """Whose roster it had when it was ready (`starter.roster.example_roster.RosterOrigin`)."""
    missing_key: str = ""
    """The key, not among the settings that it started with, with which open cases are encrypted; "": none."""
    apart: tuple[str, str] | None = None
    """That one part had nothing of what the other has when it was ready, in English and Chinese."""
    clash: tuple[str, str] | None = None
    """Why Temporal is not at its usual port, in English and Chinese."""
    clash_lasts: bool = False
    """Whether the other port is kept for the next starts, too."""

    @property
    def running(self) -> bool:
        """Whether the process that wrote this is still there."""
        return same_process(self.pid, self.started)


def same_process(pid: int, started: float) -> bool:
    """Whether a pid is still the process that began at `started`."""
    import psutil  # noqa: PLC0415 - where DATABASE_URL is set, no process is looked at

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - started) < 1
    except psutil.Error:
        return False


def stack_file(home: Path) -> Path:
    """The file in which a local stack says where it listens."""
    return home / "stack.json"


def read_stack(home: Path) -> LocalStack | None:
    """What the last local stack under a home said of itself, running or not."""
    try:
        return LocalStack.model_validate_json(stack_file(home).read_bytes())
    except (OSError, ValidationError):
        return None


class UnexpectedEnd(Record):
    """When and why a local stack stopped although nobody asked for it."""

    at: float
    """Seconds since the epoch."""
    why: tuple[str, str]
    """In English and Chinese."""

    @property
    def words(self) -> Words:
        """Since when the stack has not been running, and why."""
        at = datetime.fromtimestamp(self.at, BEIJING).strftime("%Y-%m-%d %H:%M")
        en, zh = self.why
        return Words(
            f"Pingtai has not been running since {at}: {en}", f"平台系统自 {at} 起停止运行：{zh}"
        )


def end_file(home: Path) -> Path:
    """The file in which a stack says why it stopped unasked; the next start removes it."""
    return home / "unexpected_end.json"


def read_unexpected_end(home: Path) -> UnexpectedEnd | None:
    """Why the last stack under a home stopped unasked; None where somebody stopped it."""
    try:
        return UnexpectedEnd.model_validate_json(end_file(home).read_bytes())
    except (OSError, ValidationError):
        return None


def note_unexpected_end(home: Path, why: Words) -> None:
    """Keep for `pingtai status` and other commands why the stack is stopping now."""
    end = UnexpectedEnd(at=time.time(), why=(why.en, why.zh))
    end_file(home).touch(mode=0o600)
    end_file(home).write_text(end.model_dump_json(), encoding="utf-8")


def write_stack(home: Path, stack: LocalStack) -> None:
    """Say where the local stack listens; readable for its owner only."""
    target = stack_file(home)
    draft = target.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text(stack.model_dump_json(indent=2), encoding="utf-8")
    os.replace(draft, target)  # noqa: PTH105 - the atomic one
