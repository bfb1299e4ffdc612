"""The integrators' tables: keys, answers that are kept for repeats, webhook subscriptions, the feed's name."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)

from db.tables import Moment, metadata
from db.text import SafeText

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", SafeText(), primary_key=True, comment="the part of a key that may be shown"),
    Column("name", SafeText(), nullable=False, comment="whose it is, in words"),
    Column("secret_sha256", SafeText(), nullable=False),
    Column("scopes", ARRAY(SafeText()), nullable=False),
    Column("district", SafeText(), comment="empty: any; else it sees and says only what is of it"),
    Column("organisation", SafeText(), comment="empty: any; else it speaks for that body only"),
    Column("created_at", Moment, nullable=False),
    Column("created_by", SafeText(), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
    Column("revoked_by", SafeText()),
    Column(
        "credit_code",
        SafeText(),
        comment="of the organisation, where it has one: that decides, not the name",
    ),
)

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key_id", SafeText(), primary_key=True),
    Column("idempotency_key", SafeText(), primary_key=True),
    Column("request_sha256", SafeText(), nullable=False, comment="of the call and its body"),
    Column("claimed_at", Moment, nullable=False, comment="when somebody last began to answer it"),
    Column("status", SmallInteger, comment="empty: it is being answered"),
    Column("content_type", SafeText()),
    Column("location", SafeText()),
    Column("body", LargeBinary),
    Index(None, "claimed_at"),
    comment="Idempotency-Key: the answer to a call, for when it is repeated",
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", SafeText(), primary_key=True),
    Column("key_id", SafeText(), nullable=False, comment="whose it is"),
    Column("url", SafeText(), nullable=False),
    Column(
        "secret", SafeText(), nullable=False, comment="whsec_…; two between spaces while one goes"
    ),
    Column("old_secret_until", Moment, comment="so long the second secret signs as well"),
    Column("events", ARRAY(SafeText()), nullable=False, comment="empty: any"),
    Column("districts", ARRAY(SafeText()), nullable=False, comment="empty: any"),
    Column("platforms", ARRAY(SafeText()), nullable=False, comment="empty: any"),
    Column("state", SafeText(), nullable=False, comment="active, or paused"),
    Column("position", BigInteger, nullable=False, comment="of the feed; all up to it is through"),
    Column("attempts", Integer, nullable=False, comment="at the next event"),
    Column("next_at", Moment, nullable=False),
    Column("last_error", SafeText()),
    Column("last_delivered_at", Moment),
    Column("created_at", Moment, nullable=False),
    Index(None, "key_id", "id"),
    Index(None, "state", "next_at"),
)

feeds = Table(
    "feeds",
    metadata,
    Column(
        "id", SafeText(), primary_key=True, comment="a cursor of another feed is none of this one"
    ),
    Column(
        "position", BigInteger, nullable=False, comment="the last one given; none is given twice"
    ),
    comment="One row: the name of this register's feed of events, made with its tables",
)
