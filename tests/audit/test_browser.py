"""The report in a real browser: no error, no request, and something to be seen. Needs Debian's chromium."""

from pathlib import Path

import pytest

from audit.report.rendering import render
from tests.audit.browser import CHROMIUM, browser
from tests.audit.dossiers import head
from tests.audit.everything import PLATFORM, everything
from workflows.words import Language

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no chromium: `apt-get install chromium` brings it (`make test` does so for root on Debian)",
)
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_the_report_needs_no_network_and_makes_no_error(tmp_path: Path) -> None:
    """In both languages: nothing on the console, nothing asked of the network, drawn, and printed on A4."""
    pictures = []
    with browser(tmp_path) as running:
        for language in LANGUAGES:
            path = tmp_path / f"report.{language}.html"
            path.write_text(render(everything(), head(PLATFORM), None, language), encoding="utf-8")
            seen = running.open(path)
            assert (seen.console, seen.asked) == ([], [])
            assert 5 <= seen.pages <= 25
            pictures.append(seen.picture)
    # A blank page of this size takes some 5 kB as PNG; each language draws its own.
    assert min(len(picture) for picture in pictures) > 40_000
    assert pictures[0] != pictures[1]


def test_this_test_would_see_an_error_and_a_request(tmp_path: Path) -> None:
    """A page that does both is found out."""
    path = tmp_path / "bad.html"
    path.write_text('<script>console.error("oh")</script><img src="http://pictures.test/x.png">')
    with browser(tmp_path) as running:
        seen = running.open(path)
    assert [line for line in seen.console if '"oh"' in line]
    assert seen.asked == ["http://pictures.test/x.png"]
