"""`pingtai audit diff`: what changed in a platform between two moments or entries, and by which entries."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from audit.archive.archive_opening import Source
from audit.commands.readings import named_source_options, read_for, showing
from audit.commands.state import standing_plain
from audit.commands.timeline import moment_plain, moments_table
from audit.commands.when import When, WhenWord, standing_at, when_word
from audit.reading.changes import Change, between, changes
from audit.reading.timeline_entries import moments
from starter.commands.options import json_option, platform_argument
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, heading, show, show_json, table
from starter.terminal.wording import moment

_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$")
_LETTERS = 60
"""Of a value that is longer a table shows the beginning; `--json` has it whole."""


@click.command("diff")
@platform_argument
@click.option(
    "--from",
    "begin",
    type=WhenWord(),
    required=True,
    metavar="WHEN",
    help="A moment in Beijing, as 2025-03-01T00:00, or an entry, as 1.7. 起",
)
@click.option(
    "--to",
    "end",
    type=WhenWord(),
    required=True,
    metavar="WHEN",
    help="The same, later. 止",
)
@named_source_options
@json_option
@answering
async def diff_command(
    *,
    platform: str,
    begin: When,
    end: When,
    source: Source,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """What changed in a platform, and the entries that changed it. 状态差异

    A day is its end; a moment before the application is an empty state.

    \b
    Example:
      pingtai audit diff bj-riscv-soc --from 2026-12-31 --to 2027-03-01T00:00
      pingtai audit diff bj-riscv-soc --from 1.2 --to 1.4
    """
    named = f"{when_word(begin)} – {when_word(end)}"
    reading = await read_for(platform, source, files, what="diff", details=named)
    with showing(reading):
        before, after = standing_at(reading, begin), standing_at(reading, end)
        if after is None:
            raise NoSuchPlatform(
                f"{platform} had not been applied for then", f"{platform} 当时尚未提交申请"
            )
        if before and not before.held <= after.held:
            raise BadInput("--to is before --from", "--to 早于 --from")
        differs, came = changes(before, after), between(moments(reading), before, after)
        if as_json:
            show_json(
                {
                    "from": standing_plain(before) if before else None,
                    "to": standing_plain(after),
                    "changes": [{"field": n, "from": a, "to": b} for n, a, b in differs],
                    "entries": [moment_plain(one) for one in came],
                }
            )
        elif not came:
            complain(say("nothing happened in between", "其间没有记录"))
        else:
            _show(differs, moments_table(reading, came))


def _show(differs: list[Change], entries: Table) -> None:
    if differs:
        show(heading(say("What changed (Beijing time)", "变化（北京时间）")), _table(differs))
    show(heading(say("Entries (Beijing time)", "记录（北京时间）")), entries)


def _table(differs: list[Change]) -> Table:
    return table(
        (say("field", "字段"), say("before", "之前"), say("after", "之后")),
        [(name, _short(old), _short(new)) for name, old, new in differs],
    )


def _short(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, str) and _MOMENT.match(value):
        return moment(datetime.fromisoformat(value))
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= _LETTERS else f"{words[:_LETTERS]}…"
