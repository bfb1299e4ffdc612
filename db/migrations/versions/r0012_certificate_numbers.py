"""To which platform each certificate number belongs: a key that cannot be raced.

Numbers that are listed already are filled in; of two platforms with the same one the first listed has it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TEXT = sa.Text(collation="C")


def upgrade() -> None:
    """Make the table, and fill it from the listings."""
    op.create_table(
        "certificate_numbers",
        sa.Column("number", _TEXT, primary_key=True),
        sa.Column("platform_id", _TEXT, nullable=False, comment="whose it is, for ever"),
    )
    op.execute(
        """INSERT INTO certificate_numbers (number, platform_id)
        SELECT DISTINCT ON (certificate_number) certificate_number, platform_id
        FROM listings ORDER BY certificate_number, listed_on, platform_id"""
    )


def downgrade() -> None:
    """Drop the table; the listings have the numbers."""
    op.drop_table("certificate_numbers")
