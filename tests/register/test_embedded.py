"""The embedded PostgreSQL: starts whatever was left behind, is shared, and stops when told to."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from sqlalchemy.engine import make_url

from db import embedded
from db import socket_directory as sockets
from db.embedded import EmbeddedPostgres
from db.home import home
from db.postmaster import PID_FILE, postmaster, processes, running
from db.programs import VERSION, programs, run
from db.register_errors import EmbeddedPostgresError
from tests.memory import throw_away_folder

PROJECT = Path(__file__).parents[2]

ANOTHER_PROCESS = """
import os, sys
from pathlib import Path
from db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), flush=True)
if sys.stdin.readline().strip() == "stop":
    print(server.stop(), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="session")
def data(servers: None) -> Path:
    """A data directory to be copied, because making one takes a second."""
    server = EmbeddedPostgres(throw_away_folder("test"))
    server.start()
    server.stop()
    return server.data


@pytest.fixture
def place(empty_place: Path, data: Path) -> Path:
    """A home directory in which a server ran before, and was stopped."""
    return furnished(empty_place, data)


def furnished(home: Path, data: Path) -> Path:
    """Put a copy of a data directory into a home."""
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(data), str(home)], check=True)
    return home


@pytest.fixture
def empty_place(servers: None) -> Iterator[Path]:
    """An empty home directory; whatever server runs there afterwards is ended."""
    path = throw_away_folder("test")
    yield path
    homes = (path / "postgres", *path.glob("*/postgres"), *path.glob("*/*/postgres"))
    left = [process for data in homes for process in processes(data)]
    for process in left:  # at once, but killed a postmaster would leave its shared memory
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGQUIT)
    psutil.wait_procs(left, timeout=10)
    shutil.rmtree(path)


def ask(url: str, *statements: str) -> str:
    """What the statements print, by PostgreSQL's own client."""
    directory = str(make_url(url).query["host"])
    options = ("-X", "-q", "-t", "-A", "-U", "postgres", "-h", directory, "-d", "pingtai")
    commands = [part for statement in statements for part in ("-c", statement)]
    return run("psql", *options, *commands, cwd=Path("/")).strip()


def another(place: Path) -> "subprocess.Popen[str]":
    """Another process that starts the server, says its URL, and waits for a word."""
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )


def test_the_wheel_has_the_version_we_ask_for() -> None:
    """The programs come from the wheel and are of the version that data directories are made with."""
    assert f" {VERSION}." in run("postgres", "--version", cwd=programs())


def test_start_use_stop(place: Path) -> None:
    """A server starts, takes connections on its Unix socket alone, and is gone after `stop`."""
    server = EmbeddedPostgres(place)
    assert running(place) is None
    url = server.start()
    assert url == running(place) == server.start()
    assert "" == ask(url, "SHOW listen_addresses")
    assert "UTF8" == ask(url, "SHOW server_encoding")
    found = postmaster(server.data)
    assert found is not None
    assert server.stop()
    assert running(place) is None
    assert [] == list(processes(server.data))
    assert server.stop()


def test_nothing_starts_while_the_home_is_copied(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever copies holds the server's lock (docs/deployment.md): a look-up waits, and then says why."""
    monkeypatch.setattr(embedded, "_START_SECONDS", 0.1)
    server = EmbeddedPostgres(place)
    copy = ["flock", str(place / "postgres.server.lock"), "cat"]
    with subprocess.Popen(copy, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as copying:
        assert copying.stdin and copying.stdout
        copying.stdin.write(b"x")
        copying.stdin.flush()
        copying.stdout.read(1)  # it has the lock
        with pytest.raises(EmbeddedPostgresError, match="a copy of this directory"):
            server.start()
        copying.stdin.close()
    assert postmaster(server.data) is None


@pytest.mark.parametrize("xdg", ["missing", "there", "gone"])
def test_a_long_path(
    empty_place: Path, data: Path, monkeypatch: pytest.MonkeyPatch, xdg: str
) -> None:
    """Where the data's path is too long or odd for a socket, the socket goes to a private place."""
    runtime = empty_place / "r"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime if xdg == "there" else empty_place / "none"))
    if xdg == "missing":
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    home = empty_place / ("long" * 30) / "平台 'a\"$b:c,d"
    server = EmbeddedPostgres(furnished(home, data))
    url = server.start()
    directory = Path(str(make_url(url).query["host"]))
    assert 103 >= len(os.fsencode(directory / sockets.SOCKET))
    assert 0o700 == directory.stat().st_mode & 0o777
    assert "1" == ask(url, "SELECT 1")
    assert server.stop()
    assert not directory.exists()


