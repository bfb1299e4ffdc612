"""The signature of a webhook, as Standard Webhooks has it: HMAC-SHA256 of id, moment and body."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
SHORTEST = 24
"""Bytes of a secret, as Standard Webhooks asks for at least."""


def key_of(secret: str) -> bytes:
    """The key of a secret: `whsec_` and base64, or any other text as it is.

    Raises:
        ValueError: it is no base64, or too short; the message does not hold it.
    """
    if secret.startswith(PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            raise ValueError("what follows whsec_ is no base64") from None
    else:
        key = secret.encode()
    if len(key) < SHORTEST:
        raise ValueError(f"shorter than {SHORTEST} bytes")
    return key


def signatures(keys: Sequence[bytes], notice_id: str, moment: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each key, so that a secret can be changed."""
    signed = f"{notice_id}.{moment}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in keys
    )
