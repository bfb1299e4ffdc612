"""An evaluation asks before it orders a rectification for which validity leaves no time."""

from datetime import date

import pytest

from starter.doubts.late_rectification import late_rectification, orders_rectification

LAST = date(2028, 3, 1)


@pytest.mark.parametrize(
    ("decided_on", "mend_by", "asked"),
    [
        ("2027-01-10", None, ""),
        ("2027-11-10", None, "before the rectification (2028-05-10)"),
        ("2027-11-10", "2028-03-02", "before the rectification (2028-03-02)"),
        ("2027-11-10", "2028-02-20", "lie 10 days"),
        ("2027-06-10", "2027-12-01", ""),
        ("2027-11-10", "soon", "before the rectification (2028-05-10)"),
    ],
)
def test_time_for_a_rectification(decided_on: str, mend_by: str | None, asked: str) -> None:
    """With the day that is set, or by default six months; what follows it is counted, too."""
    raw = {"kind": "evaluation", "outcome": "not_effective", "decided_on": decided_on}
    raw |= {"mend_by": mend_by} if mend_by else {}
    assert orders_rectification(raw)
    found = [words.en for words in late_rectification(raw, LAST)]
    assert bool(found) == bool(asked)
    assert all(asked in words for words in found)


def test_an_effective_year_is_not_asked_about() -> None:
    """Nothing is to be rectified."""
    assert not orders_rectification({"kind": "evaluation", "outcome": "effective"})
