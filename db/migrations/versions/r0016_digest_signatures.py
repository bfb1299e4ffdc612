"""The office's signatures of daily digests. Digests of before stay unsigned."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "digests",
        sa.Column(
            "signature",
            sa.Text(collation="C"),
            nullable=True,
            comment="by the office's key: SSHSIG, base64",
        ),
    )


def downgrade() -> None:
    """Drop the column: the signatures are lost with it."""
    op.drop_column("digests", "signature")
