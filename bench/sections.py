"""Sections of docs/performance.md: each is measured anew alone, and says on which commit it was."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).parents[1]
DOCUMENT = _ROOT / "docs" / "performance.md"
_NEXT = "## What is missed, and why"
_SECTION = re.compile(r"^## (?P<heading>[^\n]*)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_STAMP = re.compile(r"^\*Measured on (?P<release>\S+), commit [0-9a-f]{7,}\b.*\*$", re.MULTILINE)
_FIGURES = re.compile(r"^\| ---", re.MULTILINE)


def renewed(document: str, section: str) -> str:
    """The document with a section anew: where it stood before, or else before what is missed."""
    heading = section.partition("\n")[0]
    stands = re.compile(rf"^{re.escape(heading)}\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
    if stands.search(document):
        return stands.sub(lambda _: f"{section}\n", document, count=1)
    return document.replace(_NEXT, f"{section}\n{_NEXT}", 1)


def write(section: str) -> None:
    """Put a section into the document, with the commit that it was measured on."""
    document = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(renewed(document, stamped(section, stamp())), encoding="utf-8")


def run_alone(measured: Callable[[Path], str], folder: str | None = None) -> NoReturn:
    """Measure a section in a directory that goes with the run, print it, and write it unless `--no-write`.

    `folder` is where that directory is made; by default where the machine has such.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        section = measured(Path(place))
    print(section)
    if "--no-write" not in sys.argv:
        write(section)
    leave()


def leave() -> NoReturn:
    """End this process."""
    sys.stdout.flush()
    os._exit(0)  # the SDK's threads may abort an ordinary exit (sdk-python#300)


def write_all(document: str) -> None:
    """Write the document; sections that others measured stay as they were, with their own commits."""
    new, old = stamped(document, stamp()), DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_others(new, old), encoding="utf-8")


def with_others(new: str, old: str) -> str:
    """A new document with those measured sections of the old one that it does not have."""
    have = {heading for heading, _ in _sections(new)}
    for heading, text in _sections(old):
        if heading not in have and _STAMP.search(text):
            new = renewed(new, text.rstrip("\n") + "\n")
    return new


def stamped(text: str, measured: str) -> str:
    """Sections with the line that says on what they were measured, under the heading of each with figures."""

    def with_stamp(section: re.Match[str]) -> str:
        heading, rest = section[0].split("\n", 1)
        return f"{heading}\n\n{measured}\n{rest}" if _FIGURES.search(rest) else section[0]

    return _SECTION.sub(with_stamp, text)


def stamp() -> str:
    """The release and the commit of the code that is measured, and today's date."""
    commit = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", ".", f":!{DOCUMENT.relative_to(_ROOT)}")
    more = " and what was not committed" if changed else ""
    return (
        f"*Measured on {version('pingtai')}, commit {commit}{more}, {datetime.now(UTC):%Y-%m-%d}.*"
    )


def releases(document: str) -> dict[str, str | None]:
    """On which release each section with figures was measured; None where it does not say."""
    found = {}
    for heading, text in _sections(document):
        if _FIGURES.search(text):
            measured = _STAMP.search(text)
            found[heading] = measured["release"] if measured else None
    return found


def _sections(document: str) -> Iterator[tuple[str, str]]:
    for section in _SECTION.finditer(document):
        yield section["heading"], section[0]


def _git(*words: str) -> str:
    done = subprocess.check_output(["git", *words], text=True, cwd=_ROOT)  # noqa: S607 - as in any shell
    return done.strip()
