"""Decisions that wait for a second person's signature. They are no decisions yet: no case knows of them."""

from sqlalchemy import BigInteger, Column, Identity, Index, SmallInteger, Table

from db.tables import Moment, metadata, texts
from db.text import Json, SafeText

countersign_drafts = Table(
    "countersign_drafts",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("platform_id", SafeText(), nullable=False),
    Column("term", SmallInteger, nullable=False),
    Column("year", SmallInteger, nullable=False, comment="0: the platform itself"),
    *texts("kind", "outcome", "person_id", "decision_id"),
    Column("answers", SafeText(), nullable=False, comment="the content hash that was signed for"),
    Column("decision", Json, nullable=False, comment="whole, with its first signature"),
    Column("left_at", Moment, nullable=False),
    Index(None, "platform_id", "person_id", "decision_id", unique=True),
    comment="Decisions that wait for a second signature; dropped once sent, or once their case moved on",
)
