"""What is asked about who decides: an office that resembles a known one, a person whom the roster lacks."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starter.desk.known_organisations import known_organisations, nearly
from starter.desk.profile import read_profile
from starter.errors import PingtaiError
from workflows.name_comparison import same_name
from workflows.vocabulary import District, Role
from workflows.words import Words

_OFFICES = (Role.DISTRICT, Role.COMMISSION)
_WITHIN = 2.0
"""Seconds that whoever decides waits for the roster at most."""


class ActorDoubts:
    """Asks about each office and each person once, however many decisions name them."""

    def __init__(self) -> None:
        """Nothing is looked up before somebody decides."""
        self._near: dict[tuple[str, Role, District | None], list[str]] = {}
        self._unknown: dict[str, Words | None] = {}

    def of(self, actor: Any) -> list[Words]:
        """Return what is asked about an actor; what cannot be looked up now is not."""
        if not isinstance(actor, Mapping):
            return []
        return [*self._of_office(actor), *self._of_person(actor)]

    def _of_office(self, actor: Mapping[str, Any]) -> list[Words]:
        """Ask about an office that is not the profile's, or resembles a known one.

        An operator's name is the rules' affair.
        """
        if actor.get("role") not in _OFFICES:
            return []
        name, role = str(actor.get("organisation", "")), Role(actor["role"])
        profile = read_profile()
        mine = profile.roles if profile and profile.id == actor.get("id") else ()
        own = [one.organisation for one in mine if one.role is role]
        if own and not any(same_name(name, one) for one in own):
            here = " / ".join(own)
            return [
                Words(
                    f"The organisation is {name}; your profile says {here}.",
                    f"所填单位为“{name}”，而个人配置中为“{here}”，请核实。",
                )
            ]
        if own:
            return []
        of = next((one for one in District if one == actor.get("district")), None)
        asked = (name, role, of)
        if asked not in self._near:
            self._near[asked] = nearly(name, known_organisations(role, of), role)
        return [
            Words(
                f"No case names the organisation {name}. Did you mean {near}?",
                f"系统中没有单位“{name}”。是否为“{near}”？",
            )
            for near in self._near[asked][:1]
        ]

    def _of_person(self, actor: Mapping[str, Any]) -> list[Words]:
        """Ask about a person who was typed: of whoever the profile names their own key tells."""
        person, profile = str(actor.get("id", "")), read_profile()
        if not person or profile is None or profile.id == person:
            return []
        found = self._unknown.get(person)
        if person not in self._unknown:
            found = self._unknown[person] = unknown_person(person)
        return [Words(f"{found.en}.", f"{found.zh}。")] if found else []


def unknown_person(*people: str) -> Words | None:
    """Say who of them is not in the roster; None: all are, there is no roster, or it cannot be read now."""
    try:
        return asyncio.run(_unknown(people))
    except (PingtaiError, OSError, TimeoutError):
        return None


async def _unknown(people: Sequence[str]) -> Words | None:
    from starter.desk.known_people import unknown_people  # noqa: PLC0415 - only of who was typed
    from starter.roster.roster_access import open_roster_people  # noqa: PLC0415 - as above

    async with asyncio.timeout(_WITHIN), open_roster_people(start=False) as roster:
        return await unknown_people(roster, people)
