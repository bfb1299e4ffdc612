"""Commands are loaded when they are called, and then no more than they need."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from audit.commands import REBUILD
from db.register_store import PostgresRegister
from starter.commands import COMMANDS
from starter.terminal.lazy_group import Listed
from tests.register.cases import batch, listed
from worker.main import pingtai
from worker.manual import commands

LISTED = (*COMMANDS, REBUILD)
ROOT = Path(__file__).parents[2]
"""From here this code is imported, also where another copy of it is installed."""
HEAVY = {"temporalio.client", "sqlalchemy", "rich", "pydantic", "cryptography"}


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: one.name)
def test_what_is_listed_is_there(listed: Listed) -> None:
    """Under the name that it is listed by."""
    assert listed.name == listed.load().name


def test_every_command_is_reached() -> None:
    """From the root, with its help, also what one folder adds to a group of another."""
    paths = [context.command_path for context in commands(pingtai)]
    assert {"pingtai audit digest list", "pingtai register rebuild", "pingtai up"} <= set(paths)
    assert len(paths) == len(set(paths))


_OTHERS = {"inbox", "stats", "absence", "keys", "notices", "support"}
"""They show no platform of a register in which one was listed long ago."""


class Ran(NamedTuple):
    """What a command has written, and the heavy libraries that its process has loaded by then."""

    written: str
    heavy: frozenset[str]


def run(*calls: tuple[str, ...]) -> list[Ran]:
    """A process that does nothing else runs `pingtai` with each of these arguments, in order."""
    return ran(*(f"pingtai({list(said)!r}, prog_name='pingtai')" for said in calls))


def ran(*programs: str, imports: str = "from worker.main import pingtai") -> list[Ran]:
    """The same of any programs."""
    lines = ["import sys", imports]
    for one in programs:
        lines += [f"try: {one}", "except SystemExit: pass", "print('LOADED', *sys.modules, 'END')"]
    words = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    *parts, _ = done.stdout.split(" END\n")
    assert len(programs) == len(parts)
    told = (part.rpartition("LOADED") for part in parts)
    return [Ran(written, frozenset(HEAVY & {*modules.split()})) for written, _, modules in told]


def test_help_loads_nothing() -> None:
    """The list of commands needs none of them, nor what they need."""
    shown = run(("--help",), ("audit", "--help"), ("nonsense",))
    assert [frozenset()] * 3 == [one.heavy for one in shown]
    assert ["up", "digest"] == [
        word for word, one in zip(("up", "digest"), shown, strict=False) if word in one.written
    ]


@pytest.fixture
async def register_there(
    register: PostgresRegister, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register with a platform is where DATABASE_URL says."""
    await register.write(batch(listed()))
    monkeypatch.setenv("DATABASE_URL", database_url)


READS = (
    ("show", "p-1"),
    ("show", "p-1", "--json"),
    ("plan", "p-1"),
    ("plan", "p-1", "--diff"),
    ("plan", "p-1", "--json"),
    ("register",),
    ("register", "--format", "csv", "--all"),
    ("valid", "p-1", "--on", "2030-01-01"),
    ("register", "--on", "2030-01-01"),
    ("layout", "show"),
    ("mechanisms", "--stage", "valid"),
    ("inbox", "--all"),
    ("stats",),
    ("absence", "list"),
    ("keys", "list", "--json"),
    ("notices", "list", "--json"),
    ("support", "list", "--json"),
)


@pytest.mark.usefixtures("register_there")
def test_reading_needs_the_driver_only() -> None:
    """What reads the register asks asyncpg, and loads neither SQLAlchemy nor Temporal's client, nor keys."""
    for said, (written, heavy) in zip(READS, run(*READS), strict=True):
        assert "p-1" in written or said[0] in _OTHERS, said
        assert not {"temporalio.client", "sqlalchemy", "cryptography"} & heavy, said


@pytest.mark.usefixtures("register_there")
def test_completing_an_id_needs_the_driver_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tab looks into the register as quickly; and nothing that draws is loaded for it."""
    monkeypatch.setenv("_PINGTAI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "pingtai valid p")
    monkeypatch.setenv("COMP_CWORD", "2")
    ((written, heavy),) = run(())
    assert "plain,p-1\n" == written
    assert not {"temporalio.client", "sqlalchemy", "cryptography"} & heavy


@pytest.mark.usefixtures("register_there")
def test_what_a_decision_looks_up_needs_no_sqlalchemy() -> None:
    """When something is due, whether it was decided before, and a term that ended, as decisions ask it."""
    answers = (
        "asyncio.run(register.decided_before('p-1', 'd-1')),"
        " asyncio.run(register.applied_before('p-1', 'a-p-1')),"
        " asyncio.run(register.ended_term('p-1'))"
    )
    imports = "import asyncio; from starter.client.register_lookups import RegisterLookups"
    imports += "; import starter.commands.decision_command; register = RegisterLookups()"
    ((written, heavy),) = ran(f"print({answers})", imports=imports)
    assert "AppliedBefore(term=1" in written
    assert not {"sqlalchemy", "cryptography"} & heavy
