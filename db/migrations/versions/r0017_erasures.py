"""The logs of erasures. Empty until a term is erased (`pingtai erase`)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

_TEXT = sa.Text(collation="C")


def _text(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False, comment=comment)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "erasure_log",
        _text("platform_id"),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *map(_text, ("kind", "name", "outcome")),
        _text("stage", "after the entry"),
        sa.Column("actor", postgresql.JSONB()),
        sa.Column("decision_id", _TEXT),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        *map(_text, ("previous", "hash")),
        sa.PrimaryKeyConstraint("platform_id", "term", "seq", name="pk_erasure_log"),
        comment="The logs of erasures: who asked, who confirmed, what was done",
    )


def downgrade() -> None:
    """Drop the table: who erased what is then in the workflows' histories alone."""
    op.drop_table("erasure_log")
