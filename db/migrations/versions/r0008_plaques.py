"""The log of plaques.

It is empty at first: which plaques were issued before is recorded by staff (`pingtai plaque issue --on`).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_TEXT = sa.Text(collation="C")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "plaque_entries",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("event", _TEXT, nullable=False, comment="issued, returned or cancelled"),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("cancels", sa.BigInteger(), comment="the entry that was recorded in error"),
        sa.Column("document", postgresql.JSONB(), comment="its name and SHA-256"),
        sa.Column("remark", _TEXT),
        sa.Column("actor", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_plaque_entries"),
        comment="牌子 §四: only ever added to; what was recorded in error is cancelled by another entry",
    )
    op.create_index(
        "ix_plaque_entries_platform_id_happened_on_number",
        "plaque_entries",
        ["platform_id", "happened_on", "number"],
    )
    op.create_index("ix_plaque_entries_cancels", "plaque_entries", ["cancels"], unique=True)


def downgrade() -> None:
    """Drop the table; what staff recorded in it is lost."""
    op.drop_table("plaque_entries")
