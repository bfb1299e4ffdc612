"""Whether an organisation is one that the system knows, or nearly one: a mistyped name decides nothing."""

import asyncio
import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starter.desk.alike_names import alike
from starter.desk.reach import open_reads
from starter.errors import PingtaiError
from workflows.name_comparison import same_name
from workflows.vocabulary import District, Role

if TYPE_CHECKING:
    from db.organisation_queries import Known

_WITHIN = 2.0
"""Seconds that somebody who says who they are waits for the register at most."""
_NEAR = 0.85
"""Names of offices and companies share most of their characters: nearer than this is a slip of the hand."""
_SHORTEST_PART = 3
_LEFT_OUT = 0.5
"""A name of which a known one has all characters in their order, and no more than twice as many."""
_SUGGESTED = 3


def known_organisations(role: Role, district: District | None) -> list[str]:
    """The organisations that act in a role; none where the register cannot be asked now.

    The offices of districts are called alike: those of the others count as this one's, by its own name.
    """
    try:
        known = asyncio.run(_known(role))
    except (PingtaiError, OSError, TimeoutError):
        return []
    return sorted({_of_district(name, of, district) for name, of in known})


async def _known(role: Role) -> "list[Known]":
    async with asyncio.timeout(_WITHIN), open_reads(start=False) as register:
        return await register.organisations(role)


def _of_district(name: str, of: str | None, district: District | None) -> str:
    if of is None or district is None:
        return name
    own = next((one.zh for one in District if one == of), "")
    return name.replace(own, district.zh) if own else name


def is_known(name: str, known: Sequence[str]) -> bool:
    """Return whether a name is that of a known organisation, as the rules compare names."""
    return any(same_name(name, one) for one in known)


def nearly(name: str, known: Sequence[str]) -> list[str]:
    """The known names that may be meant by one that is not among them, the nearest first."""
    if is_known(name, known):
        return []
    parts = [
        one
        for one in known
        if min(len(one), len(name)) >= _SHORTEST_PART
        and (one in name or name in one or _is_shortened(name, one))
    ]
    near = difflib.get_close_matches(name, known, n=_SUGGESTED, cutoff=_NEAR)
    other = [one for one in known if alike(name, one)]
    return list(dict.fromkeys((*other, *near, *parts)))[:_SUGGESTED]


def _is_shortened(name: str, known: str) -> bool:
    """Whether a name is a known one with characters left out, such as 北京 or 有限."""
    rest = iter(known)
    return len(name) >= len(known) * _LEFT_OUT and all(one in rest for one in name)
