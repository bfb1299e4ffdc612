"""`pingtai register`: the platforms, a page at a time."""

import click
from rich.table import Table

from db.queries import LARGEST_PAGE
from db.rows import RegisterRow
from starter import wording
from starter.commands.notation import WordChoice
from starter.commands.running import answering
from starter.language import say
from starter.register import open_register
from starter.screen import complain, show, show_json, table
from workflows.periods import last_day
from workflows.vocabulary import District, Field, Stage


@click.command("register", short_help="List the platforms. 平台名册")
@click.option(
    "--district", type=WordChoice(District), metavar="DISTRICT", help="Only this district's. 所在区"
)
@click.option("--field", metavar="FIELD", help=f"Only this field's. 领域: {', '.join(Field)}")
@click.option(
    "--stage",
    type=WordChoice(Stage),
    metavar="STAGE",
    help=f"Only those in this stage. 阶段: {', '.join(Stage)}",
)
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=50,
    show_default=True,
    help="So many at most. 行数",
)
@click.option("--after", metavar="PLATFORM", help="Those after this platform id: the next page.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def register_command(
    *,
    district: str | None,
    field: str | None,
    stage: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """List the platforms with their newest terms, by platform id. 平台名册

    \b
    Example:
      pingtai register --district haidian --stage valid
    """
    _register(
        district=district, field=field, stage=stage, limit=limit, after=after, as_json=as_json
    )


@answering
async def _register(
    *,
    district: str | None,
    field: str | None,
    stage: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    wanted = next((str(known) for known in Field if field == known.zh), field)
    async with open_register() as register:
        rows = await register.register(
            district=district, field=wanted, stage=stage, after=after, limit=limit
        )
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        show(rows_table(rows))
    else:
        complain(say("no platforms", "没有平台"))
    if len(rows) == limit and not as_json:
        complain(
            say(
                f"There may be more: --after {rows[-1].platform_id}",
                f"可能还有：--after {rows[-1].platform_id}",
            )
        )


_SHORT = 24
"""Ids up to this length keep to one line."""


def rows_table(rows: list[RegisterRow]) -> Table:
    """The rows as a table: id, name, district, field, stage, and its last day."""
    short = all(len(row.platform_id) <= _SHORT for row in rows)
    return table(
        (
            say("platform", "编号"),
            say("name", "名称"),
            say("district", "所在区"),
            say("field", "领域"),
            say("stage", "阶段"),
            say("until", "期限"),
        ),
        [
            (
                row.platform_id,
                row.name,
                wording.district(row.district),
                wording.field(row.field),
                _stage(row),
                _until(row),
            )
            for row in rows
        ],
        whole=(0, 5) if short else (5,),
    )


def _stage(row: RegisterRow) -> str:
    words = wording.stage(row.stage)
    if row.overdue:
        words += say(", OVERDUE", "【逾期】")
    if row.open_assessment:
        words += say(f", assessment {row.open_assessment}", f"，第 {row.open_assessment} 年考核")
    return words


def _until(row: RegisterRow) -> str:
    end = row.valid_until if row.stage == Stage.VALID else row.due
    return str(last_day(end)) if end and not wording.has_ended(row.stage) else ""
