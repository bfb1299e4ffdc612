"""The names of operators as they are compared since 0.5.0: brackets, dashes and legal forms.

Rows that a worker of the version before writes while this one migrates have the old form until the
platform's next entry, or `pingtai audit reconcile --repair`.
"""

import sqlalchemy as sa
from alembic import op

from db.nul_escape import escaped, restored
from workflows.circumstances import NEWEST, Edition
from workflows.name_comparison import name_key

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Work the keys out as names are compared now."""
    _fill(NEWEST)


def downgrade() -> None:
    """Work them out as names were compared before."""
    _fill(Edition.V0_4)


def _fill(edition: Edition) -> None:
    connection = op.get_bind()
    names = connection.execute(sa.text("SELECT DISTINCT operator FROM platforms")).scalars().all()
    keys = [{"key": escaped(name_key(restored(name), edition)), "name": name} for name in names]
    for table in ("platforms", "awaiting") if keys else ():
        connection.execute(
            sa.text(
                f"UPDATE {table} SET operator_key = :key"  # noqa: S608
                " WHERE operator = :name AND operator_key IS DISTINCT FROM :key"
            ),
            keys,
        )
