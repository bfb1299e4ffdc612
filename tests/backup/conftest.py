"""An installation without servers: a SQLite file as Temporal's, and a register that is a file."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from db.embedded import EmbeddedPostgres
from tests.nobody import be_nobody

Histories = Callable[[Path], list[str]]


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on who runs it."""
    be_nobody(monkeypatch, tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with Temporal's file, in which one event stands."""
    folder = tmp_path / "installation"
    (folder / "temporal").mkdir(parents=True)
    with closing(sqlite3.connect(folder / "temporal" / "temporal.sqlite")) as file:
        file.execute("PRAGMA journal_mode = wal")
        file.execute("CREATE TABLE history_node (event TEXT)")
        file.execute("INSERT INTO history_node VALUES ('applied')")
        file.commit()
    return folder


@pytest.fixture
def histories() -> Histories:
    """What stands in a copy of Temporal's file."""

    def read(path: Path) -> list[str]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as file:
            return [event for (event,) in file.execute("SELECT event FROM history_node")]

    return read


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The register of these tests: a file, whose content is dumped and read back."""
    content = tmp_path / "register"
    content.write_text("the register")

    @asynccontextmanager
    async def url() -> AsyncIterator[str]:
        yield "postgresql+asyncpg://postgres@/pingtai"

    monkeypatch.setattr("worker.backup.making.register_url", url)
    monkeypatch.setattr(
        "worker.backup.making.dump_register",
        lambda url, target: target.write_text(content.read_text()),
    )
    monkeypatch.setattr("worker.backup.making.check_dump", lambda path: None)
    monkeypatch.setattr("worker.backup.restoring.check_dump", lambda path: None)
    monkeypatch.setattr(
        "worker.backup.restoring.read_back",
        lambda url, dump: content.write_text(dump.read_text()),
    )
    monkeypatch.setattr(EmbeddedPostgres, "start", lambda self: "postgresql://")
    monkeypatch.setattr(EmbeddedPostgres, "stop", lambda self: True)
    return content
