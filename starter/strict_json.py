"""JSON as people meant it: each name once in an object, and no numbers that JSON does not have."""

import json
from typing import Any, NoReturn

from starter.bounds import check_json


def strict_loads(text: str | bytes) -> Any:
    """The data that a JSON text says; bytes are UTF-8.

    Of a name that stands twice a parser would keep one in silence: what was decided would be chance.

    Raises:
        ValueError: it is no JSON, or says something twice.
        RecursionError: it is nested too deep.
    """
    check_json(text)
    return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = set[str]()
    for name, _ in pairs:
        if name in names:
            raise ValueError(f"{name[:50]!r} stands twice in one object")
        names.add(name)
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
