"""Processes that need not import anything: each is forked from one that has imported it all already.

Whoever runs tests of one run asks the same one.

To import the SDK, SQLAlchemy and our own code takes a core longer than a second, and the tests start a hundred
processes. Otherwise such a process is like any other: it has an environment, files and signals of its own, and
ends as the program ends it. Where the program is what is started (`up --detach`, documents, CI), it is exec'ed.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from types import ModuleType
from typing import Any, NoReturn, Self

from db.file_lock import locked
from tests.memory import RUN, place

_ROOT = Path(__file__).parents[1]
_LARGEST = 1 << 17
_PATIENCE = 600.0
"""Seconds that a command may take beside other load."""


class Started:
    """A process at work, as `subprocess.Popen` shows one."""

    def __init__(self, pid: int, ended: int) -> None:
        """`ended`: what its exit code is written to."""
        self.pid = pid
        self.returncode: int | None = None
        self._ended = ended

    def poll(self) -> int | None:
        """Its exit code; None as long as it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = int(os.read(self._ended, 16))
            os.close(self._ended)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, as long as it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill -9."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()


class Warm:
    """Starts processes that have these modules already."""

    def __init__(self, *modules: str) -> None:
        """Nothing is started before it is needed."""
        self._modules = modules
        self._to: socket.socket | None = None
        self._one_at_a_time = Lock()

    def start(
        self,
        code: str,
        args: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        files: Sequence[int],
    ) -> Started:
        """Run code with arguments, an environment, and the files of standard input, output and errors."""
        said = {"code": code, "args": [*args], "env": {**env}, "cwd": str(cwd)}
        with self._one_at_a_time:
            self._to = self._to or self._begin()
            ours, its = os.pipe()
            socket.send_fds(self._to, [json.dumps(said).encode()], [*files, its])
            os.close(its)
            return Started(int(self._to.recv(16)), ours)

    def run(
        self,
        code: str,
        args: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        given: bytes = b"",
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        with TemporaryFile() as into, TemporaryFile() as out, TemporaryFile() as err:
            into.write(given)
            into.seek(0)
            files = [one.fileno() for one in (into, out, err)]
            process = self.start(code, args, env, cwd, files)
            try:
                ended = process.wait(_PATIENCE)
            finally:
                process.kill()
            told = [os.pread(one, os.fstat(one).st_size, 0).decode() for one in files[1:]]
            return subprocess.CompletedProcess([*args], ended, *told)

    def _begin(self) -> socket.socket:
        """Connect to the one of this run, or start it. The end of the run ends it."""
        name = sha256(" ".join(self._modules).encode()).hexdigest()[:16]
        path = Path(place()) / f"warm-{name}"
        with locked(path.with_suffix(".lock")):
            if not path.exists():
                self._listen(path)
        to = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        to.connect(str(path))
        atexit.register(to.close)
        return to

    def _listen(self, path: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(str(path))
            listening.listen()
            listening.set_inheritable(True)
            os.posix_spawn(
                sys.executable,
                [
                    sys.executable,
                    "-m",
                    "tests.warm_process",
                    str(listening.fileno()),
                    *self._modules,
                ],
                {**clean, "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), RUN: place()},
                file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
                setsid=True,  # Ctrl-C is for the tests
            )


def _serve(listening: socket.socket) -> None:
    """Fork a process for whoever asks, and tell how each ends."""
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    asking: list[socket.socket] = []
    while True:
        waited = [awake, *(one.fileno() for one in (listening, *asking))]
        ready, _, _ = select.select(waited, [], [])
        if awake in ready:
            os.read(awake, 100)
            _tell(running)
        for asked in [one for one in asking if one.fileno() in ready]:
            message, files, _, _ = socket.recv_fds(asked, _LARGEST, 4)
            if not message:
                asking.remove(asked)
                asked.close()
                continue
            pid = os.fork()
            if pid == 0:
                for one in (listening, *asking):
                    one.detach()
                _become(json.loads(message), files)
            running[pid] = files.pop()
            for file in files:
                os.close(file)
            asked.send(str(pid).encode())
        if listening.fileno() in ready:
            asking.append(listening.accept()[0])


def _tell(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = running.pop(pid)
        with suppress(BrokenPipeError):  # nobody waits for it
            os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(ended)


def _become(said: Any, files: list[int]) -> NoReturn:
    """Be the process that was asked for."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.closerange(3, max(files) + 100)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, for good
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
    os.environ.clear()
    os.environ.update(said["env"])
    os.chdir(said["cwd"])
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["pingtai", *said["args"]]
    sys.modules["__main__"] = main = ModuleType("__main__")
    code = 0
    try:
        exec(said["code"], vars(main))  # noqa: S102 - the tests' own
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    for name in sys.argv[2:]:
        import_module(name)
    gc.collect()
    gc.freeze()  # or each process would copy all that is there when it looks for garbage
    if Path("/proc/self/task").exists():
        assert 1 == len([*Path("/proc/self/task").iterdir()]), (
            "a thread would be missing in what is forked"
        )
    given = int(sys.argv[1])
    for first, end in (
        (3, given),
        (given + 1, 1 << 12),
    ):  # pytest's own are not for whoever is forked
        os.closerange(first, end)
    _serve(socket.socket(fileno=given))
