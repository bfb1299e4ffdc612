"""People of a roster with keys, the trees that they stand in, and the versions that they sign."""

import base64
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.roster_entries import (
    ROSTER_NAMESPACE,
    RosterEntry,
    RosterKey,
    RosterRoot,
    prove_entry,
    root_over,
)
from workflows.signatures import Signature
from workflows.signed_roots import SignedRoot
from workflows.ssh_signatures import PublicKey, signature_of, unsigned_part
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
FIRST_DAY = date(2026, 1, 1)


def secret_of(person: str) -> Ed25519PrivateKey:
    """The private key of a person."""
    return Ed25519PrivateKey.from_private_bytes(sha256(person.encode()).digest())


def public_key(person: str) -> PublicKey:
    """The key of a person; the same name has the same key."""
    return PublicKey("ssh-ed25519", secret_of(person).public_key().public_bytes_raw())


def sshsig(person: str, form: bytes, namespace: str = ROSTER_NAMESPACE) -> str:
    """A person's signature, in base64."""
    key = public_key(person)
    parts = [key.algorithm.encode(), secret_of(person).sign(unsigned_part(form, namespace))]
    signed = b"".join(len(part).to_bytes(4) + part for part in parts)
    return base64.b64encode(signature_of(key, signed, namespace)).decode()


def entry(person: str, **changes: Any) -> RosterEntry:
    """An officer of the commission with one key, unless it is said otherwise."""
    key = RosterKey(public=public_key(person).openssh(), first=FIRST_DAY)
    content = {
        "id": person,
        "name": f"姓名{person}",
        "role": Role.COMMISSION,
        "organisation": "市科委、中关村管委会",
        "keys": (key,),
        "first_day": FIRST_DAY,
        "appointed_by": "市科委人事处",
    }
    return RosterEntry(**{**content, **changes})


def root(
    entries: list[RosterEntry], before: RosterRoot | None = None, **changes: Any
) -> RosterRoot:
    """A version of the roster with these entries, which follows the one before."""
    content = {
        "version": before.version + 1 if before else 1,
        "root": root_over(entries),
        "leaves": len(entries),
        "entry": before.entry + 1 if before else 1,
        "log_hash": "0" * 64,
        "change": "c" * 64,
        "at": NOW,
        "before": before.digest() if before else None,
    }
    return RosterRoot(**{**content, **changes})


def signature(
    person: RosterEntry, form: bytes, under: list[RosterEntry], by: str = ""
) -> Signature:
    """A person's signature with the proof that they stand among `under`; `by`: with another's key."""
    leaves = {one.id: one.leaf().hex() for one in under}
    return Signature(sshsig=sshsig(by or person.id, form), proof=prove_entry(person, leaves))


def signed(version: RosterRoot, under: list[RosterEntry], *people: RosterEntry) -> SignedRoot:
    """A version that people have signed."""
    signatures = tuple(signature(one, version.form(), under) for one in people)
    return SignedRoot(root=version, signatures=signatures)
