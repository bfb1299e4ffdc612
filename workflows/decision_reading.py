"""A decision read from what was sent, before anything is known of its case."""

from typing import Any

from workflows.decision import Decision
from workflows.decisions import MODELS
from workflows.model import NO_OBJECT, InvalidMessage, blank_texts, invalid, parse
from workflows.vocabulary import Kind
from workflows.words import listed


def decision_of(raw: Any, kind: Kind | None = None) -> Decision:
    """Read a decision from plain JSON data; a signal's name says its kind.

    Whether its texts say anything, `check_texts` says: cases of before 0.5.0 did not ask.

    Raises:
        InvalidMessage: it is no object, its kind is unknown or not the signal's, a field does not fit.
    """
    if not isinstance(raw, dict):
        raise InvalidMessage("decision", NO_OBJECT)
    said_kind = raw.get("kind", kind)
    if said_kind not in tuple(Kind) or (kind and said_kind != kind):
        known = listed([kind] if kind else Kind)
        en = f"is {_shown(said_kind)}, and should be {known.en}"[:300]
        raise invalid("decision", "kind", en, f"应为 {known.zh}")
    said = {**raw, "kind": str(said_kind)}
    return parse(MODELS[Kind(said_kind)], said, str(said_kind), blank_allowed=True)


def new_decision_of(raw: Any, kind: Kind | None = None) -> Decision:
    """Read a decision that is to be sent now.

    Raises:
        InvalidMessage: as `decision_of` and `check_texts`.
    """
    decision = decision_of(raw, kind)
    check_texts(decision)
    return decision


def check_texts(decision: Decision) -> None:
    """Refuse a decision in which a text has nothing that a reader could see.

    Raises:
        InvalidMessage: names each such field.
    """
    problems = blank_texts(decision)
    if problems:
        raise InvalidMessage(decision.kind, *problems)


def _shown(value: object) -> str:
    """What stood in place of a kind; it may be anything."""
    try:
        return repr(value)[:100]
    except (RecursionError, ValueError):  # too deep, or a number of thousands of digits
        return f"a {type(value).__name__}"
