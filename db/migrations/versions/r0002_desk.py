"""The desk: what is awaited, support, notices and their deliveries, substitutes, directions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text(collation="C")
_MOMENT = sa.DateTime(timezone=True)

# What the cases that are open already await: as the lifecycle table had it when this was written.
_AWAITED = """
    WITH awaited (year_of, stage, kind, role, once_overdue) AS (VALUES
        ('platform', 'recommendation', 'recommendation', 'district', false),
        ('platform', 'correction', 'plan_revision', 'operator', false),
        ('platform', 'inspection', 'inspection', 'commission', false),
        ('platform', 'improvement', 'plan_revision', 'operator', false),
        ('platform', 'expert_review', 'expert_opinion', 'commission', false),
        ('platform', 'listing', 'listing', 'commission', false),
        ('assessment', 'self_report', 'self_report', 'operator', false),
        ('assessment', 'self_report', 'self_report', 'commission', true),
        ('assessment', 'district_review', 'district_review', 'district', false),
        ('assessment', 'evaluation', 'evaluation', 'commission', false),
        ('assessment', 'rectification', 'rectification_report', 'operator', false),
        ('assessment', 'rectification', 'rectification_report', 'commission', true),
        ('assessment', 'reassessment', 'reassessment', 'commission', false)
    ), open_cases AS (
        SELECT 'platform' AS year_of, platform_id, term, 0 AS year, stage, since, due,
               due_provisional, overdue
        FROM terms WHERE ended_at IS NULL AND log_seq > 0
        UNION ALL
        SELECT 'assessment', a.platform_id, a.term, a.year, a.stage, a.since, a.due,
               a.due_provisional, a.overdue
        FROM (SELECT DISTINCT ON (platform_id, term, year) *
              FROM assessments ORDER BY platform_id, term, year, opening DESC) AS a
        JOIN terms t ON t.platform_id = a.platform_id AND t.term = a.term
        WHERE a.ended_at IS NULL AND t.ended_at IS NULL
          AND (t.open_assessment = a.year OR t.log_seq = 0)
    )
    INSERT INTO awaiting (platform_id, term, year, role, kind, stage, since, due, due_provisional,
                          overdue, name, operator, district, field)
    SELECT c.platform_id, c.term, c.year, a.role, a.kind, c.stage, c.since,
           coalesce(c.due, '9999-12-31T00:00:00Z'), c.due_provisional, c.overdue,
           p.name, p.operator, p.district, p.field
    FROM open_cases c
    JOIN awaited a ON a.year_of = c.year_of AND a.stage = c.stage
                  AND (c.overdue OR NOT a.once_overdue)
    JOIN platforms p ON p.platform_id = c.platform_id AND p.term = c.term
