"""Mechanisms, statistics with their charts, and completed ids, as commands show them."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from rich.cells import cell_len

from starter.terminal import screen
from tests.starter.filled_register import NAME, filled, reading
from tests.starter.test_bars_and_completion import completed

__all__ = ["filled", "reading"]

Run = Callable[..., Result]


def test_mechanisms(pingtai: Run) -> None:
    """Counts of what is stated, the platforms, and whose promise is past."""
    shown_all = pingtai("mechanisms").stdout
    assert re.search(r"Promise past its date\t1", shown_all)
    assert re.search(r"牵头单位\t3\t60\.0%", shown_all)
    assert "2024-12-31 PAST" in shown_all
    assert "2024-12-31【已过】" in pingtai("mechanisms", "--past-date", lang="zh").stdout
    one = json.loads(pingtai("mechanisms", "--legal-form", "独立法人", "--json").stdout)
    assert ["p-1", "p-4"] == [row["platform_id"] for row in one["page"]]
    assert "No platforms found" in pingtai("mechanisms", "--district", "miyun").stderr


def test_stats(pingtai: Run) -> None:
    """Stages in the order of the life, steps with whose was the worst, results by year."""
    rows = pingtai("stats").stdout.splitlines()
    assert ["recommendation", "2"] == rows[1].split()
    assert ["valid", "1"] == rows[2].split()
    assert ["withdrawn", "1"] == rows[3].split()
    [longest] = [row for row in rows if row.split()[:4] == ["recommendation", "2", "7.0", "7.0"]]
    assert NAME[:8] in longest
    assert any("整改后符合要求" in row for row in pingtai("stats", lang="zh").stdout.splitlines())
    data = json.loads(pingtai("stats", "--year", "2024", "--json").stdout)
    assert [{"word": "2024", "platforms": 2}] == data["years"]
    assert "No platforms found" in pingtai("stats", "--district", "miyun").stderr


def test_a_chart_on_a_terminal_and_numbers_in_a_pipe(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bars are drawn where somebody looks, and nowhere else."""
    assert "█" not in pingtai("stats").stdout
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    assert "█" in pingtai("stats").stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "command",
    [
        ("register", "--on", "2024-12-31"),
        ("support", "list"),
        ("mechanisms",),
        ("stats",),
        ("layout", "show"),
        ("show", "p-1"),
    ],
)
def test_fits_eighty_columns(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch, lang: str, command: tuple[str, ...]
) -> None:
    """On a terminal of 80 columns no line is wider."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", pingtai(*command, lang=lang).stdout)
    assert 0 < max(cell_len(row) for row in drawn.splitlines()) <= 80


def test_ids_are_completed(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that begin so are offered with their names; where nobody answers none are, without a word."""
    asked = {
        "COMP_WORDS": "pingtai show p-",
        "COMP_CWORD": "2",
        "_PINGTAI_COMPLETE": "bash_complete",
    }
    offered = completed(asked)
    assert ["plain,p-1", "plain,p-2", "plain,p-3", "plain,p-4"] == offered.split()
    assert [] == completed(asked | {"COMP_WORDS": "pingtai show p%"}).split()
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@127.0.0.1:1/away")
    assert [] == completed(asked).split()
