"""What a person signs of a decision: its canonical form, the same from the message and from the log.

A plan and an application stand in it as their SHA-256, as they do in the log. So an auditor makes the
signed bytes out of a log entry alone, and needs nothing of what was sent.
"""

import base64
from collections.abc import Iterator
from typing import Any

from workflows.decision import NOT_SIGNED, Decision
from workflows.model import canonical
from workflows.record import LogEntry
from workflows.ssh_signatures import BadSignature, PublicKey, signer_of
from workflows.states import content_of
from workflows.vocabulary import Role


def signed_form(decision: Decision) -> bytes:
    """Return the bytes that are signed: canonical JSON of all that a decision says but its signatures."""
    return _form(content_of(decision))


def signed_form_of_entry(entry: LogEntry) -> bytes:
    """Return the bytes that were signed, out of the entry that the decision has in a log."""
    return _form(entry.said)


def signers(signatures: Any, form: bytes) -> list[PublicKey]:
    """Return the keys by which a decision was signed, in the order of its signatures.

    Raises:
        BadSignature: one of them is not of this form.
    """
    return [signer_of(blob, form) for blob in signature_blobs(signatures)]


def signature_blobs(signatures: Any) -> list[bytes]:
    """Return the signatures of a decision, as a message or a log has them, out of their base64.

    Raises:
        BadSignature: they cannot be read.
    """
    try:
        return [base64.b64decode(one["sshsig"], validate=True) for one in signatures]
    except (ValueError, TypeError, LookupError):
        raise BadSignature("it is no base64", "不是 base64") from None


def countersigners(entry: LogEntry) -> Iterator[tuple[str, Role]]:
    """Return who signed an entry besides its actor, as far as they showed who they are, with their roles."""
    for one in entry.said.get("signatures", ())[1:]:
        if proof := one.get("proof"):
            yield proof["entry"]["id"], Role(proof["entry"]["role"])


def _form(said: dict[str, Any]) -> bytes:
    return canonical({name: value for name, value in said.items() if name not in NOT_SIGNED})
