"""The migrations make the tables, and can be taken back."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, insert, inspect, select, text

from db import (  # noqa: F401 - their tables are of the same metadata
    audit_tables,
    countersign_tables,
    inbox_counts,
    intake_tables,
    plaque_tables,
    register_counts,
)
from db.engine import create_engine
from db.layout_queries import layout, layout_versions
from db.migrate import downgrade, pending, upgrade
from db.migrations import versions
from db.register_errors import SchemaTooNew
from db.tables import metadata, platforms
from workflows.circumstances import Edition
from workflows.name_comparison import name_key

NEWEST = max(path.stem[1:5] for path in Path(versions.__path__[0]).glob("r0*.py"))


async def _seen(url: str, sql: str | None = None) -> list[str]:
    """The tables of a database, after a statement."""
    engine = create_engine(url, pooled=False)
    async with engine.begin() as connection:
        if sql:
            await connection.execute(text(sql))
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await engine.dispose()
    return names


async def test_migrations_give_exactly_the_tables(database_url: str) -> None:
    """A migrated database has the tables, columns, types and indexes of `db.tables`, and no others."""

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    engine = create_engine(database_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compare)
    await engine.dispose()
    assert [] == differences


async def test_text_is_ordered_the_same_everywhere(database_url: str) -> None:
    """Every text column has the collation C: no index depends on the system's C library."""
    engine = create_engine(database_url)
    async with engine.connect() as connection:
        others = await connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND data_type = 'text'"
                " AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'alembic_version'"
            )
        )
        found = [tuple(row) for row in others]
    await engine.dispose()
    assert [] == found


async def test_up_and_down(empty_database_url: str) -> None:
    """Up from nothing, down to nothing, and up again; `pending` says what is to be done."""
    assert f"no tables -> {NEWEST}" == await pending(empty_database_url)
    await upgrade(empty_database_url)
    assert await pending(empty_database_url) is None
    assert {*metadata.tables, "alembic_version"} == set(await _seen(empty_database_url))
    await downgrade(empty_database_url, "base")
    assert ["alembic_version"] == await _seen(empty_database_url)
    await upgrade(empty_database_url)
    assert await pending(empty_database_url) is None


async def test_workers_that_start_at_once(empty_database_url: str) -> None:
    """Many that upgrade at once do not fight: each finds the tables made."""
    await asyncio.gather(*(upgrade(empty_database_url) for _ in range(4)))
    assert await pending(empty_database_url) is None


async def test_a_newer_database_is_left_alone(database_url: str) -> None:
    """A program older than the tables says so, and changes nothing."""
    await _seen(database_url, "UPDATE alembic_version SET version_num = '9999'")
    assert f"9999 -> {NEWEST}" == await pending(database_url)
    with pytest.raises(SchemaTooNew, match="9999"):
        await upgrade(database_url)


async def test_no_secret_stays_in_an_answer_of_before(empty_database_url: str) -> None:
    """Nor refusals and junk: what was done, and what is being answered, stays."""
    await upgrade(empty_database_url)
    await downgrade(empty_database_url, "0005")
    engine = create_engine(empty_database_url)
    rows = (("a", 201, b"{}"), ("b", 201, b"whsec_x"), ("c", 409, b"{}"), ("d", None, None))
    async with engine.begin() as connection:
        for name, status, body in rows:
            await connection.execute(
                insert(intake_tables.kept_answers).values(
                    key_id="key",
                    idempotency_key=name,
                    request_sha256="x",
                    claimed_at=func.now(),
                    status=status,
                    body=body,
                )
            )
    await upgrade(empty_database_url)
    async with engine.connect() as connection:
        left = await connection.scalars(text("SELECT idempotency_key FROM kept_answers"))
        assert ["a", "d"] == sorted(left)
    await engine.dispose()


async def test_operators_that_were_there_get_their_keys(database_url: str) -> None:
    """Rows of before the migration are found by the name as it is compared, odd characters and all."""
    await downgrade(database_url, "0004")
    odd = "甲 Ａ\U0010ffff0司"  # as a NUL is kept
    row = "'p', 1, 'n', 'ODD', 'l', 'k', 'haidian', 'f', '{}'".replace("ODD", odd)
    columns = (
        "platform_id, term, name, operator, lead_unit, lead_unit_kind, district, field, services"
    )
    await _seen(database_url, f"INSERT INTO platforms ({columns}) VALUES ({row})")  # noqa: S608
    await upgrade(database_url)
    engine = create_engine(database_url)
    async with engine.connect() as connection:
        (key,) = (await connection.execute(select(platforms.c.operator_key))).scalars().all()
    await engine.dispose()
    assert name_key("甲 Ａ\x00司") == key


async def test_operators_get_the_keys_of_each_edition(database_url: str) -> None:
    """By which names are compared since 0.5.0, and before where the migration is taken back."""
    row = "'p', 1, 'n', '示例【北京】公司', 'l', 'k', 'haidian', 'f', '{}'"
    columns = (
        "platform_id, term, name, operator, lead_unit, lead_unit_kind, district, field, services"
    )
    await _seen(database_url, f"INSERT INTO platforms ({columns}) VALUES ({row})")  # noqa: S608
    engine = create_engine(database_url)

    async def key() -> str | None:
        async with engine.connect() as connection:
            return await connection.scalar(select(platforms.c.operator_key))

    await downgrade(database_url, "0008")
    assert await key() == name_key("示例【北京】公司", Edition.V0_4)
    await upgrade(database_url)
    assert await key() == name_key("示例【北京】公司")
    await engine.dispose()


async def test_a_layout_that_was_there_is_version_1(database_url: str) -> None:
    """Its directions stay; nobody knows on which day it was adopted."""
    await downgrade(database_url, "0009")
    row = "'f', '大模型', 1, '{haidian}', '2026-01-02T00:00Z', 'kw-1'"
    await _seen(database_url, f"INSERT INTO directions VALUES ({row})")  # noqa: S608
    await upgrade(database_url)
    engine = create_engine(database_url)
    (version,) = await layout_versions(engine)
    assert (1, None, None, 1, "kw-1") == (
        version.number,
        version.adopted_on,
        version.document,
        version.directions,
        version.imported_by,
    )
    found = await layout(engine, day=date(2024, 1, 1))
    assert found
    assert (version, ["大模型"]) == (found.version, [one.direction for one in found.directions])
    await engine.dispose()
    await downgrade(database_url, "0009")
