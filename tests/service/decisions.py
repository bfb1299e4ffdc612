"""Decisions as upstreams send them."""

from typing import Any

from tests.rules.builders import BY, COMMISSION, Raw, changed, content
from workflows.vocabulary import Kind


def decision(kind: str, number: str = "d-1", **changes: Any) -> Raw:
    """A valid decision of a kind."""
    usual = {
        "kind": kind,
        "decision_id": number,
        "actor": BY.get(Kind(kind), COMMISSION),
        "decided_on": "2026-11-23",
        **content(kind, None),
    }
    return changed(usual, **changes)
