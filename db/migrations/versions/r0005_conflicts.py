"""What the register refused, and the names of operators as they are compared.

`conflicts` is empty at first: what was refused before comes again with the next try of its workflow.
`operator_key` is filled for the rows that are here. Rows that a worker of the version before writes while
this one migrates have none until the platform's next entry, or `pingtai audit reconcile --repair`.
"""

import sqlalchemy as sa
from alembic import op

from db.nul_escape import escaped, restored
from workflows.name_comparison import name_key

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
    op.add_column(
        "platforms",
        sa.Column("operator_key", _TEXT, comment="the operator as names are compared"),
    )
    op.add_column(
        "awaiting",
        sa.Column(
            "operator_key", _TEXT, comment="as names are compared (workflows.name_comparison)"
        ),
    )
    _fill()
    op.drop_index("ix_awaiting_operator_due_platform_id_year_role", "awaiting")
    op.create_index(
        "ix_awaiting_operator_key_due_platform_id_year_role",
        "awaiting",
        ["operator_key", "due", "platform_id", "year", "role"],
    )


def _fill() -> None:
    """Work out the key of each operator's name: only Python knows how names are compared."""
    connection = op.get_bind()
    names = connection.execute(sa.text("SELECT DISTINCT operator FROM platforms")).scalars().all()
    keys = [{"key": escaped(name_key(restored(name))), "name": name} for name in names]
    for table in ("platforms", "awaiting") if keys else ():
        connection.execute(
            sa.text(f"UPDATE {table} SET operator_key = :key WHERE operator = :name"),  # noqa: S608
            keys,
        )


def downgrade() -> None:
    """Drop the table; what conflicts is refused, and noted, again."""
    op.drop_index("ix_awaiting_operator_key_due_platform_id_year_role", "awaiting")
    op.create_index(
        "ix_awaiting_operator_due_platform_id_year_role",
        "awaiting",
        ["operator", "due", "platform_id", "year", "role"],
    )
    for table in ("awaiting", "platforms"):
        op.drop_column(table, "operator_key")
    op.drop_table("conflicts")
