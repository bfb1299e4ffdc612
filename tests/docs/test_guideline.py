"""The index of the guideline: each article leads to files that are about it, and none is missing."""

import re
from pathlib import Path

import pytest

from worker.documents import ROOT

INDEX = ROOT / "docs" / "guideline.md"
CELLS = re.findall(r"^\| (§\S+) \|[^|]*\|([^|]*)\|[^|]*\|$", INDEX.read_text(), re.MULTILINE)
ROWS = [(article, re.findall(r"\]\(([^)]+\.py)\)", code)) for article, code in CELLS]
NO_RULE = "§二"
ABOUT = {"db/layout_rows.py": "layout", "db/support_queries.py": "support"}
"""Files of data that people enter: they name their matter, not its article."""


@pytest.mark.parametrize(("article", "places"), ROWS, ids=[article for article, _ in ROWS])
def test_its_files_name_it(article: str, places: list[str]) -> None:
    """A reader who follows a link finds the article there."""
    assert places
    for place in places:
        path = (INDEX.parent / place).resolve()
        named = ABOUT.get(str(path.relative_to(ROOT)), article)
        assert named in path.read_text() or article == NO_RULE, path


@pytest.mark.parametrize(("article", "code"), CELLS, ids=[article for article, _ in CELLS])
def test_its_names_are_in_its_files(article: str, code: str) -> None:
    """A class or stage that the index names is in one of the files beside it."""
    files = re.findall(r"\]\(([^)]+\.py)\)", code)
    text = "".join((INDEX.parent / file).read_text() for file in files)
    named = re.findall(r"`(\w+)`", code)
    assert [] == [name for name in named if not re.search(rf"\b{name}\b", text, re.IGNORECASE)]


def test_every_article_of_the_code_is_in_the_index() -> None:
    """Also those with a number in brackets, as in §四(二)."""
    cited = {
        article
        for folder in ("workflows", "db", "starter")
        for path in Path(ROOT / folder).rglob("*.py")
        for article in re.findall(r"§[一二三四五六七八九](?:\([一二三四五]\))?", path.read_text())
    }
    listed = {article for article, _ in ROWS}
    assert {article if article in listed else article[:2] for article in cited} <= listed
