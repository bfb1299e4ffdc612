"""The same support recorded twice: possible, and seldom meant, so it is asked about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from db.row_types import SupportRow
from workflows.exact_numbers import exact
from workflows.name_comparison import name_key
from workflows.vocabulary import Kind
from workflows.words import Words

Given = tuple[str, str, str, str]
"""Kind, day, title as names are compared, and amount of a support."""


def support_in(raw: Mapping[str, Any]) -> Given | None:
    """Return what a decision records; None: it records no support."""
    if raw.get("kind") != Kind.SUPPORT:
        return None
    amount = raw.get("amount_wan")
    try:
        stated = "" if amount is None else str(exact(amount))
    except PydanticCustomError:
        stated = ""  # the model says what is wrong with it
    return (
        str(raw.get("support")),
        str(raw.get("given_on")),
        name_key(str(raw.get("title"))),
        stated,
    )


def support_of(row: SupportRow) -> Given:
    """Return the same of a record in the register."""
    amount = "" if row.amount_wan is None else str(row.amount_wan)
    return row.support, str(row.given_on), name_key(row.title), amount


def repeated_support(raw: Mapping[str, Any], known: Sequence[SupportRow]) -> Iterator[Words]:
    """Ask about a support that the register has already, by another decision that was not set aside."""
    said = support_in(raw)
    found = [one for one in known if not one.set_aside_by and support_of(one) == said]
    if any(one.decision_id == raw.get("decision_id") for one in found):
        return
    for row in found[:1]:
        yield Words(
            f"The same support, {row.title} of {row.given_on}, is recorded already (entry {row.seq}).",
            f"相同的支持“{row.title}”（{row.given_on}）已登记（第 {row.seq} 条）。",
        )
