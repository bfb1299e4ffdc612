"""The rows of `docs/forgeries.md`: what is forged, the words that say why it is none, and how it is found."""

import re
from functools import cache
from typing import NamedTuple

from worker.documents import ROOT

PAGE = ROOT / "docs" / "forgeries.md"
_ROW = re.compile(r'^\| `([a-z0-9-]+)` \| ([^|]+) \| "([^|]+)" \| ([^|]+) \|$', re.MULTILINE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Listed(NamedTuple):
    """A row of a table."""

    name: str
    forged: str
    words: str
    """Said to whoever sends it, or found by an audit."""
    by: str
    """Of decisions: by which name audits count it."""


@cache
def listed() -> dict[str, list[Listed]]:
    """The rows by the headings that they stand under."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for part in parts:
        heading, _, content = part.partition("\n")
        found[heading] = [Listed(*row) for row in _ROW.findall(content)]
        lines = [line for line in content.splitlines() if line.startswith("| `")]
        assert len(lines) == len(found[heading]), "each row can be read"
        assert all(_CHINESE.search(one.forged) for one in found[heading])
    return found


def decisions() -> list[Listed]:
    """The rows about decisions in somebody's name."""
    return next(iter(listed().values()))


def others() -> list[Listed]:
    """All other rows."""
    _, *parts = listed().values()
    return [row for part in parts for row in part]
