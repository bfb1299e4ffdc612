"""Writing through the driver alone: what is refused, and what is left when a write is broken off."""

from typing import Any

import pytest
from asyncpg.transaction import Transaction
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.direct_writes import begin_direct
from db.register_store import PostgresRegister
from db.sqlstate import sqlstate
from db.tables import certificate_numbers, log_entries

from .cases import batch, opened
from .content import everything

NUMBERS = insert(certificate_numbers)
HOLDER = select(certificate_numbers.c.platform_id).where(
    certificate_numbers.c.number == bindparam("of")
)


async def test_what_is_refused_repeats_nothing_that_was_written(engine: AsyncEngine) -> None:
    """PostgreSQL's details name the values; an error may stand in a log and in a history."""
    row = {"number": "secret-1", "platform_id": "p-1"}
    with pytest.raises(DBAPIError) as raised:
        async with begin_direct(engine) as connection:
            await connection.execute(NUMBERS, row)
            await connection.execute(NUMBERS, row)
    assert "23505" == sqlstate(raised.value)
    assert "duplicate key" in str(raised.value)
    assert "secret-1" not in f"{raised.value!s} {raised.value!r}"
    assert raised.value.__cause__ is None
    assert (await everything(engine))["certificate_numbers"] == []


async def test_several_rows_and_an_answer(engine: AsyncEngine) -> None:
    """Rows are written in one go, with what a text may not hold, and a question has its answer."""
    rows = [{"number": f"n-{one}", "platform_id": f"p\x00{one}"} for one in range(3)]
    async with begin_direct(engine) as connection:
        assert [] == await connection.execute(NUMBERS, rows)
        assert "p\U0010ffff01" == (await connection.execute(HOLDER, {"of": "n-1"})).first()[0]
        assert None is (await connection.execute(HOLDER, {"of": "n-9"})).first()
    async with engine.connect() as ordinary:
        assert "p\x001" == await ordinary.scalar(HOLDER, {"of": "n-1"})


async def test_a_list_is_written_out(engine: AsyncEngine) -> None:
    """A list for `in_` would be compiled each time, or worse: be that of the first time."""
    some = select(log_entries.c.seq).where(log_entries.c.seq.in_([1, 2]))
    with pytest.raises(TypeError, match="write its values out"):
        async with begin_direct(engine) as connection:
            await connection.execute(some)


async def test_nobody_goes_on_with_a_transaction_that_was_not_ended(
    engine: AsyncEngine, register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection whose rollback was broken off is closed; the next write has another."""
    with pytest.raises(ZeroDivisionError):
        async with begin_direct(engine) as connection:
            await connection.execute(NUMBERS, {"number": "n-1", "platform_id": "p-1"})
            driver = connection._driver
            monkeypatch.setattr(Transaction, "_Transaction__rollback", _broken_off)
            raise ZeroDivisionError
    monkeypatch.undo()
    assert driver.is_closed()
    await register.write(batch(opened()))
    rows = await everything(engine)
    assert ([], 1) == (rows["certificate_numbers"], len(rows["log_entries"]))


async def _broken_off(*_: Any) -> None:
    raise ZeroDivisionError


async def test_a_question_without_values(engine: AsyncEngine) -> None:
    """As SQL text has them."""
    async with begin_direct(engine) as connection:
        assert 1 == (await connection.execute(text("SELECT 1"))).first()[0]
