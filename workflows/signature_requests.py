"""What a case asks of who is to sign a decision: the bytes, and how many persons. Pure."""

from typing import Any

from workflows.authorship_checks import signatures_wanted
from workflows.case import Case
from workflows.decision import CaseReference, Decision
from workflows.signed_form import signed_form


def form_to_sign(case: Case[Any], decision: Decision) -> bytes:
    """Return what the author of a decision signs, if it is sent as its case stands now.

    What the decision says of its case, and of what it answers, stays as it says it.
    """
    facts, year = case.state.facts, getattr(case.state, "year", None)
    answers = case.content_chain().newest
    named = decision.case
    if named is None:
        about = {"platform_id": facts.platform_id, "term": facts.term}
        about |= {"year": year} if year else {}
        named = CaseReference.model_validate(about)
    if named.answers is None:
        named = named.model_copy(update={"answers": answers})
    return signed_form(decision.model_copy(update={"case": named}))


def signatures_needed(case: Case[Any], decision: Decision) -> int:
    """Return how many persons must sign a decision on a case."""
    return signatures_wanted(case.state, decision.kind, decision.result)
