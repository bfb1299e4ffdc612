"""The log of plaques 牌子 (§四): issued, returned, as staff record it. No case's log holds it."""

from sqlalchemy import BigInteger, Column, Date, Identity, Index, Table

from db.tables import Moment, metadata
from db.text import Json, SafeText

plaque_entries = Table(
    "plaque_entries",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("platform_id", SafeText(), nullable=False),
    Column("event", SafeText(), nullable=False, comment="issued, returned or cancelled"),
    Column("happened_on", Date, nullable=False),
    Column("cancels", BigInteger, comment="the entry that was recorded in error"),
    Column("document", Json, comment="its name and SHA-256"),
    Column("remark", SafeText()),
    Column("actor", Json, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Index(None, "platform_id", "happened_on", "number"),
    Index(None, "cancels", unique=True),
    comment="牌子 §四: only ever added to; what was recorded in error is cancelled by another entry",
)
