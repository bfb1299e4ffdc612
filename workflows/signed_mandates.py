"""What an absent person signs of a mandate, and what speaks against one."""

import base64
from collections.abc import Sequence
from datetime import date, datetime

from workflows.mandate_messages import Mandate
from workflows.model import canonical
from workflows.periods import beijing_date
from workflows.roster_entries import RosterRoot, objection_to_key, proof_holds
from workflows.ssh_signatures import BadSignature, signer_of
from workflows.vocabulary import Kind
from workflows.words import Words

MANDATE_NAMESPACE = "pingtai-mandate"
"""What mandates are signed for."""


def mandate_form(
    principal: str, substitute: str, first_day: date, last_day: date, kinds: Sequence[Kind]
) -> bytes:
    """Return the bytes that the absent person signs."""
    return canonical(
        {
            "principal": principal,
            "substitute": substitute,
            "first": str(first_day),
            "last": str(last_day),
            "kinds": sorted(map(str, kinds)),
        }
    )


def days_fault(first_day: date, last_day: date, at: datetime) -> Words | None:
    """Return why a mandate does not hold at a moment: by the time of the entry, not the day that is claimed."""
    day = beijing_date(at)
    if first_day <= day <= last_day:
        return None
    return Words(
        f"the mandate is of {first_day} to {last_day}, and today is {day}",
        f"委托期限为 {first_day} 至 {last_day}，今日为 {day}",
    )


def signature_fault(
    form: bytes, mandate: Mandate, principal: str, root: RosterRoot | None, at: datetime
) -> Words | None:
    """Return why a mandate is not the word of a person of the roster; None where it is."""
    proof = mandate.signature.proof
    if proof is None or root is None or not proof_holds(proof, root):
        return Words(
            "the mandate does not show that its signer stands in the roster, as this case knows it",
            "委托书未能证明签名人载于本案所知的人员目录",
        )
    if proof.entry.id != principal:
        return Words(
            f"the mandate is signed by {proof.entry.id}, not by {principal}",
            f"委托书由 {proof.entry.id} 签名，而非 {principal}",
        )
    try:
        key = signer_of(base64.b64decode(mandate.signature.sshsig), form, MANDATE_NAMESPACE)
    except BadSignature as error:
        return error.words.at(_MANDATE)
    except ValueError:
        return Words("it is no base64", "不是 base64").at(_MANDATE)
    return objection_to_key(proof.entry, key, at)


_MANDATE = Words("the mandate's signature does not hold", "委托书签名无效")
