"""Keys of people, and decisions that they sign."""

import base64
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.signed_form import signed_form
from workflows.ssh_signatures import DECISION_NAMESPACE, PublicKey, signature_of, unsigned_part

from .builders import Raw


class Person:
    """Who has a key; the same name has the same key."""

    def __init__(self, name: str) -> None:
        self._secret = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.key = PublicKey("ssh-ed25519", self._secret.public_key().public_bytes_raw())

    def sign(self, message: bytes, namespace: str = DECISION_NAMESPACE) -> Raw:
        """A signature as a decision carries it."""
        said = unsigned_part(message, namespace)
        parts = [self.key.algorithm.encode(), self._secret.sign(said)]
        signed = b"".join(len(part).to_bytes(4) + part for part in parts)
        return {"sshsig": base64.b64encode(signature_of(self.key, signed, namespace)).decode()}


def bound(raw: Raw, case: Case[Any]) -> Raw:
    """A decision that names the case, and what it answers: all that was decided so far."""
    facts, year = case.state.facts, getattr(case.state, "year", None)
    about = {"platform_id": facts.platform_id, "term": facts.term, "year": year}
    return raw | {"case": about | {"answers": case.content_chain().newest}}


def signed(raw: Raw, *people: Person) -> Raw:
    """A decision with the signatures of people."""
    form = signed_form(decision_of(raw))
    return raw | {"signatures": [person.sign(form) for person in people]}
