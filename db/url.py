"""The address of the register's database: read from DATABASE_URL, made fit for asyncpg."""

import os
import re
from collections.abc import Sequence

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from db.errors import InvalidDatabaseUrl

DRIVER = "postgresql+asyncpg"
_ACCEPTED = ("postgres", "postgresql", DRIVER)
_PASSED_ON = frozenset(
    ("host", "port", "ssl", "target_session_attrs", "prepared_statement_cache_size", "timeout")
)
_TRANSLATED = {"sslmode": "ssl", "connect_timeout": "timeout"}
_BY_ENVIRONMENT = {
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "password": "PGPASSWORD",
}


def database_url() -> str | None:
    """The URL in DATABASE_URL as `normalised` makes it; None when it is unset or empty.

    Raises:
        InvalidDatabaseUrl: it cannot be used.
    """
    given = os.environ.get("DATABASE_URL", "").strip()
    return normalised(given) if given else None


def normalised(url: str) -> str:
    """A PostgreSQL URL as others write it, for SQLAlchemy with asyncpg.

    `postgres://` and `postgresql://` are taken too; of libpq's parameters `sslmode` and
    `connect_timeout` are translated.

    Raises:
        InvalidDatabaseUrl: it is no URL, is for another database or driver, or has a parameter
            that asyncpg does not know, which must not be dropped in silence.
    """
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        # no "from": what was raised may quote the password
        raise InvalidDatabaseUrl(
            f"DATABASE_URL {redacted(url)} is no URL: write postgresql://user:password@host/name,"
            " with %-signs for special characters in the password"
        ) from None
    if parts.drivername not in _ACCEPTED:
        raise InvalidDatabaseUrl(
            f"DATABASE_URL begins with {parts.drivername}://: use postgresql:// (PostgreSQL 14 or"
            " newer, through asyncpg)"
        )
    query: dict[str, str | Sequence[str]] = {}
    for name, value in parts.query.items():
        known = _TRANSLATED.get(name, name)
        if known not in _PASSED_ON:
            instead = _BY_ENVIRONMENT.get(name)
            advice = f"set the environment variable {instead} instead" if instead else "take it out"
            raise InvalidDatabaseUrl(f"DATABASE_URL: asyncpg has no parameter {name}: {advice}")
        query[known] = value
    return shown(parts.set(drivername=DRIVER, query=query))


def shown(url: URL) -> str:
    """The whole URL as text, with its password: for connecting, never for printing."""
    return url.render_as_string(hide_password=False)


def redacted(url: str) -> str:
    """The URL as it may be printed: without its password, even if the URL is malformed."""
    url = re.sub(r"(?i)([?&](?:password|sslpassword)=)[^&]*", r"\1***", url)
    scheme, slashes, rest = url.partition("//") if "//" in url else ("", "", url)
    said, at, place = rest.rpartition("@")
    user, colon, _ = said.partition(":")
    return f"{scheme}{slashes}{user}{':***' if colon else ''}{at}{place}"
