"""For auditors: archived histories, daily digests, and who looked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.Text(collation="C")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "archived_histories",
        sa.Column("workflow_id", _TEXT, nullable=False),
        sa.Column("run_id", _TEXT, nullable=False),
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="0: the platform itself"),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, comment="empty: the run was open when it was archived"),
        sa.Column("archived_at", _MOMENT, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("sdk", _TEXT, nullable=False),
        sa.Column("codec", _TEXT),
        sa.Column("sha256", _TEXT, nullable=False, comment="of the JSON, before it was compressed"),
        sa.Column("place", _TEXT, comment="where it is kept; empty: in content"),
        sa.Column("content", sa.LargeBinary(), comment="Temporal's JSON, gzip"),
        sa.PrimaryKeyConstraint("workflow_id", "run_id", name="pk_archived_histories"),
    )
    op.create_index(
        "ix_archived_histories_open",
        "archived_histories",
        ["archived_at"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_archived_histories_platform_id_year_started_at",
        "archived_histories",
        ["platform_id", "year", "started_at"],
    )
    op.create_table(
        "archivings",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, comment="empty: at work, or it was broken off"),
        sa.Column(
            "whole",
            sa.Boolean(),
            nullable=False,
            comment="open runs and all closed ones; else new ones",
        ),
        sa.Column("looked", sa.Integer(), nullable=False, comment="so many runs the server had"),
        sa.Column("kept", sa.Integer(), nullable=False, comment="so many histories were taken"),
        sa.Column(
            "gone",
            sa.Integer(),
            nullable=False,
            comment="runs that were listed, and had no history",
        ),
        sa.Column("trouble", _TEXT, comment="why it was broken off"),
        sa.PrimaryKeyConstraint("number", name="pk_archivings"),
    )
    op.create_index(
        "ix_archivings_whole",
        "archivings",
        ["began_at"],
        postgresql_where=sa.text("whole AND ended_at IS NOT NULL"),
    )
    op.create_table(
        "digests",
        sa.Column(
            "day",
            sa.Date(),
            nullable=False,
            comment="Beijing time; as the register stood at its end",
        ),
        sa.Column("root", _TEXT, nullable=False, comment="Merkle root over all logs' last hashes"),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column(
            "previous", _TEXT, nullable=False, comment="the root of the digest before: a chain"
        ),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column(
            "content", sa.LargeBinary(), nullable=False, comment="the leaves, JSON Lines, gzip"
        ),
        sa.PrimaryKeyConstraint("day", name="pk_digests"),
    )
    op.create_table(
        "access_log",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column(
            "actor_id", _TEXT, nullable=False, comment="of the profile, or the system's user"
        ),
        sa.Column("what", _TEXT, nullable=False, comment="such as dossier, timeline, archive"),
        sa.Column("platform_id", _TEXT, comment="empty: all"),
        sa.Column("details", _TEXT),
        sa.PrimaryKeyConstraint("number", name="pk_access_log"),
    )
    op.create_index("ix_access_log_platform_id_number", "access_log", ["platform_id", "number"])


def downgrade() -> None:
    """Drop the tables: what the archive alone still holds is lost with it."""
    for table in ("access_log", "digests", "archivings", "archived_histories"):
        op.drop_table(table)
