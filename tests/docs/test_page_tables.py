"""Tables in the documents are whole: a line of text among their rows ends them."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.reading import documents

_CODE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)


def beside_rows(page: str) -> list[str]:
    """Return the lines of text right above or below a row of a table."""
    lines = [line for line in _CODE.sub("", page).split("\n") if not line.startswith("<!--")]
    return [
        text
        for one, other in pairwise(lines)
        if one.startswith("|") != other.startswith("|")
        and (text := other if one.startswith("|") else one).strip()
    ]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_no_text_stands_in_a_table(path: Path) -> None:
    """What stands below it would be text, too."""
    assert beside_rows(path.read_text(encoding="utf-8")) == []


def test_text_in_a_table_is_found() -> None:
    """Whichever row it touches; a block of code is no table."""
    assert beside_rows("| a |\nb\n| c |") == ["b", "b"]
    assert beside_rows("a\n\n| b |\n\n```\n| c |\nd\n```") == []
