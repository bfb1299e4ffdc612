"""Text and JSON as PostgreSQL can hold them: everything but the character NUL, which is escaped.

PostgreSQL takes no NUL in text or jsonb. A decision may hold one, the hash of its log entry covers
it, and a batch that could never be written would keep its case out of the register for ever. So a
NUL is written as U+10FFFF (no character, by Unicode's own word) and "0", and read back as it was.
"""

from typing import Any

_NUL = "\x00"
_MARK = "\U0010ffff"
_NUL_IN_JSON = r"\u0000"


def escaped(data: Any) -> Any:
    """Plain JSON data without NUL; `restored` gives back exactly what was."""
    if isinstance(data, str):
        if _NUL in data or _MARK in data:
            return data.replace(_MARK, f"{_MARK}1").replace(_NUL, f"{_MARK}0")
        return data
    if isinstance(data, dict):
        return {escaped(key): escaped(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [escaped(value) for value in data]
    return data


def may_have_nul(text: str) -> bool:
    """Whether JSON text may hold something to escape; a text that speaks of `\\u0000` may, too."""
    return _NUL_IN_JSON in text or _MARK in text


def restored(data: Any) -> Any:
    if isinstance(data, str):
        if _MARK in data:
            return data.replace(f"{_MARK}0", _NUL).replace(f"{_MARK}1", _MARK)
        return data
    if isinstance(data, dict):
        return {restored(key): restored(value) for key, value in data.items()}
    if isinstance(data, list):
        return [restored(value) for value in data]
    return data
