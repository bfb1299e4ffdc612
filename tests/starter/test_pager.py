"""Long output is paged where a person sits, and nowhere else."""

from pathlib import Path

import pytest

from starter.terminal import pager, screen

LONG = "\n".join(f"行 {number}" for number in range(100))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What a pager of one's own was given, at a terminal of 24 lines."""
    into = tmp_path / "seen"
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PAGER", f"sh -c 'cat > {into}'")
    return into


def show_lines(lines: str) -> None:
    pager.show_long(*lines.split("\n"))


def test_what_fills_more_than_the_screen(seen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is given to the pager, and not written besides."""
    show_lines(LONG)
    assert seen.read_text().split() == LONG.split()
    assert "" == capsys.readouterr().out


def test_what_fits_is_written(seen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No pager opens for a few lines."""
    show_lines("甲\n乙")
    assert ("甲\n乙\n", False) == (capsys.readouterr().out, seen.exists())


@pytest.mark.parametrize("given", ["", "cat", "no-such-pager", "'", "/dev/null"])
def test_without_a_pager(
    seen: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """An empty PAGER, cat, or one that is not there: it is written."""
    monkeypatch.setenv("PAGER", given)
    show_lines(LONG)
    assert LONG.split() == capsys.readouterr().out.split()


def test_in_a_pipe(
    seen: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a program reads there is no pager."""
    monkeypatch.setattr(screen, "watched", lambda stream: False)
    show_lines(LONG)
    assert LONG.split() == capsys.readouterr().out.split()


def test_who_has_seen_enough(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pager that is closed before the end is no error."""
    monkeypatch.setenv("PAGER", "true")
    pager.show_long("长" * 100_000, *LONG.split("\n"))
