"""The erasures of terms as the register has them: each with its own log."""

from sqlalchemy import Column, Integer, SmallInteger, Table

from db.tables import Moment, metadata, texts
from db.text import Json, SafeText

erasure_log = Table(
    "erasure_log",
    metadata,
    Column("platform_id", SafeText(), primary_key=True),
    Column("term", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    *texts("kind", "name", "outcome"),
    Column("stage", SafeText(), nullable=False, comment="after the entry"),
    Column("actor", Json),
    Column("decision_id", SafeText()),
    Column("said", Json, nullable=False),
    *texts("previous", "hash"),
    comment="The logs of erasures: who asked, who confirmed, what was done",
)
