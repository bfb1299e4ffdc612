"""The roster as the register has it: its log, and what follows from that."""

from sqlalchemy import Column, Date, Index, Integer, Table

from db.tables import Moment, metadata, texts
from db.text import Json, SafeText

roster_log = Table(
    "roster_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    *texts("kind", "name", "outcome"),
    Column("stage", SafeText(), nullable=False, comment="after the entry"),
    Column("actor", Json),
    Column("decision_id", SafeText()),
    Column("said", Json, nullable=False),
    *texts("previous", "hash"),
    comment="The log of the roster: who may sign",
)

roster_entries = Table(
    "roster_entries",
    metadata,
    Column("id", SafeText(), primary_key=True),
    *texts("name", "role", "organisation"),
    Column("district", SafeText()),
    Column("platform_id", SafeText()),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, comment="included"),
    Column("entry", Json, nullable=False, comment="as it was signed"),
    Column("leaf", SafeText(), nullable=False, comment="its hash in the roster's tree"),
    Column("version", Integer, nullable=False, comment="of the roster that made it so"),
    Index(None, "role", "district", "id"),
    Index(None, "platform_id", "id"),
    comment="The people in force, derived from roster_log",
)

roster_keys = Table(
    "roster_keys",
    metadata,
    Column("public", SafeText(), primary_key=True, comment="as in a file *.pub, no comment"),
    Column("fingerprint", SafeText(), nullable=False),
    Column("person_id", SafeText(), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, comment="included"),
    Column("revoked", Moment),
    Index(None, "person_id"),
    Index(None, "fingerprint"),
    comment="All keys that were ever in force, derived from roster_log",
)

roster_roots = Table(
    "roster_roots",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False, comment="of the log entry that put it in force"),
    Column("digest", SafeText(), nullable=False),
    Column("signed", Json, nullable=False, comment="the version, with its officers' signatures"),
    comment="The versions of the roster, derived from roster_log",
)
