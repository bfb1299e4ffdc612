"""How many await each decision, kept beside the inbox by its triggers. What is there is counted here.

Programs of before that still run write to the inbox as they did; the triggers count what they write, too.
The index along which was counted goes: nothing else needs it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_TEXT = sa.Text(collation="C")
_CELL = "role, district, kind, field, year, overdue"
_INDEX = "ix_inbox_counts_role_district_kind_field_year_overdue"

# A row that another transaction holds is passed over, never waited for: no decision waits for another one,
# and no two for each other.
_ADD = """
CREATE FUNCTION add_to_inbox_count(
    of_role text, of_district text, of_kind text, of_field text, of_year smallint, is_overdue boolean,
    change bigint
) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE inbox_counts SET waiting = waiting + change WHERE number = (
        SELECT number FROM inbox_counts
        WHERE role = of_role AND district = of_district AND kind = of_kind AND field = of_field
          AND year = of_year AND overdue = is_overdue
        LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO inbox_counts (role, district, kind, field, year, overdue, waiting)
        VALUES (of_role, of_district, of_kind, of_field, of_year, is_overdue, change);
    END IF;
END
$$
"""
_COUNT = f"""
CREATE FUNCTION count_inbox() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM add_to_inbox_count({_CELL}, count(*)) FROM came GROUP BY {_CELL};
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM add_to_inbox_count({_CELL}, -count(*)) FROM gone GROUP BY {_CELL};
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM add_to_inbox_count({_CELL}, sum(change)::bigint) FROM (
            SELECT {_CELL}, 1 AS change FROM came UNION ALL SELECT {_CELL}, -1 FROM gone
        ) AS changed GROUP BY {_CELL} HAVING sum(change) <> 0;
    ELSE
        DELETE FROM inbox_counts;
    END IF;
    RETURN NULL;
END
$$
"""  # noqa: S608 - of constants
_CAME, _GONE = "NEW TABLE AS came", "OLD TABLE AS gone"
_TRIGGERS = {
    "INSERT": f"REFERENCING {_CAME}",
    "UPDATE": f"REFERENCING {_CAME} {_GONE}",
    "DELETE": f"REFERENCING {_GONE}",
    "TRUNCATE": "",
}


def upgrade() -> None:
    """Make the counts, let the triggers keep them, and count what is there."""
    op.create_table(
        "inbox_counts",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("role", "district", "kind", "field")),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="0: the platform itself"),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column(
            "waiting", sa.BigInteger(), nullable=False, comment="rows of awaiting; several add up"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_inbox_counts"),
        postgresql_with={"fillfactor": 50},
        comment="How many rows of the inbox await each decision; kept by triggers of awaiting",
    )
    op.create_index(_INDEX, "inbox_counts", _CELL.split(", "))
    op.execute(_ADD)
    op.execute(_COUNT)
    for (
        event,
        tables,
    ) in _TRIGGERS.items():  # the first waits for who writes there, and keeps others out
        op.execute(
            f"CREATE TRIGGER awaiting_counted_{event.lower()} AFTER {event} ON awaiting {tables}"
            " FOR EACH STATEMENT EXECUTE FUNCTION count_inbox()"
        )
    op.execute(
        f"INSERT INTO inbox_counts ({_CELL}, waiting)"  # noqa: S608 - of constants
        f" SELECT {_CELL}, count(*) FROM awaiting GROUP BY {_CELL}"
    )
    op.drop_index("ix_awaiting_counted", "awaiting")


def downgrade() -> None:
    """Count along the index again. Rows that were counted stay as they are."""
    op.create_index("ix_awaiting_counted", "awaiting", ["role", "district", "kind", "overdue"])
    for event in _TRIGGERS:
        op.execute(f"DROP TRIGGER awaiting_counted_{event.lower()} ON awaiting")
    op.execute("DROP FUNCTION count_inbox()")
    op.execute(
        "DROP FUNCTION add_to_inbox_count(text, text, text, text, smallint, boolean, bigint)"
    )
    op.drop_table("inbox_counts")
