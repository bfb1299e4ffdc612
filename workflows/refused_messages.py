"""What a log says of a message that was refused: little, since anyone may have sent it. Pure."""

from typing import Any

from workflows.circumstances import Edition
from workflows.model import MAX_MESSAGE_BYTES, InvalidMessage, sha256, size_of
from workflows.refusal import Refused

_ID_LETTERS = 128


def refused_content(raw: Any, error: Refused | InvalidMessage, edition: Edition) -> dict[str, Any]:
    """Return by which rule it was refused, and its hash where it is no larger than a message may be."""
    content = {"rule": error.refusal.rule if isinstance(error, Refused) else "message"}
    if edition < Edition.V0_4 or size_of(raw) <= MAX_MESSAGE_BYTES:
        content["said_sha256"] = sha256(raw)
    return content


def refused_id(raw: Any) -> str | None:
    """Return the decision id that it names, as far as one may go and JSON can carry it on."""
    named = raw.get("decision_id") if isinstance(raw, dict) else None
    if not isinstance(named, str):
        return None
    return named[:_ID_LETTERS].encode("utf-8", "replace").decode("utf-8")
