"""What PostgreSQL says is told as what it is: rights as rights, tables as tables, mistakes as mistakes."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import create_engine
from db.sqlstate import Trouble, database_errors, in_words, sqlstate, trouble_of
from db.url import shown


@pytest.mark.parametrize(
    ("statements", "trouble", "state"),
    [
        (("SET LOCAL ROLE nobody_much", "SELECT * FROM terms"), Trouble.NO_RIGHTS, "42501"),
        (
            ("SET LOCAL ROLE nobody_much", "CREATE TABLE terms_2 (a int)"),
            Trouble.NO_RIGHTS,
            "42501",
        ),
        (("SELECT * FROM nothing_here",), Trouble.NO_TABLES, "42P01"),
        (("SELECT nothing_here FROM terms",), Trouble.NO_TABLES, "42703"),
        (("SET TRANSACTION READ ONLY", "DELETE FROM terms"), Trouble.READ_ONLY, "25006"),
        (("SELEC 1",), Trouble.MISTAKE, "42601"),
        (("SELECT 1 / 0",), Trouble.MISTAKE, "22012"),
        (("SET LOCAL statement_timeout = 1", "SELECT pg_sleep(1)"), Trouble.BUSY, "57014"),
        (("SELECT pg_terminate_backend(pg_backend_pid())",), Trouble.AWAY, "08003"),
        (("EXECUTE lost",), Trouble.POOLER, "26000"),
    ],
)
async def test_what_the_server_says(
    engine: AsyncEngine, statements: tuple[str, ...], trouble: Trouble, state: str
) -> None:
    """By its SQLSTATE, in both languages and with it; none but missing tables is told as missing tables."""
    with pytest.raises(DBAPIError) as raised:
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "DO $$ BEGIN CREATE ROLE nobody_much; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                )
            )
            for statement in statements:
                await connection.execute(text(statement))
    assert (trouble, state) == (trouble_of(raised.value), sqlstate(raised.value))
    for words in in_words(raised.value):
        assert state in words
        assert ("which makes them" in words or "建表" in words) == (trouble is Trouble.NO_TABLES)


async def test_a_database_that_is_not_there(postgres_url: str) -> None:
    """A name that nobody made is a wrong address, and no missing table."""
    engine = create_engine(shown(make_url(postgres_url).set(database="never_made")))
    with pytest.raises(database_errors()) as raised:
        async with engine.connect():
            pass
    assert Trouble.NO_LOGIN is trouble_of(raised.value)
    await engine.dispose()


def test_what_no_server_said() -> None:
    """Nobody there is away; a programming error that no server sent is a mistake of ours."""
    assert Trouble.AWAY is trouble_of(ConnectionRefusedError("nobody"))
    assert Trouble.MISTAKE is trouble_of(ProgrammingError("s", None, Exception("odd")))
    lost = ProgrammingError("s", None, Exception("gone"), connection_invalidated=True)
    assert Trouble.AWAY is trouble_of(lost)
