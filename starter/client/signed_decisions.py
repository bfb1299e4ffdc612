"""Decisions that carry the signature of their person, whichever way they are sent."""

import asyncio
import base64
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from starter.client.interface import Pingtai, ToSign
from starter.client.key_standing import key_standing
from starter.errors import BadInput, NotAllowed
from workflows.decision import CaseReference, Decision
from workflows.decision_reading import decision_of
from workflows.model import as_sent
from workflows.vocabulary import Kind

if TYPE_CHECKING:
    from starter.signing.signer import Signer
    from workflows.roster_entries import RosterProof
    from workflows.run_io import CaseView
    from workflows.ssh_signatures import PublicKey
    from workflows.states import Receipt

_MOST_SIGNATURES = 2
"""That any case asks for."""


async def decide_signed(
    client: Pingtai, platform_id: str, decision: Decision | dict[str, Any], signer: "Signer"
) -> "Receipt":
    """Sign a decision and send it; one that needs no signature is sent as it is.

    The person may be asked to touch a key: what else goes on meanwhile does. Raises as `Pingtai.decide`
    and `Signer.sign`; NotAllowed: the key is revoked, out of its days, or another person's.
    """
    signed = await signed_before(client, platform_id, decision)
    if signed and not signed.lacks(signer):
        return await client.decide(platform_id, decision)
    form = signed.form if signed else await client.to_sign(platform_id, decision)
    if form is None:
        return await client.decide(platform_id, decision)
    person = form.decision["actor"]["id"]
    if signed:  # the second signature is another person's
        person = await client.roster_holder(signer.key.openssh()) or person
    standing = await key_standing(client, person, signer.key)
    if standing.objection:
        raise NotAllowed(*standing.objection)
    whole = await asyncio.to_thread(with_signature, form.decision, signer, standing.proof)
    return await client.decide(platform_id, whole)


class SignedBefore(NamedTuple):
    """A decision that came signed: it is sent in exactly these words."""

    form: ToSign
    """As it came, and how many persons its case asks to sign it."""
    keys: tuple["PublicKey", ...]
    """By which it was signed."""

    @property
    def whole(self) -> bool:
        """Whether its case asks for no signature more."""
        return self.form.signatures_needed <= len(self.keys)

    def lacks(self, signer: "Signer", person: str | None = None) -> bool:
        """Whether the signature of a person is still to be added: one more is asked for, and none is theirs."""
        proofs = (one.get("proof") for one in self.form.decision["signatures"])
        people = {proof["entry"]["id"] for proof in proofs if proof}
        return not (self.whole or signer.key in self.keys or person in people)


async def signed_before(
    client: Pingtai, platform_id: str, decision: Decision | dict[str, Any]
) -> SignedBefore | None:
    """Return what a decision that is signed already still needs; None: it is not signed.

    Raises as `Pingtai.to_sign`.

    Raises:
        BadInput: a signature is not of these words: something was changed since.
    """
    raw = decision if isinstance(decision, dict) else as_sent(decision)
    if not raw.get("signatures"):
        return None
    from workflows.signed_form import signed_form, signers  # noqa: PLC0415 - as below
    from workflows.ssh_signatures import BadSignature  # noqa: PLC0415

    try:
        keys = tuple(signers(raw["signatures"], signed_form(decision_of(raw))))
    except BadSignature as error:
        en, zh = error.words
        raise BadInput(
            f"it is signed already, and the signature does not hold: {en}. Send it as it was signed, or take"
            " `signatures` out to sign it anew",
            f"该决定已签名，但签名无效：{zh}。请按签名时的内容原样提交，或删去 signatures 后重新签名",
        ) from None
    needed = 0
    if len(keys) < _MOST_SIGNATURES:
        # Judged without its signatures: of two that are asked for one alone would be refused.
        bare = {name: value for name, value in raw.items() if name != "signatures"}
        form = await client.to_sign(platform_id, bare)
        needed = form.signatures_needed if form else 0
    return SignedBefore(ToSign(decision=raw, signatures_needed=needed), keys)


def signers_of(raw: dict[str, Any]) -> tuple[str, ...]:
    """Return by which keys a decision is signed, each with its person's id where the roster shows it."""
    if not raw.get("signatures"):
        return ()
    from workflows.signed_form import signed_form, signers  # noqa: PLC0415 - as below

    keys = signers(raw["signatures"], signed_form(decision_of(raw)))
    proofs = [one.get("proof") for one in raw["signatures"]]
    return tuple(
        f"{key.fingerprint()} ({proof['entry']['id']})" if proof else key.fingerprint()
        for key, proof in zip(keys, proofs, strict=True)
    )


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
    made = {"sshsig": sshsig} | ({"proof": proof.sent} if proof else {})
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
