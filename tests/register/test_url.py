"""DATABASE_URL as people write it."""

import pytest

from db.engine import create_engine
from db.register_errors import InvalidDatabaseUrl
from db.url import database_url, for_libpq, normalised, redacted


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u@h:5433/d", "postgresql+asyncpg://u@h:5433/d"),
        ("postgresql+asyncpg://u:p%40x@h/d", "postgresql+asyncpg://u:p%40x@h/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+asyncpg://h/d?ssl=require"),
        (
            "postgresql://h/d?sslmode=verify-full&connect_timeout=3",
            "postgresql+asyncpg://h/d?ssl=verify-full&timeout=3",
        ),
        ("postgresql:///d?host=/run/pg", "postgresql+asyncpg:///d?host=%2Frun%2Fpg"),
    ],
)
def test_urls_are_made_fit(given: str, expected: str) -> None:
    """Every way of writing a PostgreSQL URL gives one for asyncpg, and an engine takes it."""
    assert expected == normalised(given)
    assert "asyncpg" == create_engine(normalised(given)).dialect.driver


def test_unset_or_empty_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without DATABASE_URL, or with an empty one, there is no URL, and the embedded server is used."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database_url() is None
    monkeypatch.setenv("DATABASE_URL", " ")
    assert database_url() is None
    monkeypatch.setenv("DATABASE_URL", "postgres://h/d")
    assert "postgresql+asyncpg://h/d" == database_url()


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("mysql://u:secret@h/d", "use postgresql://"),
        ("postgresql+psycopg://u:secret@h/d", "use postgresql://"),
        ("postgresql://u:secret@h/d?channel_binding=require", "channel_binding: remove it"),
        ("postgresql://u:secret@h/d?sslrootcert=/ca.pem", "PGSSLROOTCERT"),
        ("postgresql://u@h/d?password=secret", "PGPASSWORD"),
        ("postgresql://u:secret@h:port/d", "not a URL"),
        ("u:secret@h/d", "not a URL"),
        ("//u:sec/ret@h/d", "not a URL"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_password(given: str, advice: str) -> None:
    """A URL that asyncpg can't use is refused with what to do, and its password is not printed."""
    with pytest.raises(InvalidDatabaseUrl) as found:
        normalised(given)
    assert advice in str(found.value)
    assert "secret" not in str(found.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:p@ss@h/d", "postgresql://u:***@h/d"),
        ("postgresql://h/d?password=p&ssl=require", "postgresql://h/d?password=***&ssl=require"),
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d"),
        (
            "postgresql+asyncpg://postgres@/d?host=/a/b",
            "postgresql+asyncpg://postgres@/d?host=/a/b",
        ),
    ],
)
def test_redacted(given: str, expected: str) -> None:
    """A printed URL shows everything but the password, well-formed or not."""
    assert expected == redacted(given)


@pytest.mark.parametrize(
    ("given", "expected", "password"),
    [
        ("postgresql://u+1:p%20'x@h:5433/d", "user='u+1' host='h' port='5433' dbname='d'", "p 'x"),
        (
            "postgresql+asyncpg://u@/d?host=/run/o'brien&port=5432&prepared_statement_cache_size=0",
            r"host='/run/o\'brien' port='5432' user='u' dbname='d'",
            None,
        ),
        (
            "postgresql://u@h/d?sslmode=require&connect_timeout=3",
            "sslmode='require' connect_timeout='3' user='u' host='h' dbname='d'",
            None,
        ),
        ("postgresql://u@/d?host=a:1&host=b:2", "host='a,b' user='u' dbname='d' port='1,2'", None),
    ],
)
def test_for_postgres_own_programs(
    given: str, expected: str, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their connection string, in which no password stands: arguments are seen by everybody."""
    monkeypatch.delenv("PGPASSWORD", raising=False)
    found, environment = for_libpq(given)
    assert (expected, password) == (found, environment.get("PGPASSWORD"))
