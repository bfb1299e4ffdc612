"""Amounts and scores with decimals.

Widened where they stand: what was whole stays as it is, and a program of before writes whole numbers into the
new columns as into the old ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_EXACT = sa.Numeric(19, 4)


def upgrade() -> None:
    """Let both columns hold four decimals."""
    op.alter_column("support", "amount_wan", type_=_EXACT)
    op.alter_column("findings", "score", type_=_EXACT)


def downgrade() -> None:
    """Go back to whole numbers: what has decimals is rounded in the register, and exact in the logs."""
    op.alter_column("support", "amount_wan", type_=sa.Integer())
    op.alter_column("findings", "score", type_=sa.SmallInteger())
