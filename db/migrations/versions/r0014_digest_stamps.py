"""Time stamps of daily digests, by authorities outside. Digests of before stay without one."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_TEXT = sa.Text(collation="C")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "digest_stamps",
        sa.Column("day", sa.Date(), nullable=False, comment="of the digest that is stamped"),
        sa.Column(
            "stamped_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="as the authority says",
        ),
        sa.Column("authority", _TEXT, nullable=False, comment="the subject of its certificate"),
        sa.Column("response", sa.LargeBinary(), nullable=False, comment="RFC 3161, as it came"),
        sa.Column("certificates", _TEXT, nullable=False, comment="that it was checked with, PEM"),
        sa.PrimaryKeyConstraint("day", name="pk_digest_stamps"),
    )


def downgrade() -> None:
    """Drop the table: the stamps are lost with it."""
    op.drop_table("digest_stamps")
