"""Who is named by their id alone: the roster has the rest of their profile."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from starter.desk.reach import open_roster_questions
from starter.errors import PingtaiError

if TYPE_CHECKING:
    from workflows.roster_entries import RosterEntry


def known_person(said: Mapping[str, str | None]) -> "RosterEntry | None":
    """Return how the roster has whom flags name by their id alone; None: it has not, or does not answer now."""
    named = said["person"]
    if not named or said["role"] or said["organisation"]:
        return None

    async def asked() -> "RosterEntry | None":
        async with open_roster_questions() as roster:
            proof = await roster.roster_proof(named)
            return proof.entry if proof else None

    with suppress(PingtaiError):
        return asyncio.run(asked())
    return None


def as_entered(entry: "RosterEntry") -> dict[str, str | None]:
    """Return the flags that say what an entry has."""
    return {
        "role": entry.role,
        "organisation": entry.organisation,
        "district": entry.district,
        "credit_code": entry.credit_code,
    }
