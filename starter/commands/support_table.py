"""Support given, as a table: on what day, of which kind, what it was, by whom it was recorded."""

from collections.abc import Sequence

from rich.table import Table

from db.row_types import SupportRow
from starter.terminal import wording
from starter.terminal.language import say, word
from starter.terminal.screen import short, table
from workflows.vocabulary import Support


def support_table(rows: Sequence[SupportRow], *, platforms: bool = False) -> Table:
    """The rows as a table, with `platforms` also whose; what was set aside says so."""
    columns = (
        say("given on", "给予日期"),
        *((say("platform", "编号"), say("district", "所在区")) if platforms else ()),
        say("support", "类别"),
        say("what", "名称"),
        say("10,000 yuan", "万元"),
        say("recorded by", "登记人"),
    )
    cells = [
        (
            str(row.given_on),
            *((row.platform_id, wording.district(row.district)) if platforms else ()),
            word(row.support, Support),
            _title(row),
            "" if row.amount_wan is None else f"{row.amount_wan:,}",
            row.actor_id,
        )
        for row in rows
    ]
    return table(
        columns,
        cells,
        whole=(0, 1) if platforms and short(row.platform_id for row in rows) else (0,),
    )


def _title(row: SupportRow) -> str:
    if row.set_aside_by is None:
        return row.title
    by = f"{row.term}.{row.set_aside_by}"
    return say(f"SET ASIDE by {by}: {row.title}", f"【已由 {by} 撤销】{row.title}")
