"""One thing has one name, in what people read and in the code."""

import re
import tomllib
from pathlib import Path

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


_RELEASE = re.compile(
    r"(?:before|since|from|until|release|version|with|after|自|由|至) ?v?"
    r"(0\.\d+(?:\.\d+)?)\b(?! ?(?:s|%|MB|kB)\b)"
)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_no_document_names_a_release_that_is_not_out(path: Path) -> None:
    """A reader looks for it in vain: what is not released is told by the last release, "0.4.0 or older"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    now = _numbers(project["version"])
    text = path.read_text(encoding="utf-8")
    assert [] == [found[0] for found in _RELEASE.finditer(text) if _numbers(found[1]) > now]


def test_a_release_that_is_not_out_is_found() -> None:
    """Whichever word stands before it."""
    assert ["0.5", "0.9.1", "0.6"] == _RELEASE.findall(
        "before 0.5, since v0.9.1 自0.6 within 0.25 s from 0.5 s"
    )


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))
