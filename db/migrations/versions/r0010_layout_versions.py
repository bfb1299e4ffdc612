"""Versions of the layout.

The directions that are here become version 1: on which day and by which document it was adopted is not known
(`pingtai layout complete` adds it). The table `directions` stays as it is for programs of before that still
run; nothing else reads it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

_TEXT = sa.Text(collation="C")


def upgrade() -> None:
    """Make the table of versions, and let each direction be of one."""
    op.create_table(
        "layout_versions",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("adopted_on", sa.Date(), comment="empty: not known"),
        sa.Column("document", postgresql.JSONB(), comment="by which it was adopted: name, SHA-256"),
        sa.Column("agreed", postgresql.ARRAY(_TEXT), nullable=False, comment="districts"),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_layout_versions"),
        comment="总体建设布局 §四: what was adopted, when, by which document, agreed with whom",
    )
    op.create_table(
        "layout_directions",
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("field", _TEXT, nullable=False),
        sa.Column("direction", _TEXT, nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False, comment="1 is the first"),
        sa.Column("districts", postgresql.ARRAY(_TEXT), nullable=False, comment="empty: any"),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("version", "field", "direction", name="pk_layout_directions"),
        comment="The directions of each version of the layout",
    )
    op.execute(
        """INSERT INTO layout_directions
        SELECT 1, field, direction, priority, districts, imported_at, imported_by FROM directions"""
    )
    op.execute(
        """INSERT INTO layout_versions (number, agreed, imported_at, imported_by)
        SELECT 1, '{}', imported_at, imported_by FROM directions
        ORDER BY imported_at DESC, imported_by LIMIT 1"""
    )


def downgrade() -> None:
    """Drop the versions. The program before has the layout of before the migration."""
    op.drop_table("layout_directions")
    op.drop_table("layout_versions")
