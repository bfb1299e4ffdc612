"""Platforms that are brought in so that their first assessment opens in a moment that is chosen."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from bench.script import application
from workflows.periods import anniversary, beijing_date, kick_off, start_of
from workflows.policy import Policy

LEAD = Policy().assessment_lead_days
_COMMISSION = {"id": "kw-7", "role": "commission", "organisation": "市科委、中关村管委会"}


class Window(NamedTuple):
    """From when until when kick-offs fall."""

    first: datetime
    last: datetime

    @classmethod
    def after(cls, now: datetime, wait: timedelta, length: timedelta) -> "Window":
        """Return the next one that lies within one day in Beijing, `wait` or more from now."""
        first = now + wait
        if beijing_date(first) != beijing_date(first + length):
            first += length
        return cls(first, first + length)

    @property
    def hours(self) -> tuple[int, int]:
        """The hours of Beijing within which it lies, as a policy says them."""
        midnight = start_of(beijing_date(self.first))
        first, last = ((moment - midnight) // timedelta(hours=1) for moment in self)
        return first, last + 1


def far_off(platform_id: str, now: datetime) -> dict[str, Any]:
    """Return the application of a platform whose first assessment opens in months."""
    return _form(platform_id, now, beijing_date(now) - timedelta(days=20), {})


def within(window: Window, mark: str, now: datetime) -> Iterator[dict[str, Any]]:
    """Return applications of platforms whose first assessment opens within a window, for ever."""
    today, hours = beijing_date(window.first), window.hours
    listed = today + timedelta(days=LEAD - 370)
    while anniversary(listed, 1) - timedelta(days=LEAD) != today:
        listed += timedelta(days=1)
    policy = {"assessment_opens_from_hour": hours[0], "assessment_opens_until_hour": hours[1]}
    for number in count():
        name = f"{mark}-{number}"
        if window.first <= kick_off(listed, 1, LEAD, hours, name) < window.last:
            yield _form(name, now, listed, policy)


def _form(platform_id: str, now: datetime, listed: Any, policy: dict[str, Any]) -> dict[str, Any]:
    today = beijing_date(now).isoformat()
    brought_in = {
        "kind": "bringing_in",
        "decision_id": f"bring-{platform_id}",
        "actor": _COMMISSION,
        "decided_on": today,
        "documents": [{"name": "名单.pdf", "sha256": "ab" * 32}],
        "listed_on": listed.isoformat(),
        "list_number": "2025-1",
        "certificate_number": f"C-{platform_id}",
    }
    return application(platform_id) | {
        "application_id": f"a-{platform_id}",
        "brought_in": brought_in,
        "submitted_by": _COMMISSION,
        "policy": policy,
    }


def support(platform_id: str, number: int, now: datetime) -> dict[str, Any]:
    """Return a decision that a valid platform takes at any time, and as often as one likes."""
    today = beijing_date(now).isoformat()
    return {
        "kind": "support",
        "decision_id": f"support-{platform_id}-{number}",
        "actor": _COMMISSION,
        "decided_on": today,
        "case": {"platform_id": platform_id, "term": 1},
        "support": "fiscal",
        "given_on": today,
        "title": "房租补贴",
    }
