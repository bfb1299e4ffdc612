"""Which of some values was meant by one that is none of them: asked in a problem after what the values are."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from starter.value_names import values_listed, with_term
from workflows.model import FieldError, InvalidMessage
from workflows.words import Words

_LONGEST = 64
"""Letters of a value that may be one of ours; nothing longer is compared."""
_MOST = 50
"""Values between commas that are compared."""


def ask_near(why: Words, said: str, choices: Sequence[str]) -> Words:
    """Return why a value, or several between commas, is refused, and what was perhaps meant."""
    for one in said.split(",", _MOST)[:_MOST]:
        if one in choices or len(one) > _LONGEST:
            continue
        for near in get_close_matches(one.strip().casefold(), choices, 1):
            return Words(
                f"{why.en.rstrip('.')}. Did you mean {near}?",
                f"{why.zh.rstrip('。')}。是否为{with_term(near, choices)}？",
            )
    return why


def ask_near_in(error: InvalidMessage, sent: Any) -> InvalidMessage:
    """Return the error for a body, with what was perhaps meant where a field has a wrong value."""
    asked = (
        FieldError(field, ask_near(why, said, choices))
        if (choices := values_listed(why.zh)) and isinstance(said := _at(sent, field), str)
        else FieldError(field, why)
        for field, why in error.problems
    )
    return InvalidMessage(error.what, *asked)


def _at(sent: Any, field: str) -> Any:
    """Return what stands at the dotted path of a field; None: nothing does."""
    for part in field.split("."):
        if isinstance(sent, Mapping):
            sent = sent.get(part)
        elif isinstance(sent, list) and part.isdecimal() and int(part) < len(sent):
            sent = sent[int(part)]
        else:
            return None
    return sent
