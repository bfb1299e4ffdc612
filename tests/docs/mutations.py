"""Copies of a message with one thing changed, to see that two judges of messages judge alike."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from tests.rules.builders import ABSENT, Raw


def mutations(whole: Raw) -> Iterator[tuple[str, Raw]]:
    """Copies of a message, each with one thing wrong, or at least different."""
    for path in _paths(whole):
        at = ".".join(str(key) for key in path)
        old = _get(whole, path)
        if isinstance(old, dict):
            yield f"{at} with an unknown field", _with(whole, path, {**old, "unknown": 1})
        if path and isinstance(path[-1], str):
            yield f"{at} left out", _with(whole, path, ABSENT)
        if path:
            for new in _others(old):
                yield f"{at}: {str(new)[:20]}", _with(whole, path, new)


def _others(old: Any) -> list[Any]:
    words = ["no-word", "x" * 5_001, "2026-02-30", "1999-12-31"]
    others: list[Any] = [*words, None, True, {}, [], -1, 10**9]
    if isinstance(old, list):
        others += [old * 60, ["no-word"]]
    return others


def _paths(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(part, dict):
        inner = part.items()
    elif isinstance(part, list):
        inner = enumerate(part)
    for key, value in inner:
        yield from _paths(value, (*path, key))


def _get(part: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        part = part[key]
    return part


def _with(whole: Raw, path: tuple[Any, ...], new: Any) -> Raw:
    if not path:
        return dict(new)
    copy = deepcopy(whole)
    parent = _get(copy, path[:-1])
    if new is ABSENT:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new
    return copy
