"""Which process serves a data directory: read from its postmaster.pid, and not simply believed.

After kill -9 the file stays, and its process id may belong to a zombie or to any other program.
So every server of ours carries a mark in its command line, made from its data directory; unlike
a process's working directory, root in a container may read that of another user's process.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from db.home import home as default_home

DATABASE = "pingtai"
PID_FILE = "postmaster.pid"
_SOCKET_LINE = 4
_STATUS_LINE = 7


@dataclass(frozen=True)
class Postmaster:
    """A living server: its process id, where its socket is, and whether it takes connections yet."""

    pid: int
    socket_directory: Path
    ready: bool


def mark(data: Path) -> str:
    """The cluster name of a data directory's server; it stands in its processes' command lines."""
    return "pingtai-" + hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]


def postmaster(data: Path) -> Postmaster | None:
    """The server that serves `data` now; None when there is none, whatever its files may say."""
    try:
        lines = (data / PID_FILE).read_text(errors="replace").splitlines()
        pid = int(lines[0])
        process = psutil.Process(pid)
        if not _carries(mark(data), process):
            return None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    socket_directory = lines[_SOCKET_LINE] if len(lines) > _SOCKET_LINE else ""
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return Postmaster(pid, Path(socket_directory), ready=status == "ready")


def running(home: Path | None = None) -> str | None:
    """The URL of the home's server if it runs and takes connections; it may stop at any time."""
    found = postmaster((home or default_home()) / "postgres")
    return url_of(found.socket_directory) if found and found.ready else None


def url_of(sockets: Path) -> str:
    """The URL of our database at a server whose socket is in this directory."""
    # The port is said, because asyncpg would otherwise take it from PGPORT.
    return f"postgresql+asyncpg://postgres@/{DATABASE}?host={sockets}&port=5432"


def processes(data: Path) -> Iterator[psutil.Process]:
    """All living processes of `data`'s server, also those that have outlived their postmaster."""
    sign = mark(data)
    for process in psutil.process_iter():
        try:
            if _carries(sign, process):
                yield process
        except psutil.Error:
            continue


def _carries(sign: str, process: psutil.Process) -> bool:
    # A postmaster has the mark in an argument, its children in their title; a zombie has neither.
    line = process.cmdline()
    return (
        bool(line)
        and "postgres" in line[0]
        and any(sign in part for part in line)
        and process.status() != psutil.STATUS_ZOMBIE
    )
