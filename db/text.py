"""Text and JSON as PostgreSQL can hold them: everything but the character NUL, which is escaped.

PostgreSQL takes no NUL in text or jsonb. A decision may hold one, the hash of its log entry covers
it, and a batch that could never be written would keep its case out of the register for ever. So a
NUL is written as U+10FFFF (no character, by Unicode's own word) and "0", and read back as it was.
"""

from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

_NUL = "\x00"
_MARK = "\U0010ffff"


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


def restored(data: Any) -> Any:
    """What `escaped` was given."""
    if isinstance(data, str):
        if _MARK in data:
            return data.replace(f"{_MARK}0", _NUL).replace(f"{_MARK}1", _MARK)
        return data
    if isinstance(data, dict):
        return {restored(key): restored(value) for key, value in data.items()}
    if isinstance(data, list):
        return [restored(value) for value in data]
    return data


class Words(TypeDecorator[str]):
    """Text that people or programs wrote. Compared byte by byte, so that its order is the same everywhere."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        """With PostgreSQL's collation C: no other survives a change of the system's C library."""
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape on the way in."""
        return None if value is None else str(escaped(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Restore on the way out."""
        return None if value is None else str(restored(value))


class Json(TypeDecorator[Any]):
    """Plain JSON data; None is SQL's NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Escape on the way in."""
        return escaped(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Restore on the way out."""
        return restored(value)
