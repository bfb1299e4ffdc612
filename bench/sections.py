"""Sections of docs/performance.md that can be measured anew alone."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
_NEXT = "## What is missed, and why"


def renewed(document: str, section: str) -> str:
    """The document with a section anew: where it stood before, or else before what is missed."""
    heading = section.partition("\n")[0]
    stands = re.compile(rf"^{re.escape(heading)}\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
    if stands.search(document):
        return stands.sub(lambda _: f"{section}\n", document, count=1)
    return document.replace(_NEXT, f"{section}\n{_NEXT}", 1)


def write(section: str) -> None:
    """Put a section into the document."""
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8"), section), encoding="utf-8")
