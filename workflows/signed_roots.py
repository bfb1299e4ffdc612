"""Versions of the roster with the signatures of two officers, and the chain that they make.

A case knows one version and is shown the later ones: each is signed by officers of the one before.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from workflows.field_labels import Label
from workflows.model import Message
from workflows.roster_entries import (
    ROSTER_NAMESPACE,
    RosterEntry,
    RosterRoot,
    objection_to_key,
    proof_holds,
)
from workflows.signatures import MOST_SIGNATURES, Signature
from workflows.ssh_signatures import BadSignature, signer_of
from workflows.vocabulary import Role
from workflows.words import Words

OFFICERS_NEEDED = 2
"""Who must sign a version: no officer changes alone who may decide."""
MOST_ROOTS = 50
"""How many versions one message may show; a case that is further behind is shown them by several."""


class SignedRoot(Message):
    """A version of the roster, signed by two officers with proofs under the version before."""

    typed_by_people = False

    root: Annotated[RosterRoot, Label("version", "版本")]
    signatures: Annotated[tuple[Signature, ...], Label("signatures", "签名")] = Field(
        max_length=MOST_SIGNATURES
    )


class Signer(NamedTuple):
    """Who signed, or why a signature is nobody's."""

    entry: RosterEntry | None
    fault: Words | None = None


def signers_of(
    form: bytes,
    signatures: Sequence[Signature],
    under: RosterRoot | None,
    at: datetime,
    namespace: str = ROSTER_NAMESPACE,
) -> Iterator[Signer]:
    """Return who made each signature of `form`, by the roster's version `under`, at a moment.

    Without a version what the proofs say is taken as it is: who knows none trusts the first that it is shown.
    """
    for one in signatures:
        proof = one.proof
        if proof is None:
            yield Signer(None, _UNPROVEN)
            continue
        if under is not None and not proof_holds(proof, under):
            why = Words(
                f"{proof.entry.id} is not in version {under.version} of the roster as it is said",
                f"{proof.entry.id} 与人员目录第 {under.version} 版不符",
            )
            yield Signer(None, why)
            continue
        try:
            key = signer_of(base64.b64decode(one.sshsig), form, namespace)
        except BadSignature as error:
            yield Signer(None, error.words.at(_SIGNATURE))
            continue
        except ValueError:
            yield Signer(None, _NO_BASE64.at(_SIGNATURE))
            continue
        fault = objection_to_key(proof.entry, key, at)
        yield Signer(None, fault) if fault else Signer(proof.entry)


def root_fault(signed: SignedRoot, before: RosterRoot | None) -> Words | None:
    """Return why a version does not follow another, or is not signed as it must be; None where it does.

    The first version is signed by officers who stand in it. Without `before` a later one is judged by
    its signatures alone.
    """
    root = signed.root
    if before is not None and (root.before, root.version) != (before.digest(), before.version + 1):
        return Words(
            f"version {root.version} of the roster does not follow version {before.version}",
            f"人员目录第 {root.version} 版不接续第 {before.version} 版",
        )
    first = root.version == 1
    if first != (root.before is None):
        return Words("only the first version follows none", "只有第一版没有上一版")
    signers = list(signers_of(root.form(), signed.signatures, root if first else before, root.at))
    if fault := next((one.fault for one in signers if one.fault), None):
        return fault.at(
            Words(f"version {root.version} of the roster", f"人员目录第 {root.version} 版")
        )
    if len(officers_among(signers)) < OFFICERS_NEEDED:
        return Words(
            f"version {root.version} of the roster is not signed by two officers of the commission",
            f"人员目录第 {root.version} 版未经市级两名人员签名",
        )
    return None


def officers_among(signers: Sequence[Signer]) -> set[str]:
    """Return the ids of the commission's officers among signers."""
    entries = (one.entry for one in signers)
    return {e.id.casefold() for e in entries if e and e.role is Role.COMMISSION}


def chain_fault(roots: Sequence[SignedRoot], known: RosterRoot | None) -> Words | None:
    """Return why versions do not lead on from the one that is known; None where they do."""
    for signed in roots:
        if fault := root_fault(signed, known):
            return fault
        known = signed.root
    return None


_UNPROVEN = Words("a signature has no proof from the roster", "签名未附人员目录证明")
_NO_BASE64 = Words("it is no base64", "不是 base64")
_SIGNATURE = Words("the signature does not hold", "签名无效")
