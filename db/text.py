"""The types of the register's columns of text and JSON: see `db.nul_escape`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

from db.nul_escape import escaped, may_have_nul, restored
from workflows.model import canonical


def _ready_text(value: str | None) -> str | None:
    return None if value is None else str(escaped(value))


def _ready_json(value: Any) -> str | None:
    """Write canonical JSON without NUL; to look through its text takes less than a walk through the data."""
    if value is None:
        return None
    text = canonical(value).decode()
    return canonical(escaped(value)).decode() if may_have_nul(text) else text


class SafeText(TypeDecorator[str]):
    """Text that people or programs wrote. Compared byte by byte, so that its order is the same everywhere."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        """With PostgreSQL's collation C: no other survives a change of the system's C library."""
        super().__init__(collation="C")

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Return what makes a value ready: one function, because a row has dozens of texts."""
        return _ready_text

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(restored(value))


class Json(TypeDecorator[Any]):
    """Plain JSON data; None is SQL's NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        """Return what makes a value ready: its text, whatever the driver's own way is."""
        return _ready_json

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return restored(value)
