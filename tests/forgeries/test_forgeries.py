"""`docs/forgeries.md` is what is tried: each row is refused or found, with the words that it promises."""

import pytest

from tests.forgeries import forged_authors, forged_words
from tests.forgeries.elsewhere import SEEN_IN
from tests.forgeries.forgery import DECISIONS
from tests.forgeries.listed_forgeries import Listed, decisions, others
from tests.forgeries.sealing import refused, sealed_faults
from worker.documents import ROOT

assert forged_authors, forged_words  # they enter what they forge
BY_REPLAY = "replay"
"""Its authors are true: what finds it is the code that would have refused it."""


def test_the_page_lists_what_is_tried() -> None:
    """No row that nobody forges, no forgery that no row names, none twice."""
    rows = [row.name for row in (*decisions(), *others())]
    assert len(set(rows)) == len(rows)
    assert {row.name for row in decisions()} == {*DECISIONS}
    assert {row.name for row in others()} == {*SEEN_IN}


@pytest.mark.parametrize("row", decisions(), ids=lambda row: row.name)
def test_a_forged_decision(row: Listed) -> None:
    """Refused where it is sent; found where somebody sealed it past the rules."""
    forge = DECISIONS[row.name]
    why = refused(*forge())
    assert row.words in why.en
    assert why.zh
    found = sealed_faults(*forge())
    assert row.by == f"`{BY_REPLAY}`" if not found else row.by.strip("`") in found


@pytest.mark.parametrize("row", others(), ids=lambda row: row.name)
def test_what_another_test_forges(row: Listed, request: pytest.FixtureRequest) -> None:
    """The test that the row rests on is collected, is not skipped, and looks for the row's words."""
    file, name = SEEN_IN[row.name].split("::")
    own = [item for item in _collected(request.session, file) if item.originalname == name]
    assert own, f"{file} has no test {name}"
    assert not [mark for item in own for mark in item.iter_markers("skip")]
    assert row.words in (ROOT / file).read_text(encoding="utf-8")


_files: dict[str, list[pytest.Function]] = {}


def _collected(session: pytest.Session, file: str) -> list[pytest.Function]:
    """The tests of a file, as pytest itself collects them."""
    if file not in _files:
        module = pytest.Module.from_parent(session, path=ROOT / file)
        _files[file] = [item for item in module.collect() if isinstance(item, pytest.Function)]
    return _files[file]
