"""Whether two bodies are one: by their credit codes where both have one, otherwise by their names.

Nobody decides on their own body, and only a platform's operator speaks for it (§四, §六).
"""

from typing import NamedTuple

from workflows.actors import Actor
from workflows.application import Organisation, PlatformApplication
from workflows.case_changes import FactsChange
from workflows.circumstances import NEWEST, Edition
from workflows.decisions import Expert
from workflows.model import FieldError
from workflows.name_comparison import part_of, same_name
from workflows.words import Words


class Body(NamedTuple):
    """A body as it is told apart from others."""

    name: str
    credit_code: str | None = None


def body_of(one: Actor | Expert | Organisation) -> Body:
    """Return the body that somebody belongs to, or that takes part itself."""
    name = one.name if isinstance(one, Organisation) else one.organisation
    return Body(name, one.credit_code)


def lacking_codes(said: PlatformApplication | FactsChange) -> list[FieldError]:
    """Return the bodies in what was said that have no credit code."""
    return [
        FieldError(f"{name}.credit_code", _MISSING)
        for name in ("operator", "lead_unit")
        if (body := getattr(said, name)) is not None and body.credit_code is None
    ]


_MISSING = Words(
    "required: the unified social credit code of the body (GB 32100)",
    "须填写该单位的统一社会信用代码（GB 32100）",
)


def same_body(one: Body, other: Body, edition: Edition = NEWEST) -> bool:
    """Return whether two bodies are one."""
    if one.credit_code and other.credit_code:
        return one.credit_code == other.credit_code
    return same_name(one.name, other.name, edition)


def belongs_to(one: Body, body: Body, edition: Edition = NEWEST) -> bool:
    """Return whether a body is another or a department of it, which has no code of its own."""
    if one.credit_code and body.credit_code:
        return one.credit_code == body.credit_code
    return part_of(one.name, body.name, edition)
