"""An application for the next term (§四), handed in with the case of a platform that is still valid."""

from typing import TYPE_CHECKING, Any

from starter.client.application_look import Look
from starter.client.interface import Applied, Sign
from starter.clock import today
from starter.errors import BadInput
from workflows.application import PlatformApplication
from workflows.contract import platform_workflow_id
from workflows.lifecycle import PLATFORM
from workflows.model import as_sent, sha256
from workflows.next_term import taken_from
from workflows.policy import policy_for_new_cases
from workflows.run_io import CaseView
from workflows.vocabulary import Kind

if TYPE_CHECKING:
    from starter.client.interface import Pingtai


TAKES_NEXT = frozenset(
    str(step.stage)
    for step in PLATFORM.steps
    if any(trigger.name == Kind.NEXT_TERM for trigger in step.triggers)
)
"""The stages in which a platform takes an application for its next term."""


async def hand_in(
    client: "Pingtai",
    view: CaseView,
    application: PlatformApplication,
    *,
    roster: bool,
    sign: Sign | None,
) -> Applied | None:
    """Hand an application in with the case of the present term; None where that takes none now.

    `roster`: one is set up. `sign` signs it for who submits it.

    Raises:
        BadInput: it does not say who submits it.
        Refused: the rules refuse it.
    """
    state = view.platform
    first = taken_from(state) if state else None
    if state is None or first is None or today() < first:
        return None
    form = application.model_copy(
        update={"policy": policy_for_new_cases(application.policy, roster=roster)}
    )
    content = as_sent(form)
    digest = sha256(content)
    answer = Applied(
        platform_id=form.platform_id,
        application_id=form.application_id,
        term=state.facts.term + 1,
        workflow_id=platform_workflow_id(form.platform_id),
        begins=state.valid_until,
    )
    if state.next_term and state.next_term.application_sha256 == digest:
        return answer.model_copy(update={"repeated": True})
    if application.submitted_by is None:
        raise BadInput(
            "an application for the next term says who submits it: submitted_by",
            "下一期申请须注明提交人（submitted_by）",
        )
    decision: dict[str, Any] = {
        "kind": str(Kind.NEXT_TERM),
        # Of this place in the log: the same application may be taken back and handed in again.
        "decision_id": f"{form.application_id}:{digest[:12]}:{view.log_seq}",
        "actor": as_sent(application.submitted_by),
        "decided_on": str(today()),
        "application": content,
    }
    to_sign = await client.to_sign(form.platform_id, decision) if sign else None
    if isinstance(sign, Look) and to_sign is None:
        sign.nothing()
    await client.decide(form.platform_id, await sign(to_sign) if sign and to_sign else decision)
    return answer
