"""The tables of the register.

What the tables hold of cases is derived from their logs and can be rebuilt from them. Not derived are
`deliveries` (what became of a notice), `conflicts` (what was refused), and what people enter here:
`substitutions`, the layout, and the log of plaques (`db.plaque_tables`).
No foreign keys: batches of a platform and of its assessments arrive in any order.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    text,
)

from db.text import Json, SafeText

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

Moment = DateTime(timezone=True)
EXACT = Numeric(19, 4)
"""A number with decimals, as `workflows.exact_numbers` takes it."""
OPEN = text("ended_at IS NULL")


def texts(*names: str) -> tuple[Column[str], ...]:
    """Columns of text that are never empty."""
    return tuple(Column(name, SafeText(), nullable=False) for name in names)


def _key(*more: Column[int] | Column[str]) -> tuple[Column[int] | Column[str], ...]:
    return Column("platform_id", SafeText(), primary_key=True), _number("term"), *more


def _number(name: str, comment: str | None = None) -> Column[int]:
    """A number that is part of a key."""
    return Column(name, SmallInteger, primary_key=True, autoincrement=False, comment=comment)


def _year() -> tuple[Column[int], Column[int]]:
    opening = "2 and more: opened again after one was broken off from outside"
    return _number("year"), _number("opening", opening)


def _about_entry() -> tuple[Column[Any], ...]:
    return (
        Column("platform_id", SafeText(), nullable=False),
        Column("term", SmallInteger, nullable=False),
        Column("year", SmallInteger, nullable=False, comment="0: the platform's own log"),
        Column("opening", SmallInteger, nullable=False),
        Column("seq", Integer, nullable=False, comment="of the log entry that it tells of"),
    )


platforms = Table(
    "platforms",
    metadata,
    Column("platform_id", SafeText(), primary_key=True),
    Column("term", SmallInteger, nullable=False, comment="the newest term; the rest is as it says"),
    *texts("name", "operator", "lead_unit", "lead_unit_kind", "district", "field"),
    Column("services", ARRAY(SafeText()), nullable=False),
    Column("direction", SafeText()),
    Column("operator_key", SafeText(), comment="the operator as names are compared"),
    Column(
        "facts_version",
        SmallInteger,
        nullable=False,
        server_default=text("1"),
        comment="how often the facts were stated in the term; 0: by an assessment only",
    ),
    Index(None, "district", "platform_id"),
    Index(None, "field", "platform_id"),
)

terms = Table(
    "terms",
    metadata,
    *_key(),
    *texts("application_id", "stage"),
    Column("since", Moment, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("due", Moment, comment="24:00 Beijing time of the last day of this step"),
    Column("due_provisional", Boolean, nullable=False, comment="holidays were not announced yet"),
    Column("open_assessment", SmallInteger, comment="the year whose assessment is open"),
    Column("plan_version", SmallInteger, nullable=False),
    Column("list_number", SafeText()),
    Column("certificate_number", SafeText()),
    Column("listed_on", Date),
    Column("valid_until", Moment, comment="24:00 Beijing time of the last valid day"),
    Column("brought_in_on", Date, comment="listed before it came here; it stood so on that day"),
    Column("applied_at", Moment, comment="unknown until the first entry has arrived"),
    Column("ended_at", Moment),
    Column("log_seq", Integer, nullable=False, comment="0: only its assessments were heard of"),
    Column("log_hash", SafeText(), nullable=False),
    Column("policy", Json, nullable=False),
    Column("suspended_since", Moment),
    # Not unique: nothing upstream keeps two platforms from naming an application alike, and a
    # register that refuses what a case has accepted would lose that case.
    Index(None, "application_id"),
    Index(None, "stage", "platform_id"),
    Index("ix_terms_open_due", "due", postgresql_where=OPEN),
    Index(None, "valid_until"),
    Index(None, "list_number", "platform_id"),
    Index(None, "listed_on", "platform_id"),
)

plan_versions = Table(
    "plan_versions",
    metadata,
    *_key(_number("version")),
    Column("sha256", SafeText(), nullable=False),
    Column("plan", Json, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    *_key(*_year()),
    Column("stage", SafeText(), nullable=False),
    Column("since", Moment, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("due", Moment),
    Column("due_provisional", Boolean, nullable=False),
    Column("mend_by", Moment),
    Column("opened_at", Moment, comment="unknown until the first entry has arrived"),
    Column("ended_at", Moment),
    Column("result", SafeText(), comment="the stage it ended in"),
    Column("log_seq", Integer, nullable=False),
    Column("log_hash", SafeText(), nullable=False),
    Column("suspended_since", Moment),
    Index(None, "stage", "platform_id"),
    Index("ix_assessments_open_due", "due", postgresql_where=OPEN),
)

findings = Table(
    "findings",
    metadata,
    *_key(*_year()),
    Column("round", SafeText(), primary_key=True, comment="evaluation or reassessment"),
    Column("indicator_group", SafeText(), primary_key=True),
    Column("finding", SafeText(), nullable=False),
    Column("remark", SafeText()),
    Column("score", EXACT),
)

log_entries = Table(
    "log_entries",
    metadata,
    *_key(
        _number("year", "0: the platform's own log"),
        _number("opening", "of the assessment; 0: the platform's own log"),
        Column("seq", Integer, primary_key=True, autoincrement=False),
    ),
    Column("at", Moment, nullable=False),
    *texts("kind", "name", "outcome"),
    Column("stage", SafeText(), nullable=False, comment="after the entry"),
    Column("actor", Json),
    Column("actor_id", SafeText()),
    Column("decision_id", SafeText()),
    Column("said", Json, nullable=False),
    Column("reason", SafeText()),
    *texts("previous", "hash", "workflow_id"),
    Column("set_aside_by", Integer, comment="the entry of the same log that set this one aside"),
    Column("position", BigInteger, comment="in the feed of events; empty: not numbered yet"),
    # What was decided, found by its id, and the register as it stood on a day.
    Index(None, "decision_id", postgresql_where=text("decision_id IS NOT NULL")),
    Index("ix_log_entries_own_at", "platform_id", "at", postgresql_where=text("year = 0")),
    Index("uq_log_entries_position", "position", unique=True),
    Index("ix_log_entries_unnumbered", "at", postgresql_where=text("position IS NULL")),
)

listings = Table(
    "listings",
    metadata,
    *_key(),
    *texts("list_number", "certificate_number"),
    Column("listed_on", Date, nullable=False),
    Index(None, "list_number", "platform_id"),
)

certificate_numbers = Table(
    "certificate_numbers",
    metadata,
    Column("number", SafeText(), primary_key=True),
    Column("platform_id", SafeText(), nullable=False, comment="whose it is, for ever"),
)

awaiting = Table(
    "awaiting",
    metadata,
    *_key(
        _number("year", "0: the platform itself; else its assessment"),
        Column("role", SafeText(), primary_key=True, comment="who may decide it"),
    ),
    Column("kind", SafeText(), nullable=False, comment="the decision that is awaited"),
    Column("stage", SafeText(), nullable=False),
    Column("since", Moment, nullable=False),
    Column("due", Moment, nullable=False, comment="9999-12-31: not known yet"),
    Column("due_provisional", Boolean, nullable=False),
    Column("overdue", Boolean, nullable=False),
    # From `platforms`, so that one index answers a question and its order.
    *texts("name", "operator", "district", "field"),
    Column("operator_key", SafeText(), comment="as names are compared (workflows.name_comparison)"),
    Index(None, "due", "platform_id", "year", "role"),
    Index(None, "role", "due", "platform_id", "year"),
    Index(None, "role", "district", "due", "platform_id", "year"),
    Index(None, "kind", "due", "platform_id", "year", "role"),
    Index(None, "field", "due", "platform_id", "year", "role"),
    Index(None, "operator_key", "due", "platform_id", "year", "role"),
    Index(
        "ix_awaiting_overdue",
        "due",
        "platform_id",
        "year",
        "role",
        postgresql_where=text("overdue"),
    ),
    comment="The inbox: what each open case awaits, once for each role that may decide it",
)

support = Table(
    "support",
    metadata,
    *_key(Column("seq", Integer, primary_key=True, autoincrement=False)),
    Column("support", SafeText(), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("title", SafeText(), nullable=False),
    Column("amount_wan", EXACT, comment="in 万元"),
    *texts("actor_id", "organisation", "decision_id"),
    Column("recorded_at", Moment, nullable=False),
    Index(None, "given_on", "platform_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", SafeText(), primary_key=True, comment="the same when a batch is told again"),
    Column("number", BigInteger, Identity(), nullable=False, comment="the order of writing"),
    *_about_entry(),
    Column("event", SafeText(), nullable=False, comment="such as overdue, or a decision's kind"),
    Column("role", SafeText(), nullable=False, comment="whom it is for"),
    Column("district", SafeText(), nullable=False, comment="the platform's"),
    Column("at", Moment, nullable=False, comment="of the entry"),
    Column("content", Json, nullable=False, comment="what the texts are made of"),
    Column("handed_out", Boolean, nullable=False, comment="its deliveries have been made"),
    Index("ix_notices_waiting", "number", postgresql_where=text("NOT handed_out")),
    Index(None, "number"),
    Index(None, "platform_id", "number"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice_id", SafeText(), primary_key=True),
    Column("recipient", SafeText(), primary_key=True, comment="its name in the configuration"),
    Column("channel", SafeText(), nullable=False, comment="email, webhook or file"),
    Column("number", BigInteger, nullable=False, comment="of the notice"),
    Column("state", SafeText(), nullable=False, comment="waiting, delivered or dead"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("last_error", SafeText()),
    Column("delivered_at", Moment),
    Index(
        "ix_deliveries_waiting",
        "recipient",
        "next_at",
        "number",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(None, "state", "number"),
)

substitutions = Table(
    "substitutions",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    *texts("principal_id", "substitute_id"),
    Column("role", SafeText(), nullable=False, comment="the principal's"),
    Column("organisation", SafeText(), nullable=False),
    Column("district", SafeText()),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False, comment="included"),
    Column("reason", SafeText()),
    Column("named_by", SafeText(), nullable=False),
    Column("named_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Index(None, "substitute_id", "last_day"),
    Index(None, "principal_id", "last_day"),
)

layout_versions = Table(
    "layout_versions",
    metadata,
    _number("number"),
    Column("adopted_on", Date, comment="empty: not known"),
    Column("document", Json, comment="by which it was adopted: name, SHA-256"),
    Column("agreed", ARRAY(SafeText()), nullable=False, comment="districts"),
    Column("imported_at", Moment, nullable=False),
    Column("imported_by", SafeText(), nullable=False),
    comment="总体建设布局 §四: what was adopted, when, by which document, agreed with whom",
)

layout_directions = Table(
    "layout_directions",
    metadata,
    _number("version"),
    Column("field", SafeText(), primary_key=True),
    Column("direction", SafeText(), primary_key=True),
    Column("priority", SmallInteger, nullable=False, comment="1 is the first"),
    Column("districts", ARRAY(SafeText()), nullable=False, comment="empty: any"),
    Column("imported_at", Moment, nullable=False),
    Column("imported_by", SafeText(), nullable=False),
    comment="The directions of each version of the layout",
)

# Of programs up to 0.4, which may still run while this one migrates; a release after this one drops it.
directions = Table(
    "directions",
    metadata,
    Column("field", SafeText(), primary_key=True),
    Column("direction", SafeText(), primary_key=True),
    Column("priority", SmallInteger, nullable=False, comment="1 is the first"),
    Column("districts", ARRAY(SafeText()), nullable=False, comment="empty: any"),
    Column("imported_at", Moment, nullable=False),
    Column("imported_by", SafeText(), nullable=False),
    comment="总体建设布局 §四: field × direction, with priority and districts",
)

conflicts = Table(
    "conflicts",
    metadata,
    *_key(
        _number("year", "0: the platform's own log"),
        _number("opening"),
        Column("entry_hash", SafeText(), primary_key=True, comment="of the entry that was refused"),
    ),
    Column("seq", Integer, nullable=False, comment="of that entry"),
    Column("workflow_id", SafeText(), nullable=False),
    Column(
        "second_life",
        Boolean,
        nullable=False,
        comment="its log begins with another entry than the one that is here",
    ),
    Column("began_at", Moment, nullable=False, comment="of its first entry that was sent"),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    comment="Batches that were refused, because another history has written their log",
)
