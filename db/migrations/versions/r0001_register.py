"""The register as it first was: platforms, terms, plans, assessments, findings, the log, listings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_TEXT = sa.Text(collation="C")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "assessments",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "opening",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="2 and more: opened again after one was broken off from outside",
        ),
        sa.Column("stage", _TEXT, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("due", _MOMENT),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("mend_by", _MOMENT),
        sa.Column("opened_at", _MOMENT, comment="unknown until the first entry has arrived"),
        sa.Column("ended_at", _MOMENT),
        sa.Column("result", _TEXT, comment="the stage it ended in"),
        sa.Column("log_seq", sa.Integer(), nullable=False),
        sa.Column("log_hash", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("platform_id", "term", "year", "opening", name="pk_assessments"),
    )
    op.create_index(
        "ix_assessments_open_due",
        "assessments",
        ["due"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_assessments_stage_platform_id", "assessments", ["stage", "platform_id"])
    op.create_table(
        "findings",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "opening",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="2 and more: opened again after one was broken off from outside",
        ),
        sa.Column("round", _TEXT, nullable=False, comment="evaluation or reassessment"),
        sa.Column("indicator_group", _TEXT, nullable=False),
        sa.Column("finding", _TEXT, nullable=False),
        sa.Column("remark", _TEXT),
        sa.Column("score", sa.SmallInteger()),
        sa.PrimaryKeyConstraint(
            "platform_id",
            "term",
            "year",
            "opening",
            "round",
            "indicator_group",
            name="pk_findings",
        ),
    )
    op.create_table(
        "listings",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("list_number", _TEXT, nullable=False),
        sa.Column("certificate_number", _TEXT, nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("platform_id", "term", name="pk_listings"),
    )
    op.create_index(
        "ix_listings_list_number_platform_id", "listings", ["list_number", "platform_id"]
    )
    op.create_table(
        "log_entries",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "year",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="0: the platform's own log",
        ),
        sa.Column(
            "opening",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="of the assessment; 0: the platform's own log",
        ),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("outcome", _TEXT, nullable=False),
        sa.Column("stage", _TEXT, nullable=False, comment="after the entry"),
        sa.Column("actor", postgresql.JSONB()),
        sa.Column("actor_id", _TEXT),
        sa.Column("decision_id", _TEXT),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("reason", _TEXT),
        sa.Column("previous", _TEXT, nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.Column("workflow_id", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint(
            "platform_id", "term", "year", "opening", "seq", name="pk_log_entries"
        ),
    )
    op.create_table(
        "plan_versions",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", _TEXT, nullable=False),
        sa.Column("plan", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("platform_id", "term", "version", name="pk_plan_versions"),
    )
    op.create_table(
        "platforms",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column(
            "term",
            sa.SmallInteger(),
            nullable=False,
            comment="the newest term; the rest is as it says",
        ),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("operator", _TEXT, nullable=False),
        sa.Column("lead_unit", _TEXT, nullable=False),
        sa.Column("lead_unit_kind", _TEXT, nullable=False),
        sa.Column("district", _TEXT, nullable=False),
        sa.Column("field", _TEXT, nullable=False),
        sa.Column("services", sa.ARRAY(_TEXT), nullable=False),
        sa.Column("direction", _TEXT),
        sa.PrimaryKeyConstraint("platform_id", name="pk_platforms"),
    )
    op.create_index("ix_platforms_district_platform_id", "platforms", ["district", "platform_id"])
    op.create_index("ix_platforms_field_platform_id", "platforms", ["field", "platform_id"])
    op.create_table(
        "terms",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("application_id", _TEXT, nullable=False),
        sa.Column("stage", _TEXT, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("due", _MOMENT, comment="24:00 Beijing time of the last day of this step"),
        sa.Column(
            "due_provisional",
            sa.Boolean(),
            nullable=False,
            comment="holidays were not announced yet",
        ),
        sa.Column(
            "open_assessment", sa.SmallInteger(), comment="the year whose assessment is open"
        ),
        sa.Column("plan_version", sa.SmallInteger(), nullable=False),
        sa.Column("list_number", _TEXT),
        sa.Column("certificate_number", _TEXT),
        sa.Column("listed_on", sa.Date()),
        sa.Column("valid_until", _MOMENT, comment="24:00 Beijing time of the last valid day"),
        sa.Column("applied_at", _MOMENT, comment="unknown until the first entry has arrived"),
        sa.Column("ended_at", _MOMENT),
        sa.Column(
            "log_seq", sa.Integer(), nullable=False, comment="0: only its assessments were heard of"
        ),
        sa.Column("log_hash", _TEXT, nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("platform_id", "term", name="pk_terms"),
    )
    op.create_index("ix_terms_application_id", "terms", ["application_id"])
    op.create_index(
        "ix_terms_open_due", "terms", ["due"], postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("ix_terms_stage_platform_id", "terms", ["stage", "platform_id"])
    op.create_index("ix_terms_valid_until", "terms", ["valid_until"])


def downgrade() -> None:
    """Drop the tables with their indexes; all they hold can be rebuilt from the histories."""
    for table in (
        "terms",
        "platforms",
        "plan_versions",
        "log_entries",
        "listings",
        "findings",
        "assessments",
    ):
        op.drop_table(table)
