"""The integrators' tables: keys, answers that are kept for repeats, webhook subscriptions, the feed's name."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)

from db.tables import metadata
from db.text import Words

_MOMENT = DateTime(timezone=True)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Words(), primary_key=True, comment="the part of a key that may be shown"),
    Column("name", Words(), nullable=False, comment="whose it is, in words"),
    Column("secret_sha256", Words(), nullable=False),
    Column("scopes", ARRAY(Words()), nullable=False),
    Column("district", Words(), comment="empty: any; else it sees and says only what is of it"),
    Column("organisation", Words(), comment="empty: any; else it speaks for that body only"),
    Column("created_at", _MOMENT, nullable=False),
    Column("created_by", Words(), nullable=False),
    Column("expires_at", _MOMENT, nullable=False),
    Column("last_used_at", _MOMENT),
    Column("revoked_at", _MOMENT),
    Column("revoked_by", Words()),
)

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key_id", Words(), primary_key=True),
    Column("idempotency_key", Words(), primary_key=True),
    Column("request_sha256", Words(), nullable=False, comment="of the call and its body"),
    Column("claimed_at", _MOMENT, nullable=False, comment="when somebody last began to answer it"),
    Column("status", SmallInteger, comment="empty: it is being answered"),
    Column("content_type", Words()),
    Column("location", Words()),
    Column("body", LargeBinary),
    Index(None, "claimed_at"),
    comment="Idempotency-Key: the answer to a call, for when it is repeated",
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Words(), primary_key=True),
    Column("key_id", Words(), nullable=False, comment="whose it is"),
    Column("url", Words(), nullable=False),
    Column("secret", Words(), nullable=False, comment="whsec_…; two between spaces while one goes"),
    Column("old_secret_until", _MOMENT, comment="so long the second secret signs as well"),
    Column("events", ARRAY(Words()), nullable=False, comment="empty: any"),
    Column("districts", ARRAY(Words()), nullable=False, comment="empty: any"),
    Column("platforms", ARRAY(Words()), nullable=False, comment="empty: any"),
    Column("state", Words(), nullable=False, comment="active, or paused"),
    Column("position", BigInteger, nullable=False, comment="of the feed; all up to it is through"),
    Column("attempts", Integer, nullable=False, comment="at the next event"),
    Column("next_at", _MOMENT, nullable=False),
    Column("last_error", Words()),
    Column("last_delivered_at", _MOMENT),
    Column("created_at", _MOMENT, nullable=False),
    Index(None, "key_id", "id"),
    Index(None, "state", "next_at"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Words(), primary_key=True, comment="a cursor of another feed is none of this one"),
    Column(
        "position", BigInteger, nullable=False, comment="the last one given; none is given twice"
    ),
    comment="One row: the name of this register's feed of events, made with its tables",
)
