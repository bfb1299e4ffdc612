"""What changed in a platform between two standings: fields of its state, and the entries that changed them."""

from collections.abc import Iterator
from typing import Any

from audit.reading.state_at import Standing
from audit.reading.timeline_entries import Moment
from workflows.rules import CaseState

Change = tuple[str, Any, Any]
"""A field of the state by its path, and its value before and after; None where it was not."""


def changes(before: Standing | None, after: Standing) -> list[Change]:
    """The fields that differ: of the platform, and of its open assessment."""
    old, new = dict(_fields(before)), dict(_fields(after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        (name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    ]


def between(moments: list[Moment], before: Standing | None, after: Standing) -> list[Moment]:
    """The entries that there were at the later standing and not at the earlier, in their order."""
    new = after.held - (before.held if before else frozenset())
    return [one for one in moments if one.line and one.line.name in new]


def _fields(standing: Standing | None) -> Iterator[tuple[str, Any]]:
    if standing is None:
        return
    yield from _flat("platform", _plain(standing.platform.state))
    due = standing.platform.due
    yield "platform.due", due.model_dump(mode="json")["due"] if due else None
    if standing.assessment:
        due = standing.assessment.due
        yield from _flat("assessment", _plain(standing.assessment.state))
        yield "assessment.due", due.model_dump(mode="json")["due"] if due else None


def _plain(state: CaseState) -> dict[str, Any]:
    return state.model_dump(mode="json")


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(f"{name}.{key}", part)
    else:
        yield name, value
