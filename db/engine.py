"""The one place that opens connections to the register's database."""

import json
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db.pooler import notice_pooler
from workflows.model import canonical

CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 15.0
"""Far more than any statement of ours needs; after it a lost connection is noticed."""
_POOL = 4
_OVERFLOW = 4


def create_engine(url: str, *, pooled: bool = True) -> AsyncEngine:
    """An engine for a URL as `db.url.normalised` or the embedded server gives it.

    Connects only when it is used. `pooled=False` is for one-off work that may take long: a
    connection of its own without a limit for its statements, closed at once after use.
    """
    parts = make_url(url)
    connect_args: dict[str, Any] = {
        "timeout": float(str(parts.query.get("timeout", CONNECT_SECONDS))),
        "server_settings": {"application_name": "pingtai", "timezone": "UTC", "jit": "off"},
    }
    options: dict[str, Any] = {"poolclass": NullPool}
    if pooled:
        connect_args["command_timeout"] = COMMAND_SECONDS
        options = {
            "pool_size": _POOL,
            "max_overflow": _OVERFLOW,
            "pool_timeout": COMMAND_SECONDS,
            "pool_pre_ping": True,
        }
    engine = create_async_engine(
        parts.difference_update_query(["timeout"]),
        connect_args=connect_args,
        json_serializer=lambda data: canonical(data).decode(),
        json_deserializer=json.loads,
        hide_parameters=True,  # what people wrote does not belong in error messages
        **options,
    )
    notice_pooler(engine)
    return engine
