"""All that is odd in a decision, by itself and beside what the register has of its platform."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from db.row_types import PlatformCard, SupportRow
from starter.doubts.body_doubts import (
    Bodies,
    alike_bodies,
    bodies_in,
    half_renamed,
    names_bodies,
)
from starter.doubts.late_rectification import late_rectification, orders_rectification
from starter.doubts.message_doubts import message_doubts
from starter.doubts.repeated_support import repeated_support, support_in
from starter.doubts.unchanged_plan import files_plan, unchanged_plan
from workflows.periods import beijing_date, last_day
from workflows.words import Words

if TYPE_CHECKING:
    from db.plan_rows import PlanText


class KnownPlatform(NamedTuple):
    """What a decision on a platform is held against."""

    name: str
    applied_on: date | None
    bodies: Bodies
    support: tuple[SupportRow, ...] = ()
    valid_to: date | None = None
    """The last day of validity of the newest term."""
    plan: "PlanText | None" = None
    """The newest version of the plan; None: it was not asked for."""


def known_platform(card: PlatformCard, plan: "PlanText | None" = None) -> KnownPlatform:
    """Return what the register answered of a platform, and of its plan where a decision files one."""
    newest = max(card.terms, key=lambda term: term.term, default=None)
    applied_at = newest.applied_at if newest else None
    until = newest.valid_until if newest else None
    return KnownPlatform(
        card.platform.name,
        beijing_date(applied_at) if applied_at else None,
        bodies_in(card),
        tuple(card.support),
        last_day(until) if until else None,
        plan,
    )


def is_held_against_platform(raw: Mapping[str, Any], today: date) -> bool:
    """Whether what the register has of the platform may make a decision odd: else it need not be asked.

    A decision of today is after any application.
    """
    return (
        raw.get("decided_on") != str(today)
        or names_bodies(raw)
        or support_in(raw) is not None
        or orders_rectification(raw)
        or files_plan(raw)
    )


def decision_doubts(
    raw: Mapping[str, Any], today: date, known: KnownPlatform | None = None
) -> list[Words]:
    """Return what is to be asked about in a decision; `known` is None where the register does not answer."""
    found = message_doubts(raw, today, known.applied_on if known else None)
    if known is None:
        return found
    found += alike_bodies(raw, known.bodies)
    found += half_renamed(raw, known.bodies)
    found += repeated_support(raw, known.support)
    if known.plan:
        found += unchanged_plan(raw, known.plan)
    if known.valid_to and orders_rectification(raw):
        found += late_rectification(raw, known.valid_to)
    return found
