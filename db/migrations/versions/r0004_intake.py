"""For integrators: keys, answers kept for repeats, webhook subscriptions, and the feed of events.

Entries that are there already have no position yet: the first who asks for the feed numbers them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TEXT = sa.Text(collation="C")
_TEXTS = sa.ARRAY(_TEXT)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and give the log entries a place in the feed."""
    op.create_table(
        "api_keys",
        sa.Column("id", _TEXT, nullable=False, comment="the part of a key that may be shown"),
        sa.Column("name", _TEXT, nullable=False, comment="whose it is, in words"),
        sa.Column("secret_sha256", _TEXT, nullable=False),
        sa.Column("scopes", _TEXTS, nullable=False),
        sa.Column(
            "district", _TEXT, comment="empty: any; else it sees and says only what is of it"
        ),
        sa.Column("organisation", _TEXT, comment="empty: any; else it speaks for that body only"),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", _TEXT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("revoked_by", _TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "kept_answers",
        sa.Column("key_id", _TEXT, nullable=False),
        sa.Column("idempotency_key", _TEXT, nullable=False),
        sa.Column("request_sha256", _TEXT, nullable=False, comment="of the call and its body"),
        sa.Column(
            "claimed_at", _MOMENT, nullable=False, comment="when somebody last began to answer it"
        ),
        sa.Column("status", sa.SmallInteger(), comment="empty: it is being answered"),
        sa.Column("content_type", _TEXT),
        sa.Column("location", _TEXT),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("key_id", "idempotency_key", name="pk_kept_answers"),
        comment="Idempotency-Key: the answer to a call, for when it is repeated",
    )
    op.create_index("ix_kept_answers_claimed_at", "kept_answers", ["claimed_at"])
    op.create_table(
        "subscriptions",
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("key_id", _TEXT, nullable=False, comment="whose it is"),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column(
            "secret", _TEXT, nullable=False, comment="whsec_…; two between spaces while one goes"
        ),
        sa.Column("old_secret_until", _MOMENT, comment="so long the second secret signs as well"),
        sa.Column("events", _TEXTS, nullable=False, comment="empty: any"),
        sa.Column("districts", _TEXTS, nullable=False, comment="empty: any"),
        sa.Column("platforms", _TEXTS, nullable=False, comment="empty: any"),
        sa.Column("state", _TEXT, nullable=False, comment="active, or paused"),
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=False,
            comment="of the feed; all up to it is through",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="at the next event"),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("last_error", _TEXT),
        sa.Column("last_delivered_at", _MOMENT),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_key_id_id", "subscriptions", ["key_id", "id"])
    op.create_index("ix_subscriptions_state_next_at", "subscriptions", ["state", "next_at"])
    op.create_table(
        "feeds",
        sa.Column(
            "id", _TEXT, nullable=False, comment="a cursor of another feed is none of this one"
        ),
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=False,
            comment="the last one given; none is given twice",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        comment="One row: the name of this register's feed of events, made with its tables",
    )
    op.execute(
        "INSERT INTO feeds (id, position) VALUES (substr(md5(gen_random_uuid()::text), 1, 12), 0)"
    )
    op.add_column(
        "terms",
        sa.Column(
            "brought_in_on",
            sa.Date(),
            comment="listed before it came here; it stood so on that day",
        ),
    )
    op.add_column(
        "log_entries",
        sa.Column(
            "position", sa.BigInteger(), comment="in the feed of events; empty: not numbered yet"
        ),
    )
    op.create_index("uq_log_entries_position", "log_entries", ["position"], unique=True)
    op.create_index(
        "ix_log_entries_unnumbered",
        "log_entries",
        ["at"],
        postgresql_where=sa.text("position IS NULL"),
    )


def downgrade() -> None:
    """Drop the tables: keys and subscriptions are lost with them."""
    op.drop_index("ix_log_entries_unnumbered", "log_entries")
    op.drop_index("uq_log_entries_position", "log_entries")
    op.drop_column("log_entries", "position")
    op.drop_column("terms", "brought_in_on")
    for table in ("feeds", "subscriptions", "kept_answers", "api_keys"):
        op.drop_table(table)
