"""`pingtai inbox --watch`: the inbox drawn again on a terminal; in a pipe, a line for each change."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from activities.harmless_text import harmless
from db.inbox_queries import InboxRow, StepCount, Wanted
from starter.commands.inbox_rows import NOTHING_WAITING, cells, counted, data, rows_table
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import (
    draws,
    heading,
    reader_left,
    show_json_line,
    text,
    write,
)
from starter.terminal.table_layout import fit
from workflows.words import Words

if TYPE_CHECKING:
    from db.inbox_queries import Inbox
    from starter.desk.http_inbox import HttpInbox

    InboxReads = Inbox | HttpInbox

Known = dict[tuple[str, int, int, str], InboxRow]
Change = tuple[str, InboxRow]
NEW, CHANGED, GONE = "new", "changed", "gone"
_WORDS = {
    NEW: Words("new", "新增"),
    CHANGED: Words("changed", "变化"),
    GONE: Words("gone", "办结"),
}


async def watch(
    inbox: "InboxReads",
    wanted: Sequence[Wanted],
    limit: int,
    every: int,
    nothing: Words,
    *,
    as_json: bool,
) -> None:
    """Refresh the inbox every few seconds, until Ctrl-C; `nothing` says that it is empty."""
    if draws() and not as_json:
        await _draw(inbox, wanted, limit, every, nothing)
    else:
        await _tell(inbox, wanted, limit, every, as_json=as_json)


async def _draw(
    inbox: "InboxReads", wanted: Sequence[Wanted], limit: int, every: int, nothing: Words
) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            rows = await inbox.page(*wanted, limit=limit) if wanted else []
            counts = await inbox.counts(*wanted) if wanted else []
            live.update(view_of(console, rows, counts, every, nothing), refresh=True)
            await asyncio.sleep(every)


def view_of(
    console: Console,
    rows: Sequence[InboxRow],
    counts: Sequence[StepCount],
    every: int,
    nothing: Words = NOTHING_WAITING,
) -> Group:
    """Return what fits the screen: the counts, then the rows, earliest due first, and how many more wait."""
    now = datetime.now(UTC)
    when = wording.moment(now)
    top = Words(
        f"{when} · every {every} s · Ctrl-C to stop", f"{when} · 每 {every} 秒刷新 · Ctrl-C 结束"
    )
    if not rows:
        return Group(text(top), heading(nothing))

    def drawn(first: int) -> Table:
        table = rows_table(rows[:first], now)
        fit(table, console.width)
        return table

    above = Group(text(top), heading(counted(counts)), text(""))
    room = console.height - len(console.render_lines(above, pad=False)) - 1
    # A row takes a line at least: more rows than lines need not be drawn to see that they do not fit.
    shown = min(len(rows), room)
    while shown and len(console.render_lines(drawn(shown), pad=False)) > room:
        shown -= 1
    beyond = sum(one.waiting for one in counts) - shown
    more = Words(
        f"… and {beyond} more: a higher window, or pingtai inbox",
        f"……另有 {beyond} 项：请加高窗口，或运行 pingtai inbox",
    )
    below = [text(more)] if beyond > 0 else []
    return Group(above, drawn(shown), *below)


async def _tell(
    inbox: "InboxReads", wanted: Sequence[Wanted], limit: int, every: int, *, as_json: bool
) -> None:
    known: Known = {}
    while True:
        rows = await inbox.page(*wanted, limit=limit) if wanted else []
        now = datetime.now(UTC)
        for change, row in changes(known, rows, full=len(rows) == limit):
            _say(change, row, now, as_json=as_json)
        if reader_left():
            return
        known = {key(row): row for row in rows}
        await asyncio.sleep(every)


def changes(known: Known, rows: Sequence[InboxRow], *, full: bool) -> Iterator[Change]:
    """What has changed since the page before. Of what lies beyond a full page nothing is known."""
    seen = {key(row): row for row in rows}
    for name, row in known.items():
        if name not in seen and not (full and row.place > rows[-1].place):
            yield GONE, row
    for name, row in seen.items():
        if name not in known:
            yield NEW, row
        elif known[name] != row:
            yield CHANGED, row


def key(row: InboxRow) -> tuple[str, int, int, str]:
    """What tells a row from another, whatever changes in it."""
    return row.platform_id, row.term, row.year, row.role


def _say(change: str, row: InboxRow, now: datetime, *, as_json: bool) -> None:
    if as_json:
        show_json_line({"change": change, "row": data(row, now)})
        return
    line = "  ".join((wording.moment(now), say(_WORDS[change]), *cells(row, now)))
    write(harmless(line) + "\n")
