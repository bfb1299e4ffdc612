"""The embedded PostgreSQL 18: one server for each home directory, on a Unix socket only.

Every process that needs it calls `start()`: the first one starts it, the others use it, and the
last one to `stop()` stops it. A process that dies counts as gone at once. Those who only read take
`db.postmaster.running()` and do not count. All of this blocks: call it from a thread.
"""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from db.file_lock import Presence, locked, taken
from db.home import home as default_home
from db.postmaster import (
    DATABASE,
    PID_FILE,
    Postmaster,
    mark,
    postmaster,
    processes,
    url_of,
)
from db.programs import VERSION, make_reachable, owner, run
from db.register_errors import EmbeddedPostgresError
from db.socket_directory import SOCKET, socket_directory

LOG = "postgres.log"
_LARGEST_LOG = 10_000_000
_START_SECONDS = 120
_STOP_SECONDS = 30
_ORPHANS_SECONDS = 15


class EmbeddedPostgres:
    """The PostgreSQL server under a home directory, and this process's use of it."""

    def __init__(self, home: Path | None = None) -> None:
        """Use the server under `home`, by default `db.home.home()`; nothing is started yet."""
        self._home = (home or default_home()).absolute()
        self.data = self._home / "postgres"
        self._lock = self._home / "postgres.lock"
        self._server_lock = self._home / "postgres.server.lock"
        self._presence = Presence(self._home / "postgres.users")

    def start(self) -> str:
        """Start the server, or use the one that runs, and give the URL of its database `pingtai`.

        The data directory and the database are created if missing. After a kill -9 of everything
        the data is recovered from PostgreSQL's own journal.

        Raises:
            EmbeddedPostgresError: it did not start; says what its log says.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        with locked(self._lock):
            found = self._awaited()
            if found is None:
                self._start_alone()
                found = postmaster(self.data)
            if found is None:
                raise self._failed("PostgreSQL ended at once.", "PostgreSQL 启动后立即退出。")
            self._ensure_database(found.socket_directory)
            self._presence.enter()
            return url_of(found.socket_directory)

    def stop(self) -> bool:
        """Use the server no longer; stop it unless another living process has started it too.

        Connections that are still open are broken. Returns whether the server is down.

        Raises:
            EmbeddedPostgresError: it could not be stopped.
        """
        with locked(self._lock):
            if not self._presence.leave():
                return False
            found = postmaster(self.data)
            if found is None:
                return True
            for mode in ("fast", "immediate"):
                try:
                    self._control("stop", "-w", "-t", str(_STOP_SECONDS), "-m", mode)
                    break
                except subprocess.SubprocessError:
                    continue
            if postmaster(self.data) is not None:
                raise self._failed(
                    f"PostgreSQL (process {found.pid}) does not stop.",
                    f"PostgreSQL（进程 {found.pid}）无法停止。",
                )
            if found.socket_directory != self.data:
                with suppress(OSError):
                    found.socket_directory.rmdir()
            return True

    def reopen_log(self) -> None:
        """Let the running server go on in a new file, after its log was renamed.

        Raises:
            EmbeddedPostgresError: it could not be told to.
        """
        try:
            self._control("logrotate")
        except subprocess.SubprocessError as error:
            raise self._failed(
                "PostgreSQL does not open its log again.", "PostgreSQL 未能重新打开日志。"
            ) from error

    def _awaited(self) -> Postmaster | None:
        """The server that runs; one that is still recovering, as after a crash, is waited for."""
        deadline = time.monotonic() + _START_SECONDS
        while (found := postmaster(self.data)) and not found.ready:
            if time.monotonic() > deadline:
                raise self._failed(
                    f"PostgreSQL (process {found.pid}) has accepted no connections for"
                    f" {_START_SECONDS} seconds.",
                    f"PostgreSQL（进程 {found.pid}）已 {_START_SECONDS} 秒不接受连接。",
                )
            time.sleep(0.05)
        return found

    def _start_alone(self) -> None:
        """Start the server, unless one that was left behind turns up meanwhile.

        Whatever works on the data, from initdb to the server's last process, inherits the open file with
        the lock, and so holds it as long as it lives: also when we are killed, and long before there is
        a postmaster.pid to read.
        """
        lock = os.open(self._server_lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not self._freed(lock):
                return
            self._prepare_directory(lock)
            sockets = socket_directory(self.data)
            self._forget_dead_server(sockets)
            self._start(sockets, lock)
        finally:
            os.close(lock)

    def _freed(self, lock: int) -> bool:
        """Take the lock, and wait for whoever still holds it; False when a server runs after all."""
        begun = time.monotonic()
        while not taken(lock):
            if self._awaited():
                return False
            waited = time.monotonic() - begun
            if waited > _ORPHANS_SECONDS:
                self._kill_orphans()
            if waited > _START_SECONDS:
                raise EmbeddedPostgresError(
                    f"{self._server_lock} is held: by a copy of this directory that is being made (wait for"
                    " it), or by a process of PostgreSQL that was left behind (find and stop it)",
                    f"{self._server_lock} 被占用：如正在复制本目录，请等待复制完成；如系遗留的 PostgreSQL"
                    " 进程，请找到并结束该进程",
                )
            time.sleep(0.02)
        return True

    def _kill_orphans(self) -> None:
        for process in processes(self.data):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _prepare_directory(self, lock: int) -> None:
        make_reachable(self.data)
        if self.data.exists() and any(self.data.iterdir()):
            version = self.data / "PG_VERSION"
            found = version.read_text().strip() if version.exists() else "(unknown)"
            if found != str(VERSION):
                raise EmbeddedPostgresError(
                    f"{self.data} was made by PostgreSQL {found}, this is {VERSION}: move it away"
                    " and rebuild the register from the histories, or upgrade it with pg_upgrade",
                    f"{self.data} 由 PostgreSQL {found} 创建，当前为 {VERSION}：请移走后由历史重建名册，或用"
                    " pg_upgrade 升级",
                )
            return
        # initdb writes PG_VERSION first of all: a directory that was cut short would look whole.
        # So it is made beside, and moved into place in one step.
        new = self.data.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        user = owner()
        if user:
            os.chown(new, user.pw_uid, user.pw_gid)
        try:
            run(
                "initdb",
                *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"),
                *("--pgdata", str(new)),
                cwd=new,
                timeout=_START_SECONDS,
                pass_fds=(lock,),
            )
        except subprocess.SubprocessError as error:
            why = error.output  # type: ignore[attr-defined]
            raise EmbeddedPostgresError(f"initdb failed: {why}", f"initdb 失败：{why}") from error
        new.rename(self.data)

    def _forget_dead_server(self, sockets: Path) -> None:
        """Take away lock files that no server stands behind, or PostgreSQL may refuse to start.

        It believes them as long as there is a process of that id, be it a zombie.
        """
        deadline = time.monotonic() + _ORPHANS_SECONDS
        # Of an older release, whose processes hold no lock.
        while any(processes(self.data)):
            # They have lost their postmaster and end by themselves once they notice.
            if time.monotonic() > deadline:
                self._kill_orphans()
            time.sleep(0.05)
        for left_over in (self.data / PID_FILE, sockets / SOCKET, sockets / f"{SOCKET}.lock"):
            left_over.unlink(missing_ok=True)

    def _start(self, sockets: Path, lock: int) -> None:
        log = self.data / LOG
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        options = (
            f"-h '' -p 5432 -k {sockets}"
            f" -c cluster_name={mark(self.data)} -c unix_socket_permissions=0700"
            # The server's own collector writes the log, because it opens the file again when asked to.
            f" -c logging_collector=on -c log_directory=. -c log_filename={LOG}"
            " -c log_rotation_age=0 -c log_rotation_size=0"
        )
        try:
            waiting = ("-w", "-t", str(_START_SECONDS))
            self._control("start", *waiting, "-l", LOG, "-o", options, pass_fds=(lock,))
        except subprocess.SubprocessError as error:
            raise self._failed(
                f"PostgreSQL did not start in {self.data}.", f"PostgreSQL 未能在 {self.data} 启动。"
            ) from error

    def _control(self, *args: str, pass_fds: tuple[int, ...] = ()) -> None:
        # PGDATA and not -D, because pg_ctl would hand -D to a shell; so the log's name is relative.
        environment = {"PGDATA": str(self.data)}
        patience = _START_SECONDS + 30
        run("pg_ctl", *args, cwd=self.data, env=environment, timeout=patience, pass_fds=pass_fds)

    def _ensure_database(self, sockets: Path) -> None:
        def psql(sql: str) -> str:
            options = ("-X", "-q", "-t", "-A", "-h", str(sockets), "-p", "5432")
            return run("psql", *options, "-U", "postgres", "-c", sql, cwd=self.data)

        deadline = time.monotonic() + _ORPHANS_SECONDS
        while True:
            try:
                known = psql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")  # noqa: S608
                if not known.strip():
                    psql(f"CREATE DATABASE {DATABASE}")
                return
            except subprocess.SubprocessError as error:
                # A process that was killed here may have left the server in the middle of making it.
                if time.monotonic() > deadline:
                    raise self._failed(
                        f"the database {DATABASE} could not be opened.",
                        f"无法打开数据库 {DATABASE}。",
                    ) from error
            time.sleep(0.1)

    def _failed(self, en: str, zh: str) -> EmbeddedPostgresError:
        log = self._last_words()
        return EmbeddedPostgresError(en + log, zh + log)

    def _last_words(self) -> str:
        log = self.data / LOG
        if not log.exists():
            return ""
        lines = log.read_text(errors="replace").splitlines()[-15:]
        return f" Its log, {log}, ends:\n" + "\n".join(lines)
