"""What a forged decision is, and the table in which each way to forge one is entered under its name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from tests.rules import officers
from tests.rules.authored_cases import at
from tests.rules.builders import Raw
from tests.rules.cases import decision
from tests.rules.rosters import SINCE, Roster
from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.roster_entries import RosterKey
from workflows.signed_form import signed_form
from workflows.vocabulary import Kind, Stage

DAY = timedelta(days=1)


class Forged(NamedTuple):
    """A decision that nobody took, and the case that it is sent to."""

    case: Case[Any]
    raw: Raw


Forge = Callable[[], Forged]
DECISIONS: dict[str, Forge] = {}
"""By the names of the document's rows."""


def row(name: str) -> Callable[[Forge], Forge]:
    """Enter a forgery under its name."""

    def enter(forge: Forge) -> Forge:
        assert name not in DECISIONS
        DECISIONS[name] = forge
        return forge

    return enter


def signed_inspection(
    *people: str, key: str = "", known: Roster | None = None, **changes: Any
) -> Forged:
    """An inspection, in kw-1's name, signed by others."""
    case, known = at(Stage.INSPECTION, known)
    raw = decision(Kind.INSPECTION, case, **changes)
    return Forged(case, known.signed(raw, case, *people, key=key) if people else raw)


def signed_listing(*people: str, known: Roster | None = None) -> Forged:
    """A listing, in kw-1's name, with two signatures or whatever is in their place."""
    case, known = at(Stage.LISTING, known)
    return Forged(case, known.signed(decision(Kind.LISTING, case, "included"), case, *people))


def altered(forged: Forged, **changes: Any) -> Forged:
    return Forged(forged.case, forged.raw | changes)


def resigned(forged: Forged, which: int = 0, **changes: Any) -> Forged:
    """The same with one of its signatures changed."""
    signatures = [dict(one) for one in forged.raw["signatures"]]
    signatures[which] |= changes
    return altered(forged, signatures=signatures)


def form_of(forged: Forged) -> bytes:
    return signed_form(decision_of(forged.raw))


def key_of(of: str, **changes: Any) -> RosterKey:
    own: Raw = {"public": officers.public_key(of).openssh(), "first": SINCE}
    return RosterKey(**own | changes)
