"""What the register refused: another history of a log that it has already, so that somebody looks.

Empty at first: what was refused before comes again with the next try of its workflow.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text(collation="C")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "conflicts",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="0: the platform's own log"),
        sa.Column("opening", sa.SmallInteger(), nullable=False),
        sa.Column("entry_hash", _TEXT, nullable=False, comment="of the entry that was refused"),
        sa.Column("seq", sa.Integer(), nullable=False, comment="of that entry"),
        sa.Column("workflow_id", _TEXT, nullable=False),
        sa.Column(
            "second_life",
            sa.Boolean(),
            nullable=False,
            comment="its log begins with another entry than the one that is here",
        ),
        sa.Column("began_at", _MOMENT, nullable=False, comment="of its first entry that was sent"),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "platform_id", "term", "year", "opening", "entry_hash", name="pk_conflicts"
        ),
        comment="Batches that were refused, because another history has written their log",
    )


def downgrade() -> None:
    """Drop the table; what conflicts is refused, and noted, again."""
    op.drop_table("conflicts")
