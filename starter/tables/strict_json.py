"""JSON as people meant it: each name once in an object, and no numbers that JSON does not have."""

import json
import re
from typing import Any, NoReturn

from starter.bounds import JSON_DEPTH, MESSAGE_FILE_BYTES, check_depth, check_json
from starter.error_reasons import reason_of
from starter.errors import BadInput

_HALF = re.compile("[\ud800-\udfff]")


def strict_loads(text: str | bytes) -> Any:
    """The data that a JSON text says; bytes are UTF-8.

    Of a name that stands twice a parser would keep one in silence: what was decided would be chance.

    Raises:
        ValueError: it is no JSON, or says something twice.
        RecursionError: it is nested too deep.
    """
    check_json(text)
    return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)


def as_object(text: str, name: str) -> dict[str, Any]:
    """The JSON object that a text is; `name` says where it stands.

    Raises:
        BadInput: it is none.
    """
    if len(text) > MESSAGE_FILE_BYTES:
        most = f"{MESSAGE_FILE_BYTES:,}"
        raise BadInput(
            f"{name} is not JSON: longer than {most}", f"{_is_not(name)} JSON：超过 {most} 字"
        )
    found = parsed(text, name)
    if not isinstance(found, dict):
        raise BadInput(f"{name} is not a JSON object", f"{_is_not(name)} JSON 对象")
    return found


def parsed(text: str, name: str, depth: int = JSON_DEPTH) -> Any:
    """The data that a JSON text of people says; `name` says where it stands.

    Raises:
        BadInput: it is no JSON, says something twice, or is nested deeper than may be.
    """
    try:
        check_depth(text, depth)
        return strict_loads(text)
    except (ValueError, RecursionError) as error:
        why = reason_of(error)
        raise BadInput(f"{name} is not JSON: {why.en}", f"{_is_not(name)} JSON：{why.zh}") from None


def _is_not(name: str) -> str:
    """Between Chinese and Chinese no space is written."""
    return f"{name}{' ' if name[-1:].isascii() else ''}不是"


def encodable(written: str) -> str:
    """JSON in which half a character (a lone surrogate, which no file can hold) is escaped again."""
    return _HALF.sub(lambda half: f"\\u{ord(half.group()):04x}", written)


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
