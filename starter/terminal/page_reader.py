"""The reader's own pager, as git uses it; help opens it without all that draws tables."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_USUAL = ("less", "more")
_SETTINGS = {"LESS": "FRX", "LESSCHARSET": "utf-8"}
"""Colours are shown, what fits a screen is not paged, and the text stays on the screen afterwards."""


def read_in_pager(page: str) -> bool:
    """Let the pager ($PAGER, else less) show what fills more than the screen; whether it did."""
    pager = _pager() if _is_long(page) else None
    return bool(pager and _read_in(page, pager))


def _is_long(page: str) -> bool:
    return page.count("\n") >= shutil.get_terminal_size().lines


def _pager() -> list[str] | None:
    """The pager's command; None where none is wanted, or none is there."""
    try:
        command = shlex.split(os.environ.get("PAGER", _usual()))
    except ValueError:
        return None
    if os.environ.get("TERM") == "dumb" or not command or command[0] == "cat":
        return None
    return command if shutil.which(command[0]) else None


def _usual() -> str:
    return next((name for name in _USUAL if shutil.which(name)), "")


def _read_in(page: str, command: list[str]) -> bool:
    """Let a pager show it; whether it could be started."""
    try:
        reader = subprocess.Popen(  # noqa: S603 - it is the reader's own setting
            command,
            stdin=subprocess.PIPE,
            encoding=sys.stdout.encoding or "utf-8",
            errors="replace",
            env=_SETTINGS | os.environ,
        )
    except OSError:
        return False
    # Ctrl-C is for the pager; whoever has seen enough closes it before the end.
    with _interrupts_ignored(), suppress(BrokenPipeError):
        reader.communicate(page)
    return True


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
