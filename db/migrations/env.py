"""Alembic's own entry: runs on the connection, and in the transaction, that `db.migrate` hands over."""

from alembic import context

from db import (  # noqa: F401 - their tables are of the same metadata
    audit_tables,
    countersign_tables,
    erasure_tables,
    inbox_counts,
    intake_tables,
    register_counts,
    roster_tables,
)
from db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
context.run_migrations()
