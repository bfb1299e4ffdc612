"""The same support recorded twice is asked about: in a form, by flags, in a batch."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from db.row_types import SupportRow
from starter.doubts.repeated_support import repeated_support, support_in

RAW: dict[str, Any] = {"kind": "support", "support": "tax", "given_on": "2026-05-06",
                       "title": "研发费用 加计扣除", "amount_wan": "12.50"}  # fmt: skip


def recorded(**changes: Any) -> SupportRow:
    """A record of the register."""
    known: dict[str, Any] = {
        "platform_id": "p-1", "name": "平台", "district": "haidian", "term": 1, "seq": 9, "support": "tax",
        "given_on": date(2026, 5, 6), "title": "研发费用加计扣除", "amount_wan": Decimal("12.5"),
        "actor_id": "a", "organisation": "某单位", "decision_id": "d", "set_aside_by": None,
        "recorded_at": datetime(2026, 5, 6, tzinfo=UTC),
    }  # fmt: skip
    return SupportRow(
        **{k: v for k, v in (known | changes).items() if k in SupportRow.model_fields}
    )


def test_the_same_support_is_asked_about() -> None:
    """However its title is spaced, and its amount written."""
    [why] = repeated_support(RAW, [recorded()])
    assert "研发费用加计扣除 of 2026-05-06, is recorded already (entry 9)" in why.en


@pytest.mark.parametrize(
    "other",
    [
        {"support": "talent"},
        {"given_on": date(2026, 5, 7)},
        {"title": "人才引进"},
        {"amount_wan": Decimal(12)},
        {"amount_wan": None},
        {"set_aside_by": 11},
    ],
)
def test_another_support_is_not(other: dict[str, Any]) -> None:
    """Nor one that was set aside."""
    assert [] == list(repeated_support(RAW, [recorded(**other)]))


def test_a_line_that_was_taken_before_is_no_other_support() -> None:
    """The same file may be run again, in a script too: its lines keep their ids."""
    assert [] == list(repeated_support(RAW | {"decision_id": "d"}, [recorded()]))
    assert 1 == len(list(repeated_support(RAW | {"decision_id": "e"}, [recorded()])))


def test_other_decisions_record_none() -> None:
    """Nor does an amount that is none: the model says so."""
    assert support_in({"kind": "listing"}) is None
    assert support_in({**RAW, "amount_wan": "viel"}) is not None
