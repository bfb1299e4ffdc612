"""The address of the register's database: read from DATABASE_URL, made fit for asyncpg."""

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from db.register_errors import InvalidDatabaseUrl

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

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
_FOR_SQLALCHEMY = "prepared_statement_cache_size"
_URL = re.compile(
    r"""(?P<driver>[\w+]+)://
    (?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?
    (?:\[(?P<ipv6>[^/?]+)\]|(?P<host>[^/:?]+))?(?::(?P<port>[^/?]*))?
    (?:/(?P<database>[^?]*))?
    (?:\?(?P<query>.*))?""",
    re.VERBOSE,
)
"""As SQLAlchemy reads a URL, so that both ways to the database understand the same by it."""
_HOST_AND_PORT = re.compile(r"([\w.-]+):(\d+)")


class Address(NamedTuple):
    """The parts of a database's URL, without %-signs; a parameter may be there more than once."""

    driver: str
    user: str | None
    password: str | None
    host: str | None
    port: int | None
    database: str | None
    query: tuple[tuple[str, str], ...]


def database_url() -> str | None:
    """The URL in DATABASE_URL as `normalised` makes it; None when it is unset or empty.

    Raises:
        InvalidDatabaseUrl: it cannot be used.
    """
    given = os.environ.get("DATABASE_URL", "").strip()
    return normalised(given) if given else None


def normalised(url: str) -> str:
    """A PostgreSQL URL as others write it, for asyncpg, alone and under SQLAlchemy.

    `postgres://` and `postgresql://` are taken too; of libpq's parameters `sslmode` and
    `connect_timeout` are translated.

    Raises:
        InvalidDatabaseUrl: it is no URL, is for another database or driver, or has a parameter
            that asyncpg does not know, which must not be dropped in silence.
    """
    parts = address(url)
    if parts.driver not in _ACCEPTED:
        raise InvalidDatabaseUrl(
            f"DATABASE_URL begins with {parts.driver}://: use postgresql:// (PostgreSQL 14 or"
            " newer, through asyncpg)",
            f"DATABASE_URL 以 {parts.driver}:// 开头：请使用 postgresql://（PostgreSQL 14 或更高版本）",
        )
    query = []
    for name, value in parts.query:
        known = _TRANSLATED.get(name, name)
        if known not in _PASSED_ON:
            instead = _BY_ENVIRONMENT.get(name)
            advice = f"set the environment variable {instead} instead" if instead else "remove it"
            advice_zh = f"请改设环境变量 {instead}" if instead else "请删除"
            raise InvalidDatabaseUrl(
                f"DATABASE_URL: asyncpg has no parameter {name}: {advice}",
                f"DATABASE_URL：asyncpg 没有参数 {name}：{advice_zh}",
            )
        query.append((known, value))
    return _written(parts._replace(driver=DRIVER, query=tuple(query)))


def address(url: str) -> Address:
    """The parts of a URL.

    Raises:
        InvalidDatabaseUrl: it is no URL.
    """
    found = _URL.match(url)
    port = found["port"] if found else None
    if found is None or (port and not port.isdecimal()):
        # what was given may hold a password
        raise InvalidDatabaseUrl(
            f"DATABASE_URL {redacted(url)} is not a URL: write postgresql://user:password@host/name,"
            " with special characters in the password percent-encoded",
            f"DATABASE_URL {redacted(url)} 不是有效的网址：应为 postgresql://用户:密码@主机/库名，密码中的"
            "特殊字符须用 % 编码",
        )
    user, password, database = (
        None if found[name] is None else unquote(found[name])
        for name in ("user", "password", "database")
    )
    return Address(
        driver=found["driver"],
        user=user,
        password=password,
        host=found["host"] or found["ipv6"],
        port=int(port) if port else None,
        database=database,
        query=tuple(parse_qsl(found["query"] or "")),
    )


def connect_arguments(url: str) -> dict[str, Any]:
    """What `asyncpg.connect` takes for a URL as `normalised` makes it: what SQLAlchemy would give it.

    Raises:
        InvalidDatabaseUrl: a port of several is no number.
    """
    parts = address(url)
    arguments: dict[str, Any] = {
        name: value for name, value in parts.query if name != _FOR_SQLALCHEMY
    }
    own = {
        "user": parts.user,
        "password": parts.password,
        "host": parts.host,
        "port": parts.port,
        "database": parts.database,
    }
    arguments |= {name: value for name, value in own.items() if value}
    return arguments | _places(parts)


def _places(parts: Address) -> dict[str, Any]:
    """The hosts and ports among the parameters: `host=a,b&port=1,2` and `host=a:1&host=b:2`."""

    def listed(wanted: str) -> list[str]:
        return [one for name, given in parts.query if name == wanted for one in given.split(",")]

    hosts, ports = listed("host"), listed("port")
    both = [_HOST_AND_PORT.fullmatch(host) for host in hosts]
    if not ports and all(both):
        hosts, ports = [one[1] for one in both if one], [one[2] for one in both if one]
    if not all(port.isdecimal() for port in ports):
        raise InvalidDatabaseUrl(
            "DATABASE_URL: the port is not a number", "DATABASE_URL：端口应为数字"
        )
    found: dict[str, Any] = {}
    if hosts:
        found["host"] = hosts if len(hosts) > 1 else hosts[0]
    if ports:
        found["port"] = [int(port) for port in ports] if len(ports) > 1 else int(ports[0])
    return found


def _written(parts: Address) -> str:
    written = f"{parts.driver}://"
    if parts.user is not None:
        password = "" if parts.password is None else f":{quote(parts.password, safe=' +')}"
        written += f"{quote(parts.user, safe=' +')}{password}@"
    if parts.host is not None:
        written += f"[{parts.host}]" if ":" in parts.host else parts.host
    if parts.port is not None:
        written += f":{parts.port}"
    if parts.database is not None:
        written += f"/{quote(parts.database, safe=' +/')}"
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in parts.query)
    return written + (f"?{query}" if query else "")


def for_libpq(url: str) -> tuple[str, dict[str, str]]:
    """The connection string of PostgreSQL's own programs, and the environment that they need beside it.

    The password is in the environment: every user of a machine sees the arguments of its programs.
    """
    parts = address(normalised(url))
    names = {ours: theirs for theirs, ours in _TRANSLATED.items()}
    given: dict[str, Any] = {
        names.get(name, name): value for name, value in parts.query if name != _FOR_SQLALCHEMY
    }
    own = {"user": parts.user, "host": parts.host, "port": parts.port, "dbname": parts.database}
    given |= {name: value for name, value in own.items() if value}
    for name, several in _places(parts).items():
        given[name] = ",".join(map(str, several)) if isinstance(several, list) else several
    environment = {n: os.environ[n] for n in _BY_ENVIRONMENT.values() if os.environ.get(n)}
    if parts.password is not None:
        environment["PGPASSWORD"] = parts.password
    return " ".join(f"{name}={_in_quotes(value)}" for name, value in given.items()), environment


def _in_quotes(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def shown(url: "URL") -> str:
    """The whole URL as text, with its password: for connecting, never for printing."""
    return url.render_as_string(hide_password=False)


def redacted(url: str) -> str:
    """The URL as it may be printed: without its password, even if the URL is malformed."""
    url = re.sub(r"(?i)([?&](?:password|sslpassword)=)[^&]*", r"\1***", url)
    scheme, slashes, rest = url.partition("//") if "//" in url else ("", "", url)
    said, at, place = rest.rpartition("@")
    user, colon, _ = said.partition(":")
    return f"{scheme}{slashes}{user}{':***' if colon else ''}{at}{place}"
