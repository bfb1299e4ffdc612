"""What is asked about the bodies of a platform before a decision is sent.

An expert's organisation may be one of them, by another name; one that is renamed may be both.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from db.row_types import PlatformCard
from starter.desk.alike_names import alike
from workflows.name_comparison import same_name
from workflows.vocabulary import Kind, Vote
from workflows.words import Words

_BESIDE = re.compile(r"[（(,，、/·]\s*[^\s）)]{2,}|[\u4e00-\u9fff]{2,}\s+\S{2,}")
"""An organisation beside a name, as people write it; names in Latin letters have spaces of their own."""

Bodies = tuple[str, ...]
"""The operator and the lead unit of a platform."""


def lacks_organisation(person: str) -> bool:
    """Whether a text that is to name somebody with the organisation has no such thing in it."""
    return _BESIDE.search(person) is None


def has_panel(raw: Mapping[str, Any]) -> bool:
    """Whether a decision names experts."""
    return isinstance(raw.get("panel"), list | tuple)


def names_bodies(raw: Mapping[str, Any]) -> bool:
    """Whether a decision names experts, or a body of the platform anew."""
    return has_panel(raw) or raw.get("kind") == Kind.FACTS_CHANGE


def bodies_in(card: PlatformCard) -> Bodies:
    """Return the bodies of a platform that the register answered with."""
    return (card.platform.operator, card.platform.lead_unit)


def alike_bodies(raw: Mapping[str, Any], bodies: Bodies) -> Iterator[Words]:
    """Ask about each expert whose organisation is alike one of the bodies; who is recused judges nothing."""
    if not has_panel(raw):
        return
    for one in raw["panel"]:
        if not isinstance(one, Mapping) or one.get("vote") == Vote.RECUSED:
            continue
        organisation = str(one.get("organisation", ""))
        for body in dict.fromkeys(bodies):
            if alike(organisation, body):
                yield Words(
                    f"{one.get('name', '')} is of {organisation}: is that {body}, which is judged?",
                    f"{one.get('name', '')}所在单位“{organisation}”与“{body}”名称相近，请核实是否为同一单位。",
                )


def half_renamed(raw: Mapping[str, Any], bodies: Bodies) -> Iterator[Words]:
    """Ask about a body that runs the platform and leads it, where only one of the two is changed."""
    if raw.get("kind") != Kind.FACTS_CHANGE or len(bodies) != 2 or not same_name(*bodies):
        return
    if bool(raw.get("operator")) != bool(raw.get("lead_unit")):
        yield Words(
            f"{bodies[0]} is both the operator and the lead unit, and only one of them is changed.",
            f"“{bodies[0]}”既是平台运营单位又是牵头单位，本次只变更了其中一项，请核实。",
        )
