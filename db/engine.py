"""The one place that opens connections to the register's database."""

import json
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db.direct import COMMAND_SECONDS, CONNECT_SECONDS, SERVER_SETTINGS
from db.pooler import WITHOUT_STATEMENTS, BehindPooler, connect_directly, connect_through
from workflows.model import canonical

_POOL = 8
"""Connections at most; each is opened when it is first needed, and kept: to open one takes as long as a
dozen statements."""
_RESTED = 5.0
"""Seconds without use after which a connection is tried before it is used. That the server has closed one is
known without: only a network may lose one unseen."""
_THROUGH_A_POOLER = {
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
    **WITHOUT_STATEMENTS,
}


def create_engine(url: str, *, pooled: bool = True) -> AsyncEngine:
    """An engine for a URL as `db.url.normalised` or the embedded server gives it.

    Connects only when it is used. `pooled=False` is for one-off work that may take long: a
    connection of its own without a limit for its statements, closed at once after use.
    """
    parts = make_url(url)
    connect_args: dict[str, Any] = {
        "timeout": float(str(parts.query.get("timeout", CONNECT_SECONDS))),
        "server_settings": SERVER_SETTINGS,
    }
    options: dict[str, Any] = {"poolclass": NullPool}
    if pooled:
        connect_args["command_timeout"] = COMMAND_SECONDS
        options = {
            "pool_size": _POOL,
            "max_overflow": 0,
            "pool_timeout": COMMAND_SECONDS,
        }
    engine = create_async_engine(
        parts.difference_update_query(["timeout"]),
        connect_args=connect_args,
        json_serializer=lambda data: canonical(data).decode(),
        json_deserializer=json.loads,
        hide_parameters=True,  # what people wrote does not belong in error messages
        **options,
    )
    _notice_pooler(engine)
    if pooled:
        _try_what_has_rested(engine)
    return engine


def _try_what_has_rested(engine: AsyncEngine) -> None:
    """Let an engine use no connection that is lost: what has rested is tried, not each before each use."""

    def put_back(connection: Any, record: Any) -> None:
        record.info["used"] = monotonic()

    def take(connection: Any, record: Any, _: Any) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if monotonic() - record.info.get("used", inf) < _RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:  # whatever it says: another connection is opened
            raise InvalidatePoolError from error

    event.listen(engine.sync_engine, "checkin", put_back)
    event.listen(engine.sync_engine, "checkout", take)


def _notice_pooler(engine: AsyncEngine) -> None:
    """Let an engine find out with its first connection whether a pooler is in between, and mind it."""
    pooled = False

    def connect(dialect: Any, record: Any, args: list[Any], arguments: dict[str, Any]) -> Any:
        nonlocal pooled
        if not pooled:
            try:
                return _connected(dialect, args, arguments, connect_directly)
            except BehindPooler:
                pooled = True
        return _connected(dialect, args, arguments | _THROUGH_A_POOLER, connect_through)

    event.listen(engine.sync_engine, "do_connect", connect)


def _connected(
    dialect: Any, args: list[Any], arguments: dict[str, Any], creator: Callable[..., Any]
) -> Any:
    return dialect.connect(*args, **arguments, async_creator_fn=creator)
