"""A section of docs/performance.md is put where it stood, and says on which release it was measured."""

import tomllib
from pathlib import Path

import pytest

from bench import sections
from bench.sections import DOCUMENT, releases, renewed, stamp, stamped, with_others

BEFORE, AFTER = "# Performance\n\n", "## What is missed, and why\n\nNothing.\n"
FIGURES = "| a | b |\n| --- | ---: |\n| 1 | 2 |\n"
STAMP = "*Measured on 0.9.0, commit abcdef0, 2027-01-01.*"
NOT_TAKEN_AGAIN: dict[str, set[str]] = {}
"""Sections that were older than a release when it came. With the next release all are taken again."""


@pytest.mark.parametrize("stood", ["", "## Commands\n\nold\n\n"])
def test_a_section_replaces_the_one_of_its_heading(stood: str) -> None:
    """Twice the same gives the same."""
    new = "## Commands\n\nnew\n"
    once = renewed(BEFORE + stood + AFTER, new)
    assert once == BEFORE + new + "\n" + AFTER == renewed(once, new)


def test_what_others_measured_stays() -> None:
    """With the commit that it was measured on; what a run measures anew has the commit of the run."""
    old = stamped(f"{BEFORE}## Lives\n\n{FIGURES}\n## Keys\n\n{FIGURES}\n{AFTER}", STAMP)
    assert {"Lives": "0.9.0", "Keys": "0.9.0"} == releases(old)
    new = f"{BEFORE}## Lives\n\n{FIGURES}\n{AFTER}"
    assert {"Lives": None} == releases(new)
    both = with_others(stamped(new, STAMP.replace("0.9.0", "1.0.0")), old)
    assert {"Lives": "1.0.0", "Keys": "0.9.0"} == releases(both)
    assert both == with_others(both, old)


@pytest.mark.parametrize("status", ["", " M workflows/case.py"])
def test_a_stamp_is_read_again(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    """Of the code as it is, committed or not."""
    monkeypatch.setattr(
        sections, "_git", lambda *words: {"rev-parse": "abcdef0"}.get(words[0], status)
    )
    assert bool(status) == ("and what was not committed" in stamp())
    assert [None] != [*releases(stamped(f"## Lives\n\n{FIGURES}", stamp())).values()]


def _of(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def outdated(document: str, code: str) -> set[str]:
    """The sections whose figures are of no release, or of one before the code's."""
    found = releases(document).items()
    return {heading for heading, of in found if of is None or _of(of) < _of(code)}


def test_the_figures_are_of_the_newest_release() -> None:
    """Before a release they are taken again (`make bench`); what was not is named here, for that release."""
    project = Path(__file__).parents[2] / "pyproject.toml"
    code = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    document = DOCUMENT.read_text(encoding="utf-8")
    assert len(releases(document)) >= 7
    assert NOT_TAKEN_AGAIN.get(code, set()) == outdated(document, code), "run `make bench`"
    newer = f"{int(code.partition('.')[0]) + 1}.0.0"
    assert set(releases(document)) == outdated(document, newer)
