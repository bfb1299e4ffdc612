"""One Temporal server for each SQLite file: the server itself holds a lock for as long as it lives.

The lock is the kernel's (`flock`) and belongs to an open file that the server inherits. So it outlives a
`pingtai up` that is killed while its server still runs, and it is given up with the server, however that
ends. The file says who holds it: the server's process id, and that of the process that started it.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import psutil

from db.file_lock import taken
from starter.errors import BadInput, Unreachable

DATABASE = "temporal.sqlite"
_LOCK = "temporal.lock"
_PATIENCE_SECONDS = 40.0
_KILL_AFTER_SECONDS = 10.0


async def take_server_lock(folder: Path) -> int:
    """Return an open file that holds the lock of the folder's database, to be passed to the new server.

    A server whose starter is dead is ended first: nobody would ever stop it.

    Raises:
        BadInput: a server that somebody looks after works on this database.
        Unreachable: a server that was left behind does not end.
    """
    database = folder / DATABASE
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _wait_for_lock(lock, database)
        os.ftruncate(lock, 0)  # it named the server before
        for server in _servers_without_lock(database):
            await asyncio.to_thread(_end, server)
    except BaseException:
        os.close(lock)
        raise
    return lock


async def _wait_for_lock(lock: int, database: Path) -> None:
    clock = asyncio.get_running_loop().time
    begun = clock()
    while not taken(lock):
        waited = clock() - begun
        holder = _holder(lock, database)
        if holder:
            server, starter = holder
            with suppress(psutil.NoSuchProcess):
                if server.ppid() == starter:
                    raise _served_already(database, server.pid)
                if waited > _KILL_AFTER_SECONDS:
                    server.kill()
                else:
                    server.terminate()
        if waited > _PATIENCE_SECONDS:
            raise Unreachable(
                f"the lock of {database} is held: by a copy of this directory that is being made (wait for it),"
                " or by a process that does not end (find and stop it)",
                f"{database} 被占用：如正在复制本目录，请等待复制完成；如系遗留的进程，请查找并结束该进程",
            )
        await asyncio.sleep(0.1)


def server_of(folder: Path) -> psutil.Process | None:
    """The server that works on a folder now, as its lock's file says; None when there is none."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        found = _holder(lock, folder / DATABASE)
    finally:
        os.close(lock)
    return found[0] if found else None


async def end_server(folder: Path) -> bool:
    """End a server that was left behind on a folder; whether there was one.

    Raises:
        BadInput: somebody looks after it.
        Unreachable: it does not end.
    """
    if server_of(folder) is None:
        return False
    os.close(await take_server_lock(folder))
    return True


def _holder(lock: int, database: Path) -> tuple[psutil.Process, int] | None:
    """The server that holds the lock and who started it; None while a new one has not said so yet."""
    try:
        pid, starter = (int(word) for word in os.pread(lock, 100, 0).split())
        server = psutil.Process(pid)
        # The number may be an old one that the system has given to another program since.
        return (server, starter) if str(database) in server.cmdline() else None
    except (ValueError, psutil.Error):
        return None


def _servers_without_lock(database: Path) -> list[psutil.Process]:
    """Servers on this database that know nothing of the lock: left behind by an older release.

    Those lead a session of their own. One that a person started in a terminal does not.
    """
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if "start-dev" not in words or str(database) not in words:
                continue
            if os.getsid(process.pid) != process.pid:
                raise _served_already(database, process.pid)
            found.append(process)
        except (psutil.Error, ProcessLookupError):
            continue
    return found


def _end(server: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        server.terminate()
        try:
            server.wait(_KILL_AFTER_SECONDS)
        except psutil.TimeoutExpired:
            server.kill()
            server.wait(_KILL_AFTER_SECONDS)


def _served_already(database: Path, pid: int) -> BadInput:
    return BadInput(
        f"a Temporal server already uses {database} (process {pid}): stop it first",
        f"已有 Temporal 服务（进程 {pid}）正在使用 {database}：请先停止",
    )
