"""The index of the guideline: each article leads to files that are about it, and none is missing."""

import re
from pathlib import Path

import pytest

from worker.documents import ROOT

INDEX = ROOT / "docs" / "guideline.md"
ROWS = [
    (article, re.findall(r"\]\(([^)]+\.py)\)", places))
    for article, places in re.findall(
        r"^\| (§\S+) \|[^|]*\|(.*)\|$", INDEX.read_text(), re.MULTILINE
    )
]
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
