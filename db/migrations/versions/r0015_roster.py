"""The roster: its log, people, keys and versions. All are empty until one is set up (`pingtai roster init`)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

_TEXT = sa.Text(collation="C")
_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False, comment=comment)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "roster_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        *map(_text, ("kind", "name", "outcome")),
        _text("stage", "after the entry"),
        sa.Column("actor", postgresql.JSONB()),
        sa.Column("decision_id", _TEXT),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        *map(_text, ("previous", "hash")),
        sa.PrimaryKeyConstraint("seq", name="pk_roster_log"),
        comment="The log of the roster: who may sign",
    )
    op.create_table(
        "roster_entries",
        *map(_text, ("id", "name", "role", "organisation")),
        sa.Column("district", _TEXT),
        sa.Column("platform_id", _TEXT),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), comment="included"),
        sa.Column("entry", postgresql.JSONB(), nullable=False, comment="as it was signed"),
        _text("leaf", "its hash in the roster's tree"),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the roster that made it so"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_entries"),
        comment="The people in force, derived from roster_log",
    )
    op.create_index(
        "ix_roster_entries_role_district_id", "roster_entries", ["role", "district", "id"]
    )
    op.create_index("ix_roster_entries_platform_id_id", "roster_entries", ["platform_id", "id"])
    op.create_table(
        "roster_keys",
        _text("public", "as in a file *.pub, no comment"),
        *map(_text, ("fingerprint", "person_id")),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), comment="included"),
        sa.Column("revoked", _MOMENT),
        sa.PrimaryKeyConstraint("public", name="pk_roster_keys"),
        comment="All keys that were ever in force, derived from roster_log",
    )
    op.create_index("ix_roster_keys_person_id", "roster_keys", ["person_id"])
    op.create_index("ix_roster_keys_fingerprint", "roster_keys", ["fingerprint"])
    op.create_table(
        "roster_roots",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "seq", sa.Integer(), nullable=False, comment="of the log entry that put it in force"
        ),
        _text("digest"),
        sa.Column(
            "signed",
            postgresql.JSONB(),
            nullable=False,
            comment="the version, with its officers' signatures",
        ),
        sa.PrimaryKeyConstraint("version", name="pk_roster_roots"),
        comment="The versions of the roster, derived from roster_log",
    )


def downgrade() -> None:
    """Drop the tables; the roster's history has all that stood in them."""
    for name in ("roster_roots", "roster_keys", "roster_entries", "roster_log"):
        op.drop_table(name)
