"""The report in a real browser: no error, no request, and something to be seen. Needs Debian's chromium."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.report.rendering import render
from tests.audit.browser import CHROMIUM, Browser, Seen, browser
from tests.audit.dossiers import head
from tests.audit.everything import PLATFORM, everything
from workflows.words import Language

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no chromium: `apt-get install chromium` brings it (`make test` does so for root on Debian)",
)
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages and the browser's profile are."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Browser]:
    """A browser: to start it takes longer than to look at a page."""
    with browser(folder) as started:
        yield started


@pytest.fixture(scope="module")
def reports(folder: Path) -> dict[Language, Path]:
    """The report of the platform that has everything, in both languages."""
    paths: dict[Language, Path] = {one: folder / f"report.{one}.html" for one in LANGUAGES}
    for language, path in paths.items():
        path.write_text(render(everything(), head(PLATFORM), None, language), encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def seen(running: Browser, reports: dict[Language, Path]) -> dict[Language, Seen]:
    """What came of opening and printing each."""
    return {language: running.open(path) for language, path in reports.items()}


def test_the_report_needs_no_network_and_makes_no_error(seen: dict[Language, Seen]) -> None:
    """In both languages: nothing on the console, nothing asked of the network, drawn, and printed on A4."""
    for one in seen.values():
        assert (one.console, one.asked) == ([], [])
        assert 5 <= one.pages <= 25
    # A blank page of this size takes some 5 kB as PNG; each language draws its own.
    assert min(len(one.picture) for one in seen.values()) > 40_000
    assert seen["zh"].picture != seen["en"].picture


LOOK = """(() => {
  const wide = e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".sideways");
  const page = [...document.querySelectorAll("body *")];
  const letters = [...document.querySelectorAll("svg text")].map(e => e.getBoundingClientRect().height);
  const cells = [...document.querySelectorAll(".inner td, .plan dd, .basis dd")];
  return {
    beside: page.filter(wide).map(e => e.tagName + "." + e.className),
    scrolls: document.documentElement.scrollWidth - innerWidth,
    smallest: Math.min(...letters),
    narrow: cells.filter(e => e.textContent.trim().length > 12).map(e => e.getBoundingClientRect())
      .filter(r => r.height > 0 && r.width < 60).length,
  };
})()"""
"""What stands beside the screen, how small the letters of drawings are, which cells are columns of letters."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_read_on_a_phone(
    running: Browser, reports: dict[Language, Path], language: Language
) -> None:
    """At 390 px nothing stands beside the screen but what scrolls, and no letter is too small to read."""
    found = running.open(reports[language], width=390, script=LOOK).found
    assert ([], 0, 0) == (found["beside"], found["scrolls"], found["narrow"])
    assert found["smallest"] >= 7


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no pdftoppm: poppler-utils brings it")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_stays_blank(
    seen: dict[Language, Seen], tmp_path: Path, language: Language
) -> None:
    """What does not fit on a page is parted, so that each is used but for its foot."""
    (tmp_path / "report.pdf").write_bytes(seen[language].pdf)
    command = [
        "pdftoppm",
        "-gray",
        "-r",
        "40",
        str(tmp_path / "report.pdf"),
        str(tmp_path / "page"),
    ]
    subprocess.run(command, check=True)
    pages = sorted(tmp_path.glob("page*.pgm"))
    assert len(pages) > 5
    assert min(used(page) for page in pages[:-1]) > 0.6


def used(page: Path) -> float:
    """How far down a page is printed on, but for its last lines, which stand on each."""
    _, size, _, pixels = page.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    body = int(height * 0.94)
    dark = (row for row in range(body, 0, -1) if min(pixels[(row - 1) * width : row * width]) < 200)
    return next(dark) / body


def test_this_test_would_see_an_error_and_a_request(running: Browser, tmp_path: Path) -> None:
    """A page that does both is found out."""
    path = tmp_path / "bad.html"
    path.write_text('<script>console.error("oh")</script><img src="http://pictures.test/x.png">')
    bad = running.open(path)
    assert [line for line in bad.console if '"oh"' in line]
    assert bad.asked == ["http://pictures.test/x.png"]
