"""Notices as the register makes them of whole cases: at least one for every event that is told."""

from datetime import timedelta
from functools import cache
from typing import Any

from db.notice_queries import notice_rows
from tests.register.cases import (
    Told,
    application,
    assessment_of,
    batch,
    listed,
    opened,
    rectified,
    set_aside,
)
from tests.rules.builders import ABSENT, COMMISSION, NEXT, OPERATOR
from workflows.activity_messages import DueDate, RegisterBatch
from workflows.model import instant
from workflows.notice_messages import Notice
from workflows.vocabulary import Happening


@cache
def notices() -> tuple[Notice, ...]:
    """Every notice of some lives, in which everything happens that anybody is told of."""
    return tuple(
        _notice(row, number)
        for number, row in enumerate(
            (row for told in _lives() for row in notice_rows(told)), start=1
        )
    )


def notice(event: str, **changes: Any) -> Notice:
    """The first notice of an event, changed."""
    found = next(one for one in notices() if one.event == event)
    content = found.content | changes.pop("content", {})
    return found.model_copy(update={"content": content, **changes})


def _lives() -> list[RegisterBatch]:
    late = opened()
    late.decide("recommendation")
    due = late.at + timedelta(days=40)
    for happening in (Happening.REMINDED, Happening.OVERDUE, Happening.ESCALATED):
        late.record_event(happening, {"due": instant(due)})
    set_aside(late, "recommendation-2")
    late.decide("withdrawal", OPERATOR, reason="停止\n建设")

    valid = listed()
    valid.decide(
        "support",
        COMMISSION,
        support="tax",
        given_on=valid.at.date().isoformat(),
        title="研发费用加计扣除",
    )
    year = rectified(valid)
    valid.record_event(Happening.VALIDITY_NEARING, {"days": 180})
    valid.record_event(Happening.VALIDITY_ENDED)

    before = opened()
    before.decide(
        "bringing_in",
        COMMISSION,
        documents=[{"name": "名单公告", "sha256": "ab" * 32}],
        list_number="2023-02",
        certificate_number="C-7",
        listed_on=str(before.at.date() - timedelta(days=100)),
    )

    changed = opened()
    changed.decide(
        "facts_change", operator={"name": "改名后的运营单位"}, district="beijing_etown", name=ABSENT
    )
    for kind in ("suspension", "resumption", "termination"):
        changed.decide(kind)

    soon = listed(application(policy={"next_term_days": 365, "validity_years": 1}))
    for outcome in ("filed", "taken_back"):
        soon.decide("next_term", outcome=outcome, **_next_of(soon, outcome))

    closing = listed()
    child = assessment_of(closing)
    closing.record_event(Happening.ASSESSMENT_CLOSED, {"year": 1})
    return [
        batch(late, due=DueDate(due=due, provisional=False)),
        batch(valid),
        batch(before),
        batch(changed),
        batch(soon),
        batch(year, platform=valid),
        _whole(child, closing),
        batch(closing),
    ]


def _next_of(told: Told, outcome: str) -> dict[str, Any]:
    if outcome != "filed":
        return {}
    facts = told.case.state.facts
    own = {"platform_id": facts.platform_id, "operator": {"name": facts.operator.name}}
    return {"application": NEXT | own}


def _whole(child: Told, platform: Told) -> RegisterBatch:
    return batch(child, platform=platform)


def _notice(row: dict[str, Any], number: int) -> Notice:
    return Notice(**{name: row.get(name, number) for name in Notice.model_fields})
