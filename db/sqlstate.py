"""What an error of the database means, by its SQLSTATE: the one place that reads them.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import sys
from collections.abc import Iterator
from enum import Enum

import asyncpg

from db.url import redacted
from workflows.words import Words


class Trouble(Enum):
    """What is the matter: its reason (`{why}`) and a remedy."""

    def __str__(self) -> str:
        """As logs name it: `no-tables`."""
        return self.name.lower().replace("_", "-")

    AWAY = Words(
        "the register (PostgreSQL) does not answer: {why}. Is `pingtai up` running, or DATABASE_URL right?",
        "名册（PostgreSQL）没有应答：{why}。请确认 pingtai up 已启动，或 DATABASE_URL 正确。",
    )
    BUSY = Words(
        "the register (PostgreSQL) is too busy now: {why}. Try again in a moment",
        "名册（PostgreSQL）繁忙：{why}。请稍后重试",
    )
    NO_TABLES = Words(
        "the register's tables are not as this program needs them ({why}): start `pingtai up` or `pingtai"
        " worker`, which makes them",
        "名册数据库的表与本程序不符（{why}）：请启动 pingtai up 或 pingtai worker 以建表",
    )
    NO_RIGHTS = Words(
        "the register's user lacks a right ({why}): grant it, or connect as the owner of the tables"
        " (docs/deployment.md, PostgreSQL)",
        "名册数据库用户权限不足（{why}）：请授权，或以表的所有者连接（见 docs/deployment.zh.md“PostgreSQL”）",
    )
    NO_LOGIN = Words(
        "the register does not let this user in ({why}): check user, password and database in DATABASE_URL",
        "名册数据库拒绝登录（{why}）：请检查 DATABASE_URL 中的用户、密码和数据库名",
    )
    READ_ONLY = Words(
        "the register is read-only ({why}): DATABASE_URL names a standby; connect to the primary"
        " (?target_session_attrs=read-write)",
        "名册数据库为只读（{why}）：DATABASE_URL 指向备库，请连接主库（?target_session_attrs=read-write）",
    )
    FULL = Words(
        "the register's server has no room left ({why}): free disk or memory there",
        "名册数据库服务器空间不足（{why}）：请清理磁盘或内存",
    )
    POOLER = Words(
        "the pooler before the register loses prepared statements ({why}): connect to PostgreSQL directly,"
        " or set pool_mode = transaction or session in pgbouncer (docs/deployment.md, PostgreSQL)",
        "名册数据库前的连接池丢失预编译语句（{why}）：请直连 PostgreSQL，或在 pgbouncer 中设置 pool_mode ="
        " transaction 或 session（见 docs/deployment.zh.md“PostgreSQL”）",
    )
    MISTAKE = Words(
        "the register refused a question of this program, which is a mistake of ours: {why}. Please report"
        " it",
        "名册数据库拒绝了本程序的请求，属程序错误：{why}。请反馈",
    )


_BY_STATE = {
    "57014": Trouble.BUSY,  # cancelled: it took longer than it may
    "42P01": Trouble.NO_TABLES,
    "42703": Trouble.NO_TABLES,
    "42883": Trouble.NO_TABLES,
    "3F000": Trouble.NO_TABLES,
    "42501": Trouble.NO_RIGHTS,
    "3D000": Trouble.NO_LOGIN,
    "25006": Trouble.READ_ONLY,
    "53100": Trouble.FULL,
    "53200": Trouble.FULL,
    "26000": Trouble.POOLER,
    "42P05": Trouble.POOLER,
    "55P03": Trouble.BUSY,
}
_BY_CLASS = {
    "08": Trouble.AWAY,
    "57": Trouble.AWAY,
    "58": Trouble.AWAY,
    "28": Trouble.NO_LOGIN,
    "40": Trouble.BUSY,
    "53": Trouble.BUSY,
}
_UNREACHABLE = ("OperationalError", "InterfaceError", "TimeoutError")
"""SQLAlchemy's errors that no SQLSTATE explains: the last one is that of its pool."""


def database_errors() -> tuple[type[Exception], ...]:
    """All that a database that is away, or refuses, raises: asyncpg's, and SQLAlchemy's where it is loaded."""
    return (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        *_of_sqlalchemy("SQLAlchemyError"),
    )


def trouble_of(error: BaseException) -> Trouble:
    """What an error that a database raised means. A connection that was lost is away, whatever it says."""
    state = sqlstate(error)
    if state is not None:
        return _BY_STATE.get(state) or _BY_CLASS.get(state[:2], Trouble.MISTAKE)
    lost = getattr(error, "connection_invalidated", False)
    unreachable = (OSError, asyncpg.InterfaceError, *_of_sqlalchemy(*_UNREACHABLE))
    return Trouble.AWAY if lost or isinstance(error, unreachable) else Trouble.MISTAKE


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of an error, where the server sent one."""
    for one in _with_causes(error):
        state = getattr(one, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def in_words(error: BaseException) -> Words:
    """What is the matter and what to do."""
    state, why = sqlstate(error), first_line(error)
    named = f"{why}, SQLSTATE {state}" if state else why
    return Words._make(text.format(why=named) for text in trouble_of(error).value)


def first_line(error: BaseException) -> str:
    """What an error says, on one line and without a password."""
    lines = redacted(str(getattr(error, "orig", None) or error)).splitlines()
    return lines[0] if lines else type(error).__name__


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        origin = getattr(error, "orig", None)
        error = origin if isinstance(origin, BaseException) else error.__cause__


def _of_sqlalchemy(*names: str) -> list[type[Exception]]:
    """Errors of SQLAlchemy; none where it is not loaded, since nothing can have raised one."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return [getattr(loaded, name) for name in names] if loaded else []
