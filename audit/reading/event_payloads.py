"""What stands in events: the plain data of payloads, and who called."""

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


def principal_of(said: Any) -> str | None:
    """Whom a server names as the caller, on one line; None where it names nobody, as most do."""
    if not isinstance(said, dict) or not said.get("name"):
        return None
    kind, name = str(said.get("type") or ""), str(said["name"])
    shown = f"{kind}:{name}" if kind else name
    return "".join(one if one.isprintable() else "?" for one in shown)[:200]
