"""Ed25519 by the library `cryptography`: loaded where a signature is checked (`ssh_signatures.py`)."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@lru_cache(maxsize=256)
def _read(key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key)


def is_signature(key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether a signature of 64 bytes is of a message, by a public key of 32."""
    try:
        _read(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


_KNOWN = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
"""The public key of RFC 8032's first test."""
# The library imports its error when it first raises it. In a worker's sandbox that would end the process:
# so it raises it here once.
if is_signature(_KNOWN, bytes(64), b""):
    raise AssertionError("a signature that is none was verified")
