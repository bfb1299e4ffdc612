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
_OFFICES = (Role.DISTRICT, Role.COMMISSION)


def known_organisations(role: Role, district: District | None) -> list[str]:
    """The organisations that act in a role; none where the register cannot be asked now.

    The offices of districts are called alike: of a district of which no office is known yet, those of the
    others count, by its own name.
    """
    try:
        known = asyncio.run(_known(role))
    except (PingtaiError, OSError, TimeoutError):
        return []
    own = [(name, of) for name, of in known if district and of == district]
    return sorted({_of_district(name, of, district) for name, of in own or known})


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


def nearly(name: str, known: Sequence[str], role: Role = Role.OPERATOR) -> list[str]:
    """The known names that may be meant by one that is not among them, the nearest first.

    A place has one office for an affair: of offices those are near that begin alike, too.
    """
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
    offices = [one for one in known if role in _OFFICES and _are_offices_of_one_place(name, one)]
    return list(dict.fromkeys((*other, *near, *parts, *offices)))[:_SUGGESTED]


def _are_offices_of_one_place(name: str, known: str) -> bool:
    """Whether two offices of a place are named after the same affairs, as 海淀区科技局 and 海淀区科委."""
    (place, office), (other_place, other_office) = _place_and_rest(name), _place_and_rest(known)
    return bool(place) and place == other_place and office[:1] == other_office[:1] != ""


def _place_and_rest(name: str) -> tuple[str, str]:
    """The place in front of an office's name, a district's with or without 区, and what follows."""
    rest = name.removeprefix("北京市")
    for district in District:
        short = district.zh.removesuffix("区")
        if rest.startswith(short):
            return short, rest.removeprefix(short).removeprefix("区")
    city = rest != name or rest.startswith("市")
    return ("市" if city else ""), rest.removeprefix("市")


def _is_shortened(name: str, known: str) -> bool:
    """Whether a name is a known one with characters left out, such as 北京 or 有限."""
    rest = iter(known)
    return len(name) >= len(known) * _LEFT_OUT and all(one in rest for one in name)
