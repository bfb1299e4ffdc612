"""What tables hold, taken once and put into the same tables as often as tests begin with it.

To write a life anew, batch by batch, takes fifty times as long.
"""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
_SEQUENCES = """
    SELECT oid::regclass::text, pg_sequence_last_value(oid) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
"""


@dataclass(frozen=True)
class Content:
    """Rows of tables, as PostgreSQL copies them, and the numbers that were given out."""

    tables: dict[str, bytes]
    sequences: dict[str, int | None] = field(default_factory=dict)

    def since(self, before: "Content") -> "Content":
        """Only of tables that hold something else than before."""
        changed = {name: c for name, c in self.tables.items() if c != before.tables[name]}
        return Content(changed, self.sequences)


async def take_content(engine: AsyncEngine) -> Content:
    """All that the register holds."""
    async with engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        tables = {}
        for (name,) in await raw.fetch(_TABLES):
            rows = BytesIO()
            await raw.copy_from_table(name, output=rows, format="binary")
            tables[name] = rows.getvalue()
        return Content(tables, dict(await raw.fetch(_SEQUENCES)))


async def put_content(engine: AsyncEngine, content: Content) -> None:
    """Let these tables hold this and nothing else."""
    async with engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        async with raw.transaction():
            # As a replica: no trigger and no foreign key is asked, and tables may come in any order.
            await raw.execute("SET LOCAL session_replication_role = replica")
            for name, rows in content.tables.items():
                await raw.execute(f'DELETE FROM "{name}"')  # noqa: S608 - a name of ours
                await raw.copy_to_table(name, source=BytesIO(rows), format="binary")
            for name, last in content.sequences.items():
                await raw.execute(
                    "SELECT setval($1::text::regclass, coalesce($2, 1), $3)",
                    name,
                    last,
                    last is not None,
                )
