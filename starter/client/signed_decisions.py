"""Decisions that carry the signature of their person, whichever way they are sent."""

import asyncio
import base64
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starter.client.interface import Pingtai
from starter.errors import BadInput
from workflows.decision import CaseReference, Decision
from workflows.decision_reading import decision_of
from workflows.model import as_sent
from workflows.signatures import Signature
from workflows.vocabulary import Kind

if TYPE_CHECKING:
    from starter.signing.signer import Signer
    from workflows.roster_entries import RosterProof
    from workflows.run_io import CaseView
    from workflows.states import Receipt


async def decide_signed(
    client: Pingtai, platform_id: str, decision: Decision | dict[str, Any], signer: "Signer"
) -> "Receipt":
    """Sign a decision and send it; one that needs no signature is sent as it is.

    The person may be asked to touch a key: what else goes on meanwhile does. Raises as `Pingtai.decide`
    and `Signer.sign`.
    """
    form = await client.to_sign(platform_id, decision)
    if form is None:
        return await client.decide(platform_id, decision)
    proof = await client.roster_proof(form.decision["actor"]["id"])
    signed = await asyncio.to_thread(with_signature, form.decision, signer, proof)
    return await client.decide(platform_id, signed)


def seen_case(view: "CaseView") -> CaseReference | None:
    """Return the case that a person saw, and what a decision on it answers; None of an old release's."""
    state = view.assessment or view.platform
    if state is None or view.content_hash is None:
        return None
    return CaseReference(
        platform_id=state.facts.platform_id,
        term=state.facts.term,
        year=view.assessment.year if view.assessment else None,
        answers=view.content_hash,
    )


def with_signature(
    raw: dict[str, Any], signer: "Signer", proof: "RosterProof | None" = None
) -> dict[str, Any]:
    """Return a decision with one signature more; `raw` is as `Pingtai.to_sign` answered it.

    `proof` shows that the signer stands in the roster (`Pingtai.roster_proof`), where there is one.

    Raises as `Signer.sign`.
    """
    from workflows.signed_form import signed_form  # noqa: PLC0415 - only what is signed needs it

    sshsig = base64.b64encode(signer.sign(signed_form(decision_of(raw)))).decode()
    made = as_sent(Signature(sshsig=sshsig, proof=proof))
    return raw | {"signatures": [*raw.get("signatures", ()), made]}


def completed_as_signed(ways: Iterable[dict[str, Any]], to_sign: str) -> dict[str, Any]:
    """Return a decision with what a service adds before it is signed, if that is what it says is signed.

    Nobody signs what a service wrote: it adds the case with what is answered there, and the year in which
    a decision that is set aside was taken. The rest must be what its person said, in one of the `ways`
    in which that is sent.

    Raises:
        BadInput: something else was changed.
    """
    from workflows.signed_form import signed_form  # noqa: PLC0415 - as above

    for own in ways:
        # It may be no decision at all, which is told in the same words.
        with suppress(ValueError, TypeError, LookupError, RecursionError):
            added = json.loads(to_sign)
            completed = own | {"case": {**added["case"], **(own.get("case") or {})}}
            if own.get("kind") == Kind.SET_ASIDE and own.get("year") is None and "year" in added:
                completed["year"] = added["year"]
            if signed_form(decision_of(completed)) == to_sign.encode():
                return completed
    raise BadInput(
        "the service changed what the decision says: it is not signed, and was not sent",
        "接口服务改动了决定的内容：未签名，也未提交",
    )
