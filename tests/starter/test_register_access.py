"""Where commands find the register, and what they say where nobody works on the cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError, ProgrammingError

from db.direct import DirectConnections
from db.row_types import LastTerm
from starter.client import register_access as opening
from starter.client import register_lookups
from starter.client.local_stack import LocalStack, write_stack
from starter.client.register_lookups import RegisterLookups
from starter.errors import BadInput, PingtaiError, Unreachable
from starter.remarks import listening, remark
from starter.terminal.command_runner import answered
from workflows.words import Words


class PretendServer:
    """An embedded server whose data is there, and which says what is done with it."""

    done: list[str]

    def __init__(self, home: Path) -> None:
        self.data = home / "postgres"

    def start(self) -> str:
        self.done.append("start")
        return "postgresql+asyncpg://u@localhost:1/embedded"

    def stop(self) -> bool:
        self.done.append("stop")
        return True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done with the embedded server, and the URLs that are opened."""
    done: list[str] = []
    PretendServer.done = done

    def watched(url: str, *, patient: bool) -> DirectConnections:
        done.append(url.rpartition("/")[2])
        return DirectConnections(url, patient=patient)

    monkeypatch.setattr(opening, "DirectConnections", watched)
    monkeypatch.setattr("db.embedded.EmbeddedPostgres", PretendServer)
    monkeypatch.setattr("db.postmaster.running", lambda home: None)
    return done


async def test_database_url_comes_first(server: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL goes before a running server; a running one is used and left alone."""
    local = "postgresql+asyncpg://u@localhost:1/local"
    monkeypatch.setattr("db.postmaster.running", lambda home: local)
    async with opening.open_register():
        pass
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@localhost:1/named")
    async with opening.open_register():
        pass
    assert ["local", "named"] == server


async def test_embedded_server_is_started_for_the_while(server: list[str], tmp_path: Path) -> None:
    """A server that has data but does not run is started and stopped again, also after an error."""
    (tmp_path / "home" / "postgres").mkdir(parents=True)
    with pytest.raises(LookupError):
        async with opening.open_register():
            raise LookupError
    assert ["start", "embedded", "stop"] == server


@pytest.mark.parametrize(
    ("running", "killed", "heard"),
    [
        (False, False, True),
        (False, True, True),
        (True, True, True),  # left over from a stack that was killed
        (True, False, False),  # a worker's, or a stack's that is just starting
    ],
)
async def test_reading_without_a_system_says_so(
    server: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    running: bool,
    killed: bool,
    heard: bool,
) -> None:
    """Nothing changes until `pingtai up`: otherwise whoever waits for a step to go on waits in vain."""
    home = tmp_path / "home"
    (home / "postgres").mkdir(parents=True)
    if running:
        monkeypatch.setattr("db.postmaster.running", lambda home: "postgresql://u@localhost:1/x")
    if killed:
        dead = LocalStack(
            pid=2**22 - 1, started=1.0, temporal_address="127.0.0.1:1", ui_url="", database_url=""
        )
        write_stack(home, dead)
    remarks: list[Words] = []
    with listening(remarks.append):
        with suppress(Unreachable):  # Tab starts no server, and says nothing
            async with opening.open_register(start=False):
                pass
        assert [] == remarks
        async with opening.open_register():
            pass
    assert [opening.NOT_RUNNING] * heard == remarks


def test_a_remark_is_made_once_in_a_command() -> None:
    """The register is opened for the name of a platform, and again for what is asked about it."""

    @click.command()
    def twice() -> None:
        for _ in range(2):
            with answered():
                remark(Words("note", "注意"))

    assert "note\n" == CliRunner().invoke(twice).stderr
    remark(Words("nobody listens", "无人"))


async def test_nowhere(server: list[str], tmp_path: Path) -> None:
    """Without any register one is told to run `pingtai up`; an application starts no server."""
    with pytest.raises(Unreachable, match="pingtai up"):
        async with opening.open_register():
            pass
    (tmp_path / "home" / "postgres").mkdir(parents=True)
    with pytest.raises(Unreachable, match="of this machine is not running: run `pingtai up`"):
        await RegisterLookups().last_term("p-1")
    assert [] == server


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (OperationalError("s", None, OSError("gone")), Unreachable, "gone"),
        (ProgrammingError("s", None, Exception("odd")), PingtaiError, "a mistake of ours: odd"),
        (TimeoutError("late"), Unreachable, "late"),
    ],
)
async def test_database_that_is_away(
    server: list[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    expected: type[Exception],
    words: str,
) -> None:
    """What the database says is told in words that help."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@localhost:1/named")
    with pytest.raises(expected, match=words):
        async with opening.open_register():
            raise error


async def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that nobody serves is unreachable; a URL that is none is bad input."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@127.0.0.1:1/named")
    with pytest.raises(Unreachable):
        await RegisterLookups().last_term("p-1")
    monkeypatch.setenv("DATABASE_URL", "mysql://u:secret@127.0.0.1/named")
    with pytest.raises(BadInput) as bad:
        await RegisterLookups().last_term("p-1")
    assert "secret" not in bad.value.words.en


async def test_last_term(server: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest term's number and last hash; none when the register does not know the platform."""

    class Queries:
        async def last_term(self, platform_id: str) -> LastTerm | None:
            return LastTerm(2, "a-1", "expired", "a" * 64) if platform_id == "p-1" else None

    @asynccontextmanager
    async def pretend(*, start: bool) -> AsyncIterator[Queries]:
        assert not start
        yield Queries()

    monkeypatch.setattr(register_lookups, "open_register", pretend)
    found = await RegisterLookups().last_term("p-1")
    assert found is not None
    assert (found.term, found.log_hash) == (2, "a" * 64)
    assert await RegisterLookups().last_term("p-2") is None


async def test_a_command_finds_the_register_once(
    server: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its questions go over what is open; once the database went away it is looked for anew."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@localhost:1/named")
    kept = opening.KeptRegister()
    async with kept.opened() as first, kept.opened() as second:
        assert first is second
    assert ["named"] == server
    with suppress(OSError):
        async with kept.opened():
            raise ConnectionRefusedError
    async with kept.opened() as third:
        assert third is not first
    await kept.close()
    assert ["named", "named"] == server
