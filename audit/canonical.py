"""Whether a history says each thing once and in one way, so that all who read it read the same.

Protobuf takes a name in two spellings (`eventType`, `event_type`), and a JSON reader looks for one: what
is written in the other one would be replayed and never read, or read and never replayed.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_ATTRIBUTES = "EventAttributes"
_MAPS = frozenset(("details", "nexusHeader"))
"""What others name: not names of Temporal's."""
_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


def uncanonical(events: list[Any]) -> Iterator[tuple[int, str]]:
    """The events that are not written as Temporal writes them: the number, and why."""
    for number, event in enumerate(events, start=1):
        if not isinstance(event, dict):
            yield number, "it is no event"
            continue
        named = [name for name in event if name.endswith(_ATTRIBUTES)]
        if len(named) > 1:
            yield number, f"it is two events: {named[0]} and {named[1]}"
        elif named and not _fits(event.get("eventType"), named[0]):
            yield number, f"it says that it is {event.get('eventType')!s:.60}, and holds {named[0]}"
        for name in _names(event, named[0] if named else ""):
            if "_" in name:
                yield number, f"{name[:60]!r} is another spelling of a name"


def _names(event: dict[str, Any], attributes: str) -> Iterator[str]:
    """The names of an event, of what it is about, and of the objects in it."""
    yield from event
    about = event.get(attributes)
    if isinstance(about, dict):
        yield from about
        for name, part in about.items():
            if isinstance(part, dict) and name not in _MAPS:
                yield from part


def _fits(kind: Any, attributes: str) -> bool:
    """Whether an event's type is that of its attributes; older tools write it without the prefix."""
    return isinstance(kind, str) and kind in _kinds(attributes)


@lru_cache(maxsize=200)
def _kinds(attributes: str) -> tuple[str, str]:
    plain = attributes.removesuffix(_ATTRIBUTES)
    plain = plain[:1].upper() + plain[1:]
    return plain, f"EVENT_TYPE_{_WORDS.sub('_', plain).upper()}"
