"""Cases whose decisions are signed by those who take them, as a roster has them."""

from typing import Any

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.decision_reading import decision_of
from workflows.model import as_sent, parse
from workflows.signature_requests import signatures_needed
from workflows.vocabulary import Role, Stage

from .builders import ACTORS, application
from .cases import PATHS, START, decision, moment
from .rosters import Roster, person

POLICY = {"authorship": "required", "second_signature": ["listing", "set_aside", "delisting"]}
BY = {Role.COMMISSION: "kw-1", Role.DISTRICT: "hd-1", Role.OPERATOR: "op-1"}


def roster() -> Roster:
    """Three officers of the commission, one of the district, two of the operator."""
    return Roster(
        *(person(one) for one in ("kw-1", "kw-2", "kw-3")),
        person("hd-1", Role.DISTRICT),
        person("op-1", Role.OPERATOR),
        person("op-2", Role.OPERATOR),
    )


def opened(known: Roster, **policy: Any) -> Case[Any]:
    """A platform whose decisions are to be signed."""
    own = {"policy": POLICY | policy, "submitted_by": ACTORS[Role.COMMISSION]}
    form = application(**own) | {"roster": as_sent(known.newest)}
    return open_platform(parse(PlatformApplication, form), START)


def take(
    case: Case[Any], known: Roster, kind: str, outcome: str | None = None, **changes: Any
) -> None:
    """Take a decision, signed by as many as it needs."""
    raw = decision(kind, case, outcome, **changes)
    people = [BY[Role(raw["actor"]["role"])], "kw-2"][: signatures_needed(case, decision_of(raw))]
    case.decide(known.signed(raw, case, *people), moment(case))


def at(stage: Stage, known: Roster | None = None, **policy: Any) -> tuple[Case[Any], Roster]:
    """A case that stands in a stage, every decision signed."""
    known = known or roster()
    case = opened(known, **policy)
    for kind, changes in PATHS[stage]:
        take(case, known, kind, **changes)
    assert case.state.stage is stage
    return case, known
