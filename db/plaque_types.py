"""Plaques 牌子 (§四, last paragraph): which are out, which came back, which should have.

A platform may hang the plaque while it is in the list, and no longer (§六). So a plaque that was issued is
overdue from the moment its platform's term ends, until its return is recorded or a new term is listed.
"""

from collections.abc import Iterable
from datetime import date

from workflows.actors import Actor, Document
from workflows.model import Instant, Record
from workflows.words import BilingualEnum


class PlaqueEvent(BilingualEnum):
    """What staff record of a plaque."""

    ISSUED = "issued", "颁发"
    RETURNED = "returned", "交回"
    CANCELLED = "cancelled", "撤销登记"


class PlaqueState(BilingualEnum):
    """How a platform's plaque stands."""

    ISSUED = "issued", "已颁发"
    RETURNED = "returned", "已交回"
    OVERDUE = "overdue", "逾期未交回"


class PlaqueEntry(Record):
    """An entry of a platform's log of plaques. `cancelled_by`: the entry that says this one is in error."""

    number: int
    platform_id: str
    event: str
    happened_on: date
    cancels: int | None
    document: Document | None
    remark: str | None
    actor: Actor
    recorded_at: Instant
    cancelled_by: int | None


class PlaqueRow(Record):
    """How the plaque of a platform stands, since when, and when its platform's validity ended, if it did."""

    platform_id: str
    name: str
    operator: str
    district: str
    stage: str
    state: str
    since: date
    ended_at: Instant | None


def plaque_state(event: str, *, listed: bool) -> PlaqueState:
    """Return how a plaque stands after its last event; `listed`: its platform is in the list now."""
    if event == PlaqueEvent.RETURNED:
        return PlaqueState.RETURNED
    return PlaqueState.ISSUED if listed else PlaqueState.OVERDUE


def standing(entries: Iterable[PlaqueEntry]) -> PlaqueEntry | None:
    """The entry that says how a plaque stands: the last by its day, of those that count."""
    counting = [one for one in entries if one.cancels is None and one.cancelled_by is None]
    return max(counting, key=lambda one: (one.happened_on, one.number), default=None)
