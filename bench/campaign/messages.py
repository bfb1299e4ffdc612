"""What clients send: the decision that is due, one that is not, and applications to begin with."""

import copy
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.rules.builders import BY, COMMISSION, DOCUMENT, application, content, plan
from workflows.application import PlatformApplication
from workflows.lifecycle import ASSESSMENT
from workflows.model import parse
from workflows.periods import anniversary, beijing_date
from workflows.run_io import CaseView
from workflows.vocabulary import Kind

_LEAD = timedelta(days=90)
_OTHERWISE = {
    Kind.RECOMMENDATION: "returned",
    Kind.INSPECTION: "returned",
    Kind.EXPERT_OPINION: "returned",
    Kind.EVALUATION: "not_effective",
}
"""The outcomes that send a case round again, so that it lasts."""
_OUT_OF_TURN = (
    Kind.RECOMMENDATION,
    Kind.INSPECTION,
    Kind.EXPERT_OPINION,
    Kind.LISTING,
    Kind.SELF_REPORT,
    Kind.EVALUATION,
)
_YEARLY = frozenset(t.name for step in ASSESSMENT.steps for t in step.triggers if t.awaited)

Raw = dict[str, Any]


def is_yearly(kind: str) -> bool:
    """Whether a decision belongs to a yearly assessment."""
    return kind in _YEARLY


def today() -> date:
    """The day it is in Beijing."""
    return beijing_date(datetime.now(UTC))


def first_application(platform_id: str) -> PlatformApplication:
    """The application of a new platform."""
    return parse(
        PlatformApplication, application(platform_id=platform_id, application_id=f"a-{platform_id}")
    )


def listed_application(platform_id: str) -> PlatformApplication:
    """The application of a platform that was listed elsewhere, and whose assessment opens at once."""
    yesterday = today() - timedelta(days=1)
    listed = next(
        day
        for back in range(270, 280)
        if anniversary(day := yesterday - timedelta(days=back), 1) - _LEAD <= yesterday
    )
    brought_in = {
        "kind": "bringing_in",
        "decision_id": f"{platform_id}-in",
        "actor": dict(COMMISSION),
        "decided_on": today().isoformat(),
        "documents": [DOCUMENT],
        "list_number": "2026-1",
        "certificate_number": f"GX-{platform_id}",
        "listed_on": listed.isoformat(),
    }
    raw = application(
        platform_id=platform_id, application_id=f"a-{platform_id}", brought_in=brought_in
    )
    return parse(PlatformApplication, raw)


def decision(kind: str, decision_id: str, outcome: str | None = None) -> Raw:
    """A decision of a kind, with all that it needs."""
    raw = {
        "kind": str(kind),
        "decision_id": decision_id,
        "actor": dict(BY.get(Kind(kind), COMMISSION)),
        "decided_on": today().isoformat(),
        **content(kind, outcome),
    }
    if outcome and "outcome" in raw:
        raw["outcome"] = outcome
    if kind == Kind.PLAN_REVISION:  # no version is filed twice
        raw["plan"] = plan(f"已按意见修改（{decision_id}）")
    if (
        kind == Kind.LISTING and "certificate_number" in raw
    ):  # a number belongs to one platform for ever
        raw["certificate_number"] = f"GX-{decision_id}"
    if kind == Kind.SUPPORT:
        raw["given_on"] = today().isoformat()
    return copy.deepcopy(raw)


def next_decision(chance: random.Random, view: CaseView | None, decision_id: str) -> Raw:
    """Mostly what is awaited; a quarter of the time what is not, so that it is refused."""
    awaited = [a.kind for a in view.awaited] if view else []
    if chance.random() < 0.25:
        return decision(chance.choice(_OUT_OF_TURN), decision_id)
    if not awaited or chance.random() < 0.1:
        return decision(Kind.SUPPORT, decision_id)
    kind = Kind(chance.choice(awaited))
    again = chance.random() < 0.4
    return decision(kind, decision_id, _OTHERWISE.get(kind) if again else None)
