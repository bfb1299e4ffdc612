"""What `pingtai seed` says: to whom it refuses, and what it added."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from starter.roster.example_roster import key_path
from tests.nobody import be_nobody
from worker.main import pingtai
from worker.seed import seed_command
from worker.seed.sample_cases import SAMPLES
from worker.seed.seeding import Seeding
from workflows.words import Words


class Pretended(Seeding):
    """A system that is not empty, and has one of the platforms by another application."""

    def __init__(self) -> None:
        """Nobody is asked."""
        self.sent = 0
        self.refused = {}
        self._officers = None

    async def begun_on(self) -> None:
        """Never."""

    async def is_empty(self) -> bool:
        """No."""
        return False

    async def fill(self, *_: object) -> None:
        """Everything but one."""
        self.sent = 3
        self.refused = {"bj-riscv-soc": Words("used before", "已使用")}


@pytest.fixture
def desk(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A register, and a client that is not there."""
    be_nobody(monkeypatch, tmp_path_factory.mktemp("desk"))
    monkeypatch.setenv("DATABASE_URL", database_url)

    async def connect(*_: object) -> Seeding:
        return Pretended()

    monkeypatch.setattr(Seeding, "connect", connect)


def test_a_system_with_platforms_is_left_alone_unless_asked(desk: None) -> None:
    """In both languages; with --add what the system does not take is named, and the layout comes with it."""
    for lang, words in (("en", "has platforms already"), ("zh", "系统中已有平台")):
        refused = CliRunner().invoke(pingtai, ["--lang", lang, "seed"])
        assert (2, "") == (refused.exit_code, refused.stdout)
        assert words in refused.stderr
        assert "pingtai seed --add" in refused.stderr
    added = CliRunner().invoke(pingtai, ["--lang", "en", "seed", "--add"])
    assert 0 == added.exit_code, added.output
    assert "bj-riscv-soc was not added: used before" in added.stderr
    assert f": {len(SAMPLES) - 1} example platforms." in added.stdout
    assert "Imported: 21 directions." in added.stdout
    assert all(len(line) <= 80 for line in added.stdout.splitlines() if "pingtai" in line)


def test_a_system_with_a_roster_is_left_alone(desk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The people of the examples cannot sign there; where they do is said. No key is made here for them."""

    async def roster(*_: object) -> str:
        return "a version"

    async def nobody(*_: object) -> None:
        return None

    monkeypatch.setattr(seed_command, "newest_root", roster)
    monkeypatch.setattr(seed_command, "example_changes", nobody)
    monkeypatch.setattr(seed_command, "connect", nobody)
    monkeypatch.setattr(seed_command, "DirectRoster", lambda *_: None)
    for lang, words in (("en", "has a roster of its own"), ("zh", "已设立人员目录")):
        refused = CliRunner().invoke(pingtai, ["--lang", lang, "seed", "--add"])
        assert (2, "") == (refused.exit_code, refused.stdout)
        assert words in refused.stderr
        assert "pingtai up" in refused.stderr
    assert not key_path("demo-01").parent.exists()


def test_without_a_system_it_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit code 4, and no traceback."""
    be_nobody(monkeypatch, tmp_path)
    answer = CliRunner().invoke(pingtai, ["--lang", "en", "seed"])
    assert (4, True) == (answer.exit_code, "pingtai up" in answer.stderr)
