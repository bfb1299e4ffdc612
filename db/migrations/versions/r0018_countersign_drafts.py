"""Decisions that wait for a second signature (`pingtai countersign`). There are none yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

_TEXT = sa.Text(collation="C")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "countersign_drafts",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        _text("platform_id"),
        sa.Column("term", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="0: the platform itself"),
        *map(_text, ("kind", "outcome", "person_id", "decision_id")),
        sa.Column("answers", _TEXT, nullable=False, comment="the content hash that was signed for"),
        sa.Column(
            "decision",
            postgresql.JSONB(),
            nullable=False,
            comment="whole, with its first signature",
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_countersign_drafts"),
        comment="Decisions that wait for a second signature; dropped once sent, or once their case moved on",
    )
    op.create_index(
        "ix_countersign_drafts_platform_id_person_id_decision_id",
        "countersign_drafts",
        ["platform_id", "person_id", "decision_id"],
        unique=True,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("countersign_drafts")
