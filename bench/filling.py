"""A register of many platforms, in seconds: a few templates that were really written, multiplied by SQL.

Each copy has its own id, name, operator, district, field and dates; its id says nothing of them, so that
what is asked for lies anywhere. Logs and plans are not multiplied: no first page reads them.
"""

from collections.abc import Sequence

from sqlalchemy import Table, delete, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.script import application
from bench.templates import TEMPLATES, write
from db.inbox_counts import inbox_counts
from db.register_counts import counted_platforms, register_counts
from db.register_store import PostgresRegister
from db.tables import (
    assessments,
    awaiting,
    findings,
    listings,
    log_entries,
    plan_versions,
    platforms,
    terms,
)
from workflows.vocabulary import District, Field

RARE = District.YANQING
"""Twenty platforms are in this district, however many there are; of the others a third is in Haidian."""
OVERDUE_AMONG = 1_000
"""Only the first thousand platforms may be overdue: few of many, as it should be."""
OPERATORS = 20
"""So many platforms have the same operator."""

_MULTIPLIED = (platforms, terms, assessments, findings, listings, awaiting)
_OWN = ("platform_id", "district", "field")
_MOVED = ("due", "since")


def one_operator() -> str:
    """The name of an operator that has several platforms."""
    return f"{application('any')['operator']['name']} 3"


async def fill(engine: AsyncEngine, count: int) -> None:
    """Fill an empty register with so many platforms; all of it ready to be asked."""
    await write(PostgresRegister(engine))
    templates = [template.platform_id for template in TEMPLATES]
    async with engine.begin() as connection:
        await connection.execute(text(_copies(count)))
        for table in _MULTIPLIED:
            await connection.execute(text(_multiply(table)))
        for table in (*_MULTIPLIED, log_entries, plan_versions):
            await connection.execute(delete(table).where(table.c.platform_id.in_(templates)))
    for table in (*_MULTIPLIED, inbox_counts, counted_platforms, register_counts):
        async with engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text(f"VACUUM (ANALYZE) {table.name}"))


def _copies(count: int) -> str:
    """A table that says of each copy what it is a copy of, and what is its own."""
    template = [t.platform_id for t in TEMPLATES for _ in range(t.share)]
    assert len(template) == 100
    shared = [district for district in District if district is not RARE]
    return f"""
        CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
        SELECT n, 'bench-' || left(md5(n::text), 12) COLLATE "C" AS platform_id,
               CASE WHEN n <= {OVERDUE_AMONG} THEN t.name
                    ELSE replace(t.name, '-overdue', '') END AS template,
               CASE WHEN n <= 1000 AND n % 50 = 7 THEN '{RARE}'
                    WHEN n % 3 = 0 THEN '{District.HAIDIAN}'
                    ELSE ({_array(shared)})[1 + n / 3 % {len(shared)}] END AS district,
               ({_array(list(Field))})[1 + n / 7 % {len(Field)}] AS field,
               make_interval(days => n / 100 % 60) AS later
        FROM generate_series(1, {count}) AS n,
             LATERAL (SELECT ({_array(template)})[1 + n * 37 % 100] AS name) AS t
    """  # noqa: S608 - words of the vocabulary


def _multiply(table: Table) -> str:
    """Insert a copy of the template's rows for each copy."""
    said = [_value(column.name) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"""
        INSERT INTO {table.name} ({names}) SELECT {", ".join(said)}
        FROM copies JOIN {table.name} AS old ON old.platform_id = copies.template
    """  # noqa: S608 - names of the tables


def _value(name: str) -> str:
    if name in _OWN:
        return f"copies.{name}"
    if name in _MOVED:  # what is overdue is so the longer
        return f"old.{name} + CASE WHEN copies.template LIKE '%-overdue' THEN -later ELSE later END"
    if name == "name":
        return "old.name || ' ' || copies.n"
    if name in ("operator", "operator_key"):
        space = "' '" if name == "operator" else "''"  # in the key spaces do not count
        return f"old.{name} || {space} || copies.n / {OPERATORS}"
    if name == "list_number":
        return "CASE WHEN old.list_number IS NOT NULL THEN '2026-' || copies.n / 100 END"
    return f'old."{name}"'


def _array(words: Sequence[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]"