def test_a_squatted_socket_directory_is_not_used(
    empty_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory in /tmp that others may enter is passed over: whoever made it could listen there."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(empty_place))
    data = empty_place / ("long" * 30)
    first = sockets.socket_directory(data)
    assert empty_place == first.parent
    first.chmod(0o777)
    second = sockets.socket_directory(data)
    assert first != second
    assert 0o700 == second.stat().st_mode & 0o777
    second.rmdir()


def test_kill_9_of_everything_keeps_the_data(place: Path) -> None:
    """All processes of the server killed at once, it starts again with everything that was committed.

    Here the dead may stay as zombies, as in a container whose first process does not reap.
    """
    server = EmbeddedPostgres(place)
    url = server.start()
    ask(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    for process in processes(server.data):
        process.kill()
    while postmaster(server.data):
        time.sleep(0.01)
    assert (server.data / PID_FILE).exists()
    assert running(place) is None
    again = EmbeddedPostgres(place)
    assert "7" == ask(again.start(), "SELECT n FROM kept")


def test_kill_9_of_the_postmaster_alone(place: Path) -> None:
    """Processes that outlive their postmaster are waited for before another one starts."""
    server = EmbeddedPostgres(place)
    url = server.start()
    ask(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    found = postmaster(server.data)
    assert found is not None
    psutil.Process(found.pid).kill()
    while postmaster(server.data):
        time.sleep(0.01)
    assert "7" == ask(server.start(), "SELECT n FROM kept")


def test_a_pid_that_another_program_has_now(place: Path) -> None:
    """A postmaster.pid whose process is some other program's is not taken for a server, nor harmed."""
    server = EmbeddedPostgres(place)
    server.start()
    left = (server.data / PID_FILE).read_text()
    server.stop()
    with subprocess.Popen(["sleep", "60"], user=server.data.owner()) as other:
        first, *rest = left.splitlines()
        for name in (PID_FILE, f"{sockets.SOCKET}.lock"):
            path = server.data / name
            path.write_text("\n".join((str(other.pid), *rest)) + "\n")
            shutil.chown(path, server.data.owner())
        assert str(other.pid) != first
        assert running(place) is None
        assert "1" == ask(server.start(), "SELECT 1")
        assert server.stop()
        assert other.poll() is None
        other.kill()


def test_killed_while_it_makes_the_data(empty_place: Path) -> None:
    """A data directory appears whole or not at all; what initdb has left by then is thrown away."""
    home = empty_place / "平台 'a\"$b:c,d"
    left = home / "postgres.new" / "PG_VERSION"
    with another(home) as starter:
        while not left.exists():  # the first file that initdb writes
            assert starter.poll() is None
        starter.kill()
    assert not (home / "postgres").exists()
    works_again(home)
    assert not left.parent.exists()


def test_killed_while_the_server_starts(place: Path) -> None:
    """The server that is on its way is waited for, and used."""
    killed_at("pg_ctl", place)
    works_again(place)


def test_killed_while_it_makes_the_database(empty_place: Path) -> None:
    """What the server is in the middle of is waited for."""
    killed_at("psql", empty_place, 0.03)
    works_again(empty_place)


def killed_at(program: str, home: Path, more: float = 0) -> None:
    """Start the server, and be killed while a program runs, after so many seconds of it.

    One that was too short to be seen is waited for at another start.
    """
    for _ in range(20):
        with another(home) as starter:
            seen = False
            while not (seen or said_something(starter)):
                assert starter.poll() is None
                seen = program in children(starter.pid)
            time.sleep(more if seen else 0)
            starter.kill()
        if seen:
            return
        server = EmbeddedPostgres(home)
        server.start()
        assert server.stop()
    pytest.fail(f"{program} was never seen")


def said_something(starter: "subprocess.Popen[str]") -> bool:
    """Whether the server has been started."""
    assert starter.stdout
    return bool(select.select([starter.stdout], [], [], 0)[0])


def works_again(home: Path) -> None:
    """Whoever is killed in the middle of a start leaves programs at work: the next start waits for them."""
    server = EmbeddedPostgres(home)
    assert "1" == ask(server.start(), "SELECT 1")
    assert 1 == sum("-k" in process.cmdline() for process in processes(server.data))
    assert server.stop()


def children(pid: int) -> list[str]:
    """The programs that a process runs now; Linux says so at once, without a look at all processes."""
    known = Path(f"/proc/{pid}/task/{pid}/children")
    found = []
    with suppress(psutil.NoSuchProcess, OSError):
        pids = map(int, known.read_text().split()) if known.exists() else ()
        running = [*map(psutil.Process, pids)] if known.exists() else psutil.Process(pid).children()
        for child in running:
            found.append(child.name())
    return found


def test_data_of_another_version_is_left_alone(empty_place: Path) -> None:
    """Data that another PostgreSQL made is not touched; the message says what to do."""
    (empty_place / "postgres").mkdir()
    (empty_place / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 16, this is 18"):
        EmbeddedPostgres(empty_place).start()


def test_a_server_that_does_not_start_says_why(place: Path) -> None:
    """The error ends with the last lines of PostgreSQL's own log."""
    server = EmbeddedPostgres(place)
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        server.start()


def test_two_processes_at_once_share_one_server(place: Path) -> None:
    """Of two that start at once one starts the server, the other uses it, and the last one stops it."""
    with another(place) as one, another(place) as two:
        assert one.stdout
        assert two.stdout
        assert one.stdout.readline() == two.stdout.readline()
        assert 1 == sum("-c" in process.cmdline() for process in processes(place / "postgres"))
        assert "False\n" == one.communicate("stop\n")[0]
        assert running(place)
        assert "True\n" == two.communicate("stop\n")[0]
    assert running(place) is None


def test_a_process_that_died_does_not_keep_the_server(place: Path) -> None:
    """A process that ended without `stop`, by os._exit or kill -9, counts as gone; the server stays up."""
    with another(place) as leaves, another(place) as dies:
        for process in (leaves, dies):
            assert process.stdout
            process.stdout.readline()
        leaves.communicate("leave\n")
        dies.kill()
    url = running(place)
    server = EmbeddedPostgres(place)
    assert url == server.start()
    assert server.stop()
    assert running(place) is None


def test_a_reader_does_not_stop_it(place: Path) -> None:
    """Who only reads asks `running`, and ends without any effect on the server."""
    server = EmbeddedPostgres(place)
    url = server.start()
    code = "import sys; from pathlib import Path; from db.postmaster import running;"
    seen = subprocess.run(
        [sys.executable, "-c", f"{code} print(running(Path(sys.argv[1])))", str(place)],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    assert f"{url}\n" == seen.stdout
    assert url == running(place)
    assert server.stop()


def test_home(empty_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PINGTAI_HOME is made if missing, absolute, and closed to others but for passing through."""
    monkeypatch.chdir(empty_place)
    monkeypatch.setenv("PINGTAI_HOME", "there/inside")
    assert empty_place / "there" / "inside" == home()
    assert 0 == home().stat().st_mode & 0o066
