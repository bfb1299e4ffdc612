"""Whether a person stands in the roster, and who was perhaps meant: a mistyped id is nobody's."""

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.reading import LARGEST_PAGE
from starter.desk.did_you_mean import id_key
from workflows.name_comparison import same_name
from workflows.roster_entries import RosterEntry
from workflows.words import Words, listed_zh

if TYPE_CHECKING:
    from starter.roster.roster_access import RosterPeople

_NEAR = 0.75
"""Ids are short and begin alike: one character of five is a slip, two are another person."""
_NAMED = 3
_PAGES = 4
"""Pages of people that are looked through."""


def near_people(typed: str, people: Sequence[RosterEntry]) -> list[RosterEntry]:
    """Return who may be meant by an id that nobody has: by nearly the same id, or by their name."""
    key = id_key(typed)
    by_key = {id_key(one.id): one for one in people}
    named = [one for one in people if same_name(one.name, typed)]
    near = difflib.get_close_matches(key, by_key, n=_NAMED, cutoff=_NEAR)
    return list({one.id: one for one in (*named, *(by_key[one] for one in near))}.values())[:_NAMED]


async def not_in_roster(roster: "RosterPeople", missing: Sequence[str]) -> Words | None:
    """Say that the roster has no entry of people, and who was perhaps meant; None: there is no roster.

    Raises Unreachable.
    """
    people: list[RosterEntry] = []
    after: str | None = ""
    for _ in range(_PAGES):
        page = await roster.people(after or "", limit=LARGEST_PAGE)
        people += page.people
        after = page.after
        if after is None:
            break
    if not people:
        return None
    near = {one.id: one for typed in missing for one in near_people(typed, people)}
    en, zh = ", ".join(missing), listed_zh(missing)
    if not near:
        return Words(
            f"Not in the roster: {en}. All: pingtai roster list",
            f"人员目录中没有 {zh}。查看全部人员：pingtai roster list",
        )
    return Words(
        f"Not in the roster: {en}. Did you mean"
        f" {' or '.join(f'{one.id} ({one.name})' for one in near.values())}? All: pingtai roster list",
        f"人员目录中没有 {zh}。是否为 {listed_zh(f'{one.id}（{one.name}）' for one in near.values())}？"
        "查看全部人员：pingtai roster list",
    )


async def unknown_people(roster: "RosterPeople", ids: Sequence[str]) -> Words | None:
    """Say which of the ids are not in the roster; None: all are, or there is no roster. Raises Unreachable."""
    known = await roster.named(ids)
    missing = [one for one in dict.fromkeys(ids) if one not in known]
    return await not_in_roster(roster, missing) if missing else None
