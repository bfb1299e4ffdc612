"""The types of the register's columns of text and JSON: see `db.nul_escape`."""

from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

from db.nul_escape import escaped, restored


class SafeText(TypeDecorator[str]):
    """Text that people or programs wrote. Compared byte by byte, so that its order is the same everywhere."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        """With PostgreSQL's collation C: no other survives a change of the system's C library."""
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(escaped(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(restored(value))


class Json(TypeDecorator[Any]):
    """Plain JSON data; None is SQL's NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return escaped(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return restored(value)
