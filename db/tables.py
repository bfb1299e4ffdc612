"""The tables of the register. Everything in them is derived from the logs of the cases.

No foreign keys: batches of a platform and of its assessments arrive in any order.
"""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    text,
)

from db.text import Json, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

Moment = DateTime(timezone=True)
OPEN = text("ended_at IS NULL")


def _key(*more: Column[int] | Column[str]) -> tuple[Column[int] | Column[str], ...]:
    return (
        Column("platform_id", Words(), primary_key=True),
        Column("term", SmallInteger, primary_key=True, autoincrement=False),
        *more,
    )


def _year() -> tuple[Column[int], Column[int]]:
    opening = "2 and more: opened again after one was broken off from outside"
    return (
        Column("year", SmallInteger, primary_key=True, autoincrement=False),
        Column("opening", SmallInteger, primary_key=True, autoincrement=False, comment=opening),
    )


platforms = Table(
    "platforms",
    metadata,
    Column("platform_id", Words(), primary_key=True),
    Column("term", SmallInteger, nullable=False, comment="the newest term; the rest is as it says"),
    Column("name", Words(), nullable=False),
    Column("operator", Words(), nullable=False),
    Column("lead_unit", Words(), nullable=False),
    Column("lead_unit_kind", Words(), nullable=False),
    Column("district", Words(), nullable=False),
    Column("field", Words(), nullable=False),
    Column("services", ARRAY(Words()), nullable=False),
    Column("direction", Words()),
    Index(None, "district", "platform_id"),
    Index(None, "field", "platform_id"),
)

terms = Table(
    "terms",
    metadata,
    *_key(),
    Column("application_id", Words(), nullable=False),
    Column("stage", Words(), nullable=False),
    Column("since", Moment, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("due", Moment, comment="24:00 Beijing time of the last day of this step"),
    Column("due_provisional", Boolean, nullable=False, comment="holidays were not announced yet"),
    Column("open_assessment", SmallInteger, comment="the year whose assessment is open"),
    Column("plan_version", SmallInteger, nullable=False),
    Column("list_number", Words()),
    Column("certificate_number", Words()),
    Column("listed_on", Date),
    Column("valid_until", Moment, comment="24:00 Beijing time of the last valid day"),
    Column("applied_at", Moment, comment="unknown until the first entry has arrived"),
    Column("ended_at", Moment),
    Column("log_seq", Integer, nullable=False, comment="0: only its assessments were heard of"),
    Column("log_hash", Words(), nullable=False),
    Column("policy", Json, nullable=False),
    # Not unique: nothing upstream keeps two platforms from naming an application alike, and a
    # register that refuses what a case has accepted would lose that case.
    Index(None, "application_id"),
    Index(None, "stage", "platform_id"),
    Index("ix_terms_open_due", "due", postgresql_where=OPEN),
    Index(None, "valid_until"),
)

plan_versions = Table(
    "plan_versions",
    metadata,
    *_key(Column("version", SmallInteger, primary_key=True, autoincrement=False)),
    Column("sha256", Words(), nullable=False),
    Column("plan", Json, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    *_key(*_year()),
    Column("stage", Words(), nullable=False),
    Column("since", Moment, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("due", Moment),
    Column("due_provisional", Boolean, nullable=False),
    Column("mend_by", Moment),
    Column("opened_at", Moment, comment="unknown until the first entry has arrived"),
    Column("ended_at", Moment),
    Column("result", Words(), comment="the stage it ended in"),
    Column("log_seq", Integer, nullable=False),
    Column("log_hash", Words(), nullable=False),
    Index(None, "stage", "platform_id"),
    Index("ix_assessments_open_due", "due", postgresql_where=OPEN),
)

findings = Table(
    "findings",
    metadata,
    *_key(*_year()),
    Column("round", Words(), primary_key=True, comment="evaluation or reassessment"),
    Column("indicator_group", Words(), primary_key=True),
    Column("finding", Words(), nullable=False),
    Column("remark", Words()),
    Column("score", SmallInteger),
)

log_entries = Table(
    "log_entries",
    metadata,
    *_key(
        Column(
            "year",
            SmallInteger,
            primary_key=True,
            autoincrement=False,
            comment="0: the platform's own log",
        ),
        Column(
            "opening",
            SmallInteger,
            primary_key=True,
            autoincrement=False,
            comment="of the assessment; 0: the platform's own log",
        ),
        Column("seq", Integer, primary_key=True, autoincrement=False),
    ),
    Column("at", Moment, nullable=False),
    Column("kind", Words(), nullable=False),
    Column("name", Words(), nullable=False),
    Column("outcome", Words(), nullable=False),
    Column("stage", Words(), nullable=False, comment="after the entry"),
    Column("actor", Json),
    Column("actor_id", Words()),
    Column("decision_id", Words()),
    Column("said", Json, nullable=False),
    Column("reason", Words()),
    Column("previous", Words(), nullable=False),
    Column("hash", Words(), nullable=False),
    Column("workflow_id", Words(), nullable=False),
)

listings = Table(
    "listings",
    metadata,
    *_key(),
    Column("list_number", Words(), nullable=False),
    Column("certificate_number", Words(), nullable=False),
    Column("listed_on", Date, nullable=False),
    Index(None, "list_number", "platform_id"),
)