"""


def upgrade() -> None:
    """Make the tables, and fill the inbox from the cases that are open."""
    op.create_table(
        "awaiting",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "year",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="0: the platform itself; else its assessment",
        ),
        sa.Column("role", _TEXT, nullable=False, comment="who may decide it"),
        sa.Column("kind", _TEXT, nullable=False, comment="the decision that is awaited"),
        sa.Column("stage", _TEXT, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("due", _MOMENT, nullable=False, comment="9999-12-31: not known yet"),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("operator", _TEXT, nullable=False),
        sa.Column("district", _TEXT, nullable=False),
        sa.Column("field", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("platform_id", "term", "year", "role", name="pk_awaiting"),
        comment="The inbox: what each open case awaits, once for each role that may decide it",
    )
    op.create_index(
        "ix_awaiting_due_platform_id_year_role", "awaiting", ["due", "platform_id", "year", "role"]
    )
    op.create_index(
        "ix_awaiting_field_due_platform_id_year_role",
        "awaiting",
        ["field", "due", "platform_id", "year", "role"],
    )
    op.create_index(
        "ix_awaiting_kind_due_platform_id_year_role",
        "awaiting",
        ["kind", "due", "platform_id", "year", "role"],
    )
    op.create_index(
        "ix_awaiting_operator_due_platform_id_year_role",
        "awaiting",
        ["operator", "due", "platform_id", "year", "role"],
    )
    op.create_index(
        "ix_awaiting_role_district_due_platform_id_year",
        "awaiting",
        ["role", "district", "due", "platform_id", "year"],
    )
    op.create_index(
        "ix_awaiting_role_due_platform_id_year", "awaiting", ["role", "due", "platform_id", "year"]
    )
    op.create_index(
        "ix_awaiting_overdue",
        "awaiting",
        ["due", "platform_id", "year", "role"],
        postgresql_where=sa.text("overdue"),
    )
    op.create_index("ix_awaiting_counted", "awaiting", ["role", "district", "kind", "overdue"])
    op.create_table(
        "deliveries",
        sa.Column("notice_id", _TEXT, nullable=False),
        sa.Column("recipient", _TEXT, nullable=False, comment="its name in the configuration"),
        sa.Column("channel", _TEXT, nullable=False, comment="email, webhook or file"),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="of the notice"),
        sa.Column("state", _TEXT, nullable=False, comment="waiting, delivered or dead"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("last_error", _TEXT),
        sa.Column("delivered_at", _MOMENT),
        sa.PrimaryKeyConstraint("notice_id", "recipient", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_state_number", "deliveries", ["state", "number"])
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["recipient", "next_at", "number"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "directions",
        sa.Column("field", _TEXT, nullable=False),
        sa.Column("direction", _TEXT, nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False, comment="1 is the first"),
        sa.Column("districts", sa.ARRAY(_TEXT), nullable=False, comment="empty: any"),
        sa.Column("imported_at", _MOMENT, nullable=False),
        sa.Column("imported_by", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("field", "direction", name="pk_directions"),
        comment="总体建设布局 §四: field × direction, with priority and districts",
    )
    op.create_table(
        "notices",
        sa.Column("id", _TEXT, nullable=False, comment="the same when a batch is told again"),
        sa.Column(
            "number",
            sa.BigInteger(),
            sa.Identity(always=False),
            nullable=False,
            comment="the order of writing",
        ),
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="0: the platform's own log"),
        sa.Column("opening", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="of the log entry that it tells of"),
        sa.Column("event", _TEXT, nullable=False, comment="such as overdue, or a decision's kind"),
        sa.Column("role", _TEXT, nullable=False, comment="whom it is for"),
        sa.Column("district", _TEXT, nullable=False, comment="the platform's"),
        sa.Column("at", _MOMENT, nullable=False, comment="of the entry"),
        sa.Column(
            "content", postgresql.JSONB(), nullable=False, comment="what the texts are made of"
        ),
        sa.Column(
            "handed_out", sa.Boolean(), nullable=False, comment="its deliveries have been made"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_number", "notices", ["number"])
    op.create_index("ix_notices_platform_id_number", "notices", ["platform_id", "number"])
    op.create_index(
        "ix_notices_waiting", "notices", ["number"], postgresql_where=sa.text("NOT handed_out")
    )
    op.create_table(
        "substitutions",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("principal_id", _TEXT, nullable=False),
        sa.Column("substitute_id", _TEXT, nullable=False),
        sa.Column("role", _TEXT, nullable=False, comment="the principal's"),
        sa.Column("organisation", _TEXT, nullable=False),
        sa.Column("district", _TEXT),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False, comment="included"),
        sa.Column("reason", _TEXT),
        sa.Column("named_by", _TEXT, nullable=False),
        sa.Column("named_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT),
        sa.PrimaryKeyConstraint("number", name="pk_substitutions"),
    )
    op.create_index(
        "ix_substitutions_principal_id_last_day", "substitutions", ["principal_id", "last_day"]
    )
    op.create_index(
        "ix_substitutions_substitute_id_last_day", "substitutions", ["substitute_id", "last_day"]
    )
    op.create_table(
        "support",
        sa.Column("platform_id", _TEXT, nullable=False),
        sa.Column("term", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("support", _TEXT, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("amount_wan", sa.Integer(), comment="in 万元"),
        sa.Column("actor_id", _TEXT, nullable=False),
        sa.Column("organisation", _TEXT, nullable=False),
        sa.Column("decision_id", _TEXT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("platform_id", "term", "seq", name="pk_support"),
    )
    op.create_index("ix_support_given_on_platform_id", "support", ["given_on", "platform_id"])
    op.add_column(
        "log_entries",
        sa.Column(
            "set_aside_by",
            sa.Integer(),
            comment="the entry of the same log that set this one aside",
        ),
    )
    op.create_index(
        "ix_log_entries_decision_id",
        "log_entries",
        ["decision_id"],
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index(
        "ix_log_entries_own_at",
        "log_entries",
        ["platform_id", "at"],
        postgresql_where=sa.text("year = 0"),
    )
    op.create_index("ix_terms_list_number_platform_id", "terms", ["list_number", "platform_id"])
    op.create_index("ix_terms_listed_on_platform_id", "terms", ["listed_on", "platform_id"])
    op.execute(_AWAITED)


def downgrade() -> None:
    """Drop what was made; deliveries, substitutes and directions are lost, the rest is derived."""
    op.drop_index("ix_terms_listed_on_platform_id", table_name="terms")
    op.drop_index("ix_terms_list_number_platform_id", table_name="terms")
    op.drop_index("ix_log_entries_own_at", table_name="log_entries")
    op.drop_index("ix_log_entries_decision_id", table_name="log_entries")
    op.drop_column("log_entries", "set_aside_by")
    for table in (
        "support",
        "substitutions",
        "notices",
        "directions",
        "deliveries",
        "awaiting",
    ):
        op.drop_table(table)
