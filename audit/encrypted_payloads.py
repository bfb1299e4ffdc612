"""Encrypted payloads in a history's JSON: which keys they name, and what they say to a holder of the keys."""

import base64
import json
from collections.abc import Callable
from typing import Any

from starter.errors import BadInput

_MARK = b"encryption-key-id"
_SIGNAL = "workflowExecutionSignaledEventAttributes"


class ErasedPayload(BadInput):
    """The key of a term was destroyed."""


def is_encrypted(content: bytes) -> bool:
    """Whether a payload in a history's JSON may be encrypted."""
    return _MARK in content


def open_payloads(data: dict[str, Any], workflow_id: str) -> dict[str, Any]:
    """Return a history's JSON with its payloads decrypted; what is no work of ours stays as it is.

    A signal whose key is not here stays as it is, too: anybody may have sent it, and named what they liked.

    Raises:
        ErasedPayload: the key of a term was destroyed.
        PingtaiError: a key is not here, which is named, or keys cannot be used.
    """
    # Who reads no encrypted history loads no cryptography.
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415
    from temporalio.api.common.v1 import Payload  # noqa: PLC0415

    from starter.encryption.encrypted_converter import configured_keys  # noqa: PLC0415
    from starter.encryption.key_errors import ErasedKey, MissingKey  # noqa: PLC0415
    from starter.encryption.key_names import KEY_ID, platform_of  # noqa: PLC0415
    from starter.encryption.payload_codec import unseal  # noqa: PLC0415

    keys, home = configured_keys(), platform_of(workflow_id)

    def opened(given: dict[str, Any]) -> dict[str, Any] | None:
        try:
            metadata = {name: _bytes(value) for name, value in given["metadata"].items()}
            payload = Payload(metadata=metadata, data=_bytes(given["data"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        if keys is None:
            raise MissingKey(metadata[KEY_ID].decode("ascii", "replace")[:200])
        try:
            found = unseal(payload, keys, home)
        except ErasedKey as error:
            raise ErasedPayload(error.words) from None
        if found is payload:
            return None
        plain: dict[str, Any] = MessageToDict(found)
        return plain

    def lenient(given: dict[str, Any]) -> dict[str, Any] | None:
        try:
            return opened(given)
        except (MissingKey, ErasedPayload):
            return None

    events = [_walk(event, lenient if _SIGNAL in event else opened) for event in data["events"]]
    return data | {"events": events}


def _walk(value: Any, opened: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Any:
    if isinstance(value, list):
        return [_walk(one, opened) for one in value]
    if not isinstance(value, dict):
        return value
    metadata = value.get("metadata")
    if isinstance(metadata, dict) and "encryption-key-id" in metadata:
        return opened(value) or value
    whole = {name: _walk(one, opened) for name, one in value.items()}
    if "encodedAttributes" in whole:
        whole |= _said(whole["encodedAttributes"])
    return whole


def _said(encoded: Any) -> dict[str, str]:
    """Return what a failure says, which the SDK puts into a payload, where a history has it in the clear."""
    try:
        words = json.loads(_bytes(encoded["data"]))
        found = {"message": words["message"], "stackTrace": words["stack_trace"]}
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}
    return found if all(isinstance(one, str) for one in found.values()) else {}


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)
