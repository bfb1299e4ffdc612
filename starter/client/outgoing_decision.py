"""A decision as it goes out, whichever way it is given and sent."""

from typing import Any

from workflows.decision import Decision
from workflows.decision_reading import new_decision_of
from workflows.model import as_sent
from workflows.next_application import NextTerm
from workflows.policy import policy_for_new_cases


def outgoing(
    decision: Decision | dict[str, Any], *, roster: bool = False
) -> tuple[Decision, dict[str, Any]]:
    """A decision as it is read and as it is sent, whichever of the two it is given as.

    The application of a next term is sent with the defaults of new cases, as every application is, also
    with those that come with a `roster`. What is signed goes as it was signed.
    """
    checked = new_decision_of(decision) if isinstance(decision, dict) else decision
    raw = decision if isinstance(decision, dict) else as_sent(decision)
    if isinstance(checked, NextTerm) and checked.application and not checked.signatures:
        policy = policy_for_new_cases(checked.application.policy, roster=roster)
        form = checked.application.model_copy(update={"policy": policy})
        checked = checked.model_copy(update={"application": form})
        raw = raw | {"application": as_sent(form)}
    return checked, raw
