"""How many platforms the register has of each kind, kept by its triggers. What is there is counted here.

As with the inbox (r0019), programs of before that still run write as they did, and are counted, too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_TEXT = sa.Text(collation="C")
_CELL = "district, field, stage, listed_year"
_INDEX = "ix_register_counts_district_field_stage_listed_year"
_NEWEST = """
    SELECT p.platform_id, p.district, p.field, t.stage,
           coalesce(extract(year FROM t.listed_on), 0)::smallint AS listed_year
    FROM platforms AS p JOIN terms AS t ON t.platform_id = p.platform_id AND t.term = p.term"""

# `pg_temp` last: `audit reconcile` has tables of the same names there, which are none of the register's.
# A count that another transaction holds is passed over, never waited for (r0019). Its platform's row each
# batch has locked before; whoever writes without, locks it here, and then sees what others wrote.
_RELIST = f"""
CREATE FUNCTION count_platforms_again(ids text[]) RETURNS void
LANGUAGE plpgsql SET search_path TO {{schema}}, pg_temp AS $$
DECLARE
    moved record;
BEGIN
    PERFORM FROM platforms AS p WHERE p.platform_id = ANY(ids) ORDER BY p.platform_id FOR UPDATE;
    FOR moved IN
        SELECT {_CELL}, sum(change)::bigint AS change FROM (
            SELECT {_CELL}, 1 AS change FROM ({_NEWEST} WHERE p.platform_id = ANY(ids)) AS newest
            UNION ALL
            SELECT {_CELL}, -1 FROM counted_platforms WHERE platform_id = ANY(ids)
        ) AS changed GROUP BY {_CELL} HAVING sum(change) <> 0
    LOOP
        UPDATE register_counts SET platforms = platforms + moved.change WHERE number = (
            SELECT number FROM register_counts
            WHERE district = moved.district AND field = moved.field AND stage = moved.stage
              AND listed_year = moved.listed_year
            LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            INSERT INTO register_counts ({_CELL}, platforms)
            VALUES (moved.district, moved.field, moved.stage, moved.listed_year, moved.change);
        END IF;
    END LOOP;
    DELETE FROM counted_platforms AS c WHERE c.platform_id = ANY(ids) AND NOT EXISTS (
        SELECT FROM platforms AS p JOIN terms AS t ON t.platform_id = p.platform_id AND t.term = p.term
        WHERE p.platform_id = c.platform_id);
    INSERT INTO counted_platforms AS c (platform_id, {_CELL}) {_NEWEST} WHERE p.platform_id = ANY(ids)
    ON CONFLICT (platform_id) DO UPDATE SET district = excluded.district, field = excluded.field,
        stage = excluded.stage, listed_year = excluded.listed_year
    WHERE (c.district, c.field, c.stage, c.listed_year)
        <> (excluded.district, excluded.field, excluded.stage, excluded.listed_year);
END
$$
"""  # noqa: S608 - of constants
_COUNT = """
CREATE FUNCTION count_register() RETURNS trigger
LANGUAGE plpgsql SET search_path TO {schema}, pg_temp AS $$
DECLARE
    ids text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT platform_id) INTO ids FROM came;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT platform_id) INTO ids FROM gone;
    ELSIF TG_OP = 'UPDATE' THEN
        SELECT array_agg(DISTINCT platform_id) INTO ids
        FROM (SELECT platform_id FROM came UNION ALL SELECT platform_id FROM gone) AS changed;
    ELSE
        DELETE FROM counted_platforms;
        DELETE FROM register_counts;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM count_platforms_again(ids);
    END IF;
    RETURN NULL;
END
$$
"""
_CAME, _GONE = "NEW TABLE AS came", "OLD TABLE AS gone"
_TRIGGERS = {
    "INSERT": f"REFERENCING {_CAME}",
    "UPDATE": f"REFERENCING {_CAME} {_GONE}",
    "DELETE": f"REFERENCING {_GONE}",
    "TRUNCATE": "",
}
_TABLES = ("platforms", "terms")


def upgrade() -> None:
    """Make the counts, let the triggers keep them, and count what is there."""
    op.create_table(
        "counted_platforms",
        sa.Column("platform_id", _TEXT, nullable=False),
        *_cell(),
        sa.PrimaryKeyConstraint("platform_id", name="pk_counted_platforms"),
        postgresql_with={"fillfactor": 70},
        comment="As what each platform is counted in register_counts; kept by triggers",
    )
    op.create_table(
        "register_counts",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        *_cell(),
        sa.Column("platforms", sa.BigInteger(), nullable=False, comment="several rows add up"),
        sa.PrimaryKeyConstraint("number", name="pk_register_counts"),
        postgresql_with={"fillfactor": 50},
        comment="How many platforms there are, by their newest terms; kept by triggers",
    )
    op.create_index(_INDEX, "register_counts", _CELL.split(", "))
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for function in (_RELIST, _COUNT):
        op.execute(function.format(schema=schema))
    for table in _TABLES:
        for event, tables in _TRIGGERS.items():  # the first keeps out who writes there
            op.execute(
                f"CREATE TRIGGER {table}_counted_{event.lower()} AFTER {event} ON {table} {tables}"
                " FOR EACH STATEMENT EXECUTE FUNCTION count_register()"
            )
    op.execute(f"INSERT INTO counted_platforms (platform_id, {_CELL}) {_NEWEST}")
    op.execute(
        f"INSERT INTO register_counts ({_CELL}, platforms)"  # noqa: S608 - of constants
        f" SELECT {_CELL}, count(*) FROM counted_platforms GROUP BY {_CELL}"
    )


def downgrade() -> None:
    """Let nobody keep counts any more."""
    for table in _TABLES:
        for event in _TRIGGERS:
            op.execute(f"DROP TRIGGER {table}_counted_{event.lower()} ON {table}")
    op.execute("DROP FUNCTION count_register()")
    op.execute("DROP FUNCTION count_platforms_again(text[])")
    op.drop_table("register_counts")
    op.drop_table("counted_platforms")


def _cell() -> list[sa.Column[str] | sa.Column[int]]:
    year = sa.Column("listed_year", sa.SmallInteger(), nullable=False, comment="0: not listed")
    return [*(sa.Column(name, _TEXT, nullable=False) for name in _CELL.split(", ")[:-1]), year]
