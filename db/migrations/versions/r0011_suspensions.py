"""Facts of a platform that change within a term, and suspensions.

Rows that are here state the facts of the application, version 1; none is suspended. Programs of before that
still run write neither column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Count how often the facts were stated, and say since when a case is suspended."""
    op.add_column(
        "platforms",
        sa.Column(
            "facts_version",
            sa.SmallInteger(),
            nullable=False,
            server_default=sa.text("1"),
            comment="how often the facts were stated in the term; 0: by an assessment only",
        ),
    )
    for table in ("terms", "assessments"):
        op.add_column(table, sa.Column("suspended_since", _MOMENT))


def downgrade() -> None:
    """Drop the columns. The program before takes the facts of a platform's first batch."""
    for table in ("terms", "assessments"):
        op.drop_column(table, "suspended_since")
    op.drop_column("platforms", "facts_version")
