"""What holds of a platform so far, beside the questions of a change of facts."""

from collections.abc import Callable

from starter.terminal import wording
from starter.terminal.language import word
from workflows.states import Facts
from workflows.vocabulary import Kind, LeadUnitKind, Service

_NOW: dict[str, Callable[[Facts], str]] = {
    "name": lambda facts: facts.name,
    "operator": lambda facts: wording.joined(
        filter(None, (facts.operator.name, facts.operator.credit_code))
    ),
    "lead_unit": lambda facts: wording.joined(
        filter(
            None,
            (
                facts.lead_unit.name,
                word(facts.lead_unit.kind, LeadUnitKind),
                facts.lead_unit.credit_code,
            ),
        )
    ),
    "district": lambda facts: wording.district(facts.district),
    "field": lambda facts: wording.field(facts.field),
    "direction": lambda facts: facts.direction or "",
    "services": lambda facts: wording.joined(word(one, Service) for one in facts.services),
}


def fact_now(kind: Kind, field: str, facts: Facts) -> str:
    """Return what a fact is before it is changed; empty for what is no fact that changes."""
    known = _NOW.get(field) if kind is Kind.FACTS_CHANGE else None
    return known(facts) if known else ""
