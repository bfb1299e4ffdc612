"""Payloads of events, as the plain data that stands in them."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from audit.histories import NoHistory
from starter.tables.strict_json import strict_loads

Raw = Mapping[str, Any]


def payloads(given: Raw | None) -> list[Any]:
    """The plain data of payloads.

    Raises:
        NoHistory: they are not JSON: encrypted, or not ours.
    """
    return [_plain(payload) for payload in (given or {}).get("payloads", ())]


def _plain(payload: Raw) -> Any:
    try:
        encoding = base64.b64decode(payload["metadata"]["encoding"], validate=True).decode()
        data = base64.b64decode(payload.get("data", ""), validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise NoHistory("a payload is not whole") from None
    if encoding == "binary/null":
        return None
    if encoding != "json/plain":
        raise NoHistory(f"a payload is {encoding}, not JSON: is it encrypted?")
    try:
        return strict_loads(data)
    except (ValueError, RecursionError) as error:
        raise NoHistory(f"a payload is no JSON: {error}") from None
