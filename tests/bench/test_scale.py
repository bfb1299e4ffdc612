"""Kick-offs fall where the measurement of scale wants them, and records fill to their bound."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from bench.scale.brought_in import Window, far_off, within
from bench.scale.carried_life import fill
from worker.server_limits import BLOB_BYTES
from workflows.application import PlatformApplication
from workflows.case_opening import open_platform
from workflows.model import parse
from workflows.periods import beijing_date
from workflows.states import next_assessment

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("hour", [0, 3, 15, 23])
@pytest.mark.parametrize("length", [timedelta(seconds=30), timedelta(minutes=15)])
def test_kick_offs_fall_into_the_window(hour: int, length: timedelta) -> None:
    """At any hour, also before midnight in Beijing, which no window crosses."""
    now = datetime(2026, 11, 30, hour, 58, 40, tzinfo=UTC)
    window = Window.after(now, timedelta(minutes=1), length)
    assert now + timedelta(minutes=1) <= window.first
    assert beijing_date(window.first) == beijing_date(window.last - timedelta(seconds=1))
    forms = list(islice(within(window, "k", now), 3))
    for form in forms:
        case = open_platform(parse(PlatformApplication, form), now)
        opens = next_assessment(case.state)
        assert opens
        assert window.first <= opens < window.last
    assert 3 == len({form["platform_id"] for form in forms})


def test_other_platforms_are_not_assessed_meanwhile() -> None:
    """Theirs opens in months."""
    now = datetime.now(UTC)
    case = open_platform(parse(PlatformApplication, far_off("far", now)), now)
    opens = next_assessment(case.state)
    assert opens
    assert opens > now + 24 * 60 * HOUR


def test_a_record_is_refused_long_before_the_engines_limit() -> None:
    """What one may repeat fills its share, and is refused with a reason; 5,000 entries are handed on."""
    found = fill()
    assert "are kept for it" in found.refused.en
    assert found.whole > BLOB_BYTES
    assert found.size * 50 < BLOB_BYTES
