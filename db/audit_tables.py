"""The auditors' tables: archived histories and how they came, daily digests, and who looked."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    text,
)

from db.tables import Moment, metadata
from db.text import SafeText

archived_histories = Table(
    "archived_histories",
    metadata,
    Column("workflow_id", SafeText(), primary_key=True),
    Column("run_id", SafeText(), primary_key=True),
    Column("platform_id", SafeText(), nullable=False),
    Column("year", SmallInteger, nullable=False, comment="0: the platform itself"),
    Column("started_at", Moment, nullable=False),
    Column("closed_at", Moment, comment="empty: the run was open when it was archived"),
    Column("archived_at", Moment, nullable=False),
    Column("events", Integer, nullable=False),
    Column("sdk", SafeText(), nullable=False),
    Column("codec", SafeText()),
    Column("sha256", SafeText(), nullable=False, comment="of the JSON, before it was compressed"),
    Column("place", SafeText(), comment="where it is kept; empty: in content"),
    Column("content", LargeBinary, comment="Temporal's JSON, gzip"),
    Index(None, "platform_id", "year", "started_at"),
    Index("ix_archived_histories_open", "archived_at", postgresql_where=text("closed_at IS NULL")),
)

archivings = Table(
    "archivings",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment, comment="empty: at work, or it was broken off"),
    Column(
        "whole", Boolean, nullable=False, comment="open runs and all closed ones; else new ones"
    ),
    Column("looked", Integer, nullable=False, comment="so many runs the server had"),
    Column("kept", Integer, nullable=False, comment="so many histories were taken"),
    Column("gone", Integer, nullable=False, comment="runs that were listed, and had no history"),
    Column("trouble", SafeText(), comment="why it was broken off"),
    Index(
        "ix_archivings_whole", "began_at", postgresql_where=text("whole AND ended_at IS NOT NULL")
    ),
)

digests = Table(
    "digests",
    metadata,
    Column("day", Date, primary_key=True, comment="Beijing time; as the register stood at its end"),
    Column("root", SafeText(), nullable=False, comment="Merkle root over all logs' last hashes"),
    Column("leaves", Integer, nullable=False),
    Column(
        "previous", SafeText(), nullable=False, comment="the root of the digest before: a chain"
    ),
    Column("made_at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="the leaves, JSON Lines, gzip"),
    Column("signature", SafeText(), comment="by the office's key: SSHSIG, base64"),
)

digest_stamps = Table(
    "digest_stamps",
    metadata,
    Column("day", Date, primary_key=True, comment="of the digest that is stamped"),
    Column("stamped_at", Moment, nullable=False, comment="as the authority says"),
    Column("authority", SafeText(), nullable=False, comment="the subject of its certificate"),
    Column("response", LargeBinary, nullable=False, comment="RFC 3161, as it came"),
    Column("certificates", SafeText(), nullable=False, comment="that it was checked with, PEM"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor_id", SafeText(), nullable=False, comment="of the profile, or the system's user"),
    Column("what", SafeText(), nullable=False, comment="such as dossier, timeline, archive"),
    Column("platform_id", SafeText(), comment="empty: all"),
    Column("details", SafeText()),
    Index(None, "platform_id", "number"),
)
