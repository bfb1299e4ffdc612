"""Whose roster a system has: its own, or the example one of a system that is there to be tried."""

from collections.abc import Iterable
from enum import StrEnum

from db.asyncpg_connections import Source
from db.roster_queries import newest_root, people_page
from starter.clock import today
from workflows.roster_entries import RosterEntry
from workflows.vocabulary import Role
from workflows.words import Words

OFFICERS = ("demo-01", "demo-02")
"""Officers who set the roster up and enter people in it. They decide nothing by themselves."""
EXAMPLE_KEYS = "example-keys"
"""The folder in the home that has the keys of example people."""
BODY = "市科委、中关村管委会"
APPOINTED_BY = "示例，仅供试用 / example, for trying only"
"""Stands in each entry that these two officers made, so in every proof and dossier."""

EXAMPLE = Words(
    "example, for trying only; for real work see docs/roster.md",
    "示例，仅供试用；正式使用见 docs/roster.zh.md",
)
"""What is said of it wherever it is shown."""


class RosterOrigin(StrEnum):
    """Whose roster a system has."""

    NONE = "none"
    EXAMPLE = "example"
    """Officers of the commission who are examples can sign."""
    OWN = "own"


def origin_of(officers: Iterable[RosterEntry]) -> RosterOrigin:
    """Return whose a roster is that is set up, by the commission's people in it."""
    return RosterOrigin.EXAMPLE if any(map(is_example_officer, officers)) else RosterOrigin.OWN


def is_example_officer(entry: RosterEntry) -> bool:
    """Return whether an entry is that of an officer who is an example, and can sign."""
    in_office = entry.last_day is None or entry.last_day >= today()
    good = any(key.revoked is None for key in entry.keys)
    example = entry.role is Role.COMMISSION and entry.appointed_by == APPOINTED_BY
    return example and in_office and good


async def roster_origin(source: Source) -> RosterOrigin:
    """Return whose roster the register has."""
    if await newest_root(source) is None:
        return RosterOrigin.NONE
    return origin_of((await people_page(source, role=Role.COMMISSION)).people)
