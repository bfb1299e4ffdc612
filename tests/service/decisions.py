"""Decisions as upstreams send them."""

from typing import Any

from tests.rules import builders


def decision(kind: str, number: str = "d-1", **changes: Any) -> builders.Raw:
    """A valid decision of a kind."""
    return builders.decision(kind, number, "2026-11-23", **changes)
