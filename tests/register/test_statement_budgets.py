"""A statement more in what a decision writes is noticed; a whole life is counted in test_validity.py."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.budgets import objections
from db import register_store
from tests.workflows.counted_life import CountedWrites
from workflows.activity_messages import RegisterBatch

from .cases import batch, opened

_write_log = register_store._write_log


async def _one_more(connection: AsyncConnection, wanted: RegisterBatch) -> None:
    await connection.execute(text("SELECT 1"))
    await _write_log(connection, wanted)


async def test_a_statement_more_is_noticed(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as the budget says; with one that was planted, what to do about it."""
    told = opened()
    told.decide("recommendation")
    told.decide("inspection")
    writes = CountedWrites(engine)
    await writes.write(batch(told, 1, 2))
    await writes.write(batch(told, 3, 3))
    usual = writes.cost("p-1", seq=3)
    writes.of.clear()
    monkeypatch.setattr(register_store, "_write_log", _one_more)
    await writes.write(batch(told, 3, 3))
    planted = writes.cost("p-1", seq=3)
    assert planted["statements"] == usual["statements"] + 1
    assert [] == [said for said in objections("decision", usual) if "statements" in said]
    (said,) = [said for said in objections("decision", planted) if "statements" in said]
    assert "set `most` of statements to 5 in bench/budgets.toml, [decision]" in said
