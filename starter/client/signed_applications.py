"""Applications over HTTP that their person signs: what is brought in, and what is for the next term."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from starter.client.interface import Sign, ToSign
from starter.errors import BadInput
from workflows.decision import Decision
from workflows.decision_reading import decision_of
from workflows.model import as_sent, parse
from workflows.next_application import NextTerm
from workflows.policy import policy_for_new_cases
from workflows.vocabulary import Kind

if TYPE_CHECKING:
    from starter.client.http_client import PingtaiHttpClient
    from workflows.application import PlatformApplication


async def signed_application(
    client: "PingtaiHttpClient", application: "PlatformApplication", sign: Sign
) -> "PlatformApplication":
    """Return an application with what is signed of it; one for the next term is handed in, signed.

    Sent then, it is answered as one that was handed in before. Raises as `Pingtai.apply` and `sign`.

    Raises:
        BadInput: the service would have something else signed than the application says.
    """
    form = None if is_signed(application) else await client.application_to_sign(application)
    if form is None:
        return application
    if form.decision.get("kind") == Kind.NEXT_TERM:
        _check_next_term(form, application)
        await client.decide(application.platform_id, await sign(form))
        return application
    _check_brought_in(form, application)
    signed = await sign(form)
    if not signed.get("signatures"):
        return application
    return parse(type(application), as_sent(application) | {"brought_in": signed})


def is_signed(application: "PlatformApplication") -> bool:
    """Whether what an application brings in came signed."""
    return bool(application.brought_in and application.brought_in.signatures)


def _check_next_term(form: ToSign, application: "PlatformApplication") -> None:
    decision = decision_of(form.decision)
    assert isinstance(decision, NextTerm)  # noqa: S101 - by its kind
    policies = [policy_for_new_cases(application.policy, roster=one) for one in (True, False)]
    ways = [_whole(application.model_copy(update={"policy": one})) for one in policies]
    same = decision.application is not None and _whole(decision.application) in ways
    if not same or decision.actor != application.submitted_by or _says_more(decision):
        raise _changed()
    if _platform(form) != application.platform_id:
        raise _changed()


def _says_more(decision: NextTerm) -> bool:
    """Whether a decision that hands in an application says anything beside it."""
    return bool(decision.note or decision.documents or decision.reason)


def _check_brought_in(form: ToSign, application: "PlatformApplication") -> None:
    brought = application.brought_in
    same = brought and _whole(decision_of(form.decision)) == _whole(brought)
    if not same or _platform(form) != application.platform_id:
        raise _changed()


def _whole(said: BaseModel) -> dict[str, Any]:
    """What a message says, with what it leaves open; what is filled in when it is sent is not compared."""
    filled_in = {"case"} if isinstance(said, Decision) else {"term", "previous", "roster"}
    return said.model_dump(mode="json", exclude=filled_in)


def _platform(form: ToSign) -> str | None:
    case = decision_of(form.decision).case
    return case.platform_id if case else None


def _changed() -> BadInput:
    return BadInput(
        "the service would have something else signed than the application says: it is not signed, and was"
        " not sent",
        "接口服务要求签署的内容与申请不符：未签名，也未提交",
    )
