"""What the office's signatures say of digests: by which key each was signed, and how many are."""

import base64
from collections.abc import Sequence
from datetime import date

from audit.anchoring.cosignatures import LARGEST, Witness, check_cosignature, signed_by
from audit.anchoring.digests import Digest
from audit.anchoring.statements import statement_of
from workflows.ssh_signatures import armored
from workflows.words import Words, counted

NONE_SIGNED = Words("none of the digests is signed", "各份摘要均未签名")


def armored_signature(digest: Digest) -> bytes | None:
    """Return a digest's signature as the file that `ssh-keygen -Y verify` reads; None where it has none."""
    if digest.signature is None:
        return None
    try:
        return armored(base64.b64decode(digest.signature, validate=True)).encode()
    except ValueError:  # what is none is shown as it is, and verified by nobody
        return digest.signature.encode("utf-8", "replace")[:LARGEST]


def signature_problem(digest: Digest, signers: Sequence[Witness]) -> tuple[str, Words | None]:
    """Return who signed a digest that is signed, by name or by key, and what is wrong with it.

    Without signers any key counts: it is named, for whoever reads it to compare.
    """
    signature, said = armored_signature(digest) or b"", statement_of(digest)
    if signers:
        by = check_cosignature(signature, said, digest.day, signers)
        return (by.name, None) if isinstance(by, Witness) else ("", by.at(str(digest.day)))
    key = signed_by(signature, said)
    return ("", key.at(str(digest.day))) if isinstance(key, Words) else (key.fingerprint(), None)


def who_signed(name: str, days: Sequence[date], of: int) -> Words:
    """Say how many digests one key signed, and the last of them."""
    number, last = len(days), days[-1]
    if of == 1:
        return Words(f"{name} signed the digest of {last}", f"{name} 签署了 {last} 的摘要")
    return Words(
        f"{name} signed {number} of {counted(of, 'digest')}, the last of {last}",
        f"{name} 签署了 {of} 份摘要中的 {number} 份，最近为 {last}",
    )
