"""The unified social credit code of the body that a key speaks for.

Keys that there are keep none: they speak for their body by its name, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column(
        "api_keys",
        sa.Column(
            "credit_code",
            sa.Text(collation="C"),
            comment="of the organisation, where it has one: that decides, not the name",
        ),
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("api_keys", "credit_code")
