"""Ed25519 by the library `cryptography`: loaded by who checks a signature, and by nobody else.

A command that signs and checks nothing need not load it. A worker's sandbox loads nothing while a
workflow runs: so `case_workflow.py` names it.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_signature(key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether a signature of 64 bytes is of a message, by a public key of 32."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
