"""One thing has one name, in what people read and in the code."""

import re

import pytest

from tests.docs.reading import documents
from worker.documents import ROOT

FORMER = {
    "登记库": "名册",
    "HTTP intake": "HTTP API",
    '"""So many': "Maximum …",
    "coming first": "earliest due first",
}
"""Second names, as expressions, with the name that is used."""
FOLDERS = ("workflows", "activities", "db", "starter", "audit", "worker")


@pytest.mark.parametrize("former", FORMER)
def test_a_second_name_is_not_used(former: str) -> None:
    """Of the changelog only the part that is not released: what was released is as it was."""
    code = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in (*code, *documents())}
    changelog = ROOT / "CHANGELOG.md"
    texts[changelog] = re.split(r"(?m)^## \[\d", texts[changelog])[0]
    assert [] == [str(path) for path, text in texts.items() if re.search(former, text)]
