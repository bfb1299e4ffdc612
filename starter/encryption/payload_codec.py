"""The codec: each payload is encrypted as a whole, by AES-256-GCM, with the key of the term it belongs to.

In the clear stand the name of the key and of the cipher, and both are bound to what is encrypted. A payload
that is not encrypted is read as it is: a case that began in the clear goes on.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
)

from starter.encryption.key_names import (
    KEY_ID,
    SHARED,
    platform_of,
    read_key_name,
    scope_of_assessment,
    scope_of_message,
)
from starter.encryption.master_keys import NONCE_BYTES
from starter.encryption.term_keys import TermKeys

ENCODING = b"binary/encrypted"
CIPHER = b"AES-256-GCM"
_CIPHER = "encryption-cipher"
_ERASURE = "erasure:"
SCOPE = "pingtai-scope"
"""Set beside a payload that is not of its sender's own term; it is taken off when the payload is encrypted."""


@dataclass(frozen=True)
class TermContext(SerializationContext):
    """What a run's payloads are for: its workflow, and the scope of its term."""

    workflow_id: str
    scope: str


class TermCodec(PayloadCodec, WithSerializationContext):
    """Encrypts with the newest key of a scope; decrypts with whichever key a payload names."""

    def __init__(self, keys: TermKeys, scope: str | None = None, home: str | None = None) -> None:
        """Encrypt in a scope; `home` is the platform whose workflow it is, where that is known."""
        self.keys = keys
        self._scope = scope
        self._home = home
        self._answers = False

    def of_scope(self, scope: str) -> "TermCodec":
        """Return a codec that encrypts in a scope, whatever context it is used in."""
        return TermCodec(self.keys, scope)

    def with_context(self, context: SerializationContext) -> Self:
        """See `WithSerializationContext`: a run's own term, or what the workflow's id says of it."""
        workflow_id: str | None = getattr(context, "workflow_id", None)
        scope = self._scope
        if scope is None:
            named = context.scope if isinstance(context, TermContext) else None
            # An erasure outlives the key of the term that it names.
            erasure = SHARED if (workflow_id or "").startswith(_ERASURE) else None
            scope = named or erasure or scope_of_assessment(workflow_id)
        made = type(self)(self.keys, scope, platform_of(workflow_id))
        # An activity of a platform answers with the key of what it was asked: its context names no term.
        made._answers = scope is None and isinstance(context, ActivitySerializationContext)
        return made

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt payloads.

        Raises:
            ErasedKey: the keys of the term were destroyed.
            BadInput: keys cannot be used.
        """
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt payloads; what is not encrypted, or is no work of ours, stays as it is.

        Raises:
            MissingKey: a key that a payload names is not here.
            ErasedKey: it was destroyed.
            BadInput: keys cannot be used.
        """
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        scope = self._scope or scope_of_message(payload)
        if SCOPE in payload.metadata:
            scope = payload.metadata[SCOPE].decode()
            inner = Payload()
            inner.CopyFrom(payload)
            del inner.metadata[SCOPE]
            payload = inner
        return seal(payload, self.keys, scope)

    def _opened(self, payload: Payload) -> Payload:
        opened = unseal(payload, self.keys, self._home)
        if self._answers and self._scope is None and opened is not payload:
            name = read_key_name(payload.metadata[KEY_ID].decode())
            self._scope = name and name.scope
        return opened


def seal(payload: Payload, keys: TermKeys, scope: str) -> Payload:
    """Encrypt a payload with the newest key of a scope. Raises as `TermCodec.encode`."""
    name, key = keys.current(scope)
    metadata = {"encoding": ENCODING, KEY_ID: name.encode(), _CIPHER: CIPHER}
    nonce = os.urandom(NONCE_BYTES)
    content = key.encrypt(nonce, payload.SerializeToString(), _bound(metadata))
    return Payload(metadata=metadata, data=nonce + content)


def unseal(payload: Payload, keys: TermKeys, home: str | None) -> Payload:
    """Decrypt a payload, and return the same one where it is no work of ours. Raises as `TermCodec.decode`.

    Anybody who reaches Temporal can send bytes that look encrypted. In the case of the platform `home` only
    its own keys and the shared ones are asked for: a name of another must not bring the case to a halt.
    """
    metadata = dict(payload.metadata)
    if metadata.get("encoding") != ENCODING or metadata.get(_CIPHER) != CIPHER:
        return payload
    name = read_key_name(metadata.get(KEY_ID, b"").decode("ascii", "replace"))
    if name is None or (home and name.platform not in ("", home)):
        return payload
    nonce, content = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
    try:
        return Payload.FromString(keys.find(name).decrypt(nonce, content, _bound(metadata)))
    except (InvalidTag, DecodeError):
        return payload  # changed, or made up: read as what cannot be read
    except ValueError as error:  # a nonce that is cut off
        if isinstance(error, UnicodeError) or len(nonce) < NONCE_BYTES:
            return payload
        raise


def _bound(metadata: dict[str, bytes]) -> bytes:
    """Return what is bound to the encrypted bytes: all that stands beside them, each with its length."""
    parts = [part for name in sorted(metadata) for part in (name.encode(), metadata[name])]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
