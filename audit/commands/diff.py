"""`pingtai audit diff`: show what changed in a platform between two moments or entries."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from audit.commands.audit_options import Source, When, WhenType, named_source_options
from audit.commands.history_platform import history_argument
from audit.commands.history_source import (
    not_applied_yet,
    note_future,
    read_for,
    showing,
    snapshot,
    when_word,
)
from audit.commands.state import snapshot_plain
from audit.commands.state_words import exact_words, field_words, value_words
from audit.commands.timeline import moment_plain, moments_table
from audit.reading.snapshots import Change, Snapshot, between, changes
from audit.reading.timeline_entries import moments
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.pager import paged
from starter.terminal.screen import Column, complain, heading, show, show_json, table_of
from workflows.words import Words

_Row = tuple[str, str, str]
"""A field in words, and its value before and after."""


@click.command("diff")
@history_argument
@click.option(
    "--from",
    "begin",
    type=WhenType("when"),
    required=True,
    metavar="WHEN",
    help="A moment in Beijing, as 2025-03-01T00:00, or an entry, as 1.7. 起",
)
@click.option(
    "--to",
    "end",
    type=WhenType("when"),
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
    """Show what changed between two moments or entries. 状态差异

    Also the entries that changed it. A day is its end; a moment before the application is an empty state.

    \b
    Example:
      pingtai audit diff bj-riscv-soc --from 2026-12-31 --to 2027-03-01T00:00
      pingtai audit diff bj-riscv-soc --from 1.2 --to 1.4
    """
    _in_order(begin, end)
    named = f"{when_word(begin)} – {when_word(end)}"
    reading = await read_for(platform, source, files, what="diff", details=named)
    with showing(reading):
        before, after = snapshot(reading, begin), snapshot(reading, end)
        if after is None:
            raise not_applied_yet(reading)
        if before and not (before.at <= after.at and before.held <= after.held):
            raise _reversed()
        differs, came = changes(before, after), between(moments(reading), before, after)
        if as_json:
            show_json(
                {
                    "from": snapshot_plain(before) if before else None,
                    "to": snapshot_plain(after),
                    "changes": [{"field": n, "from": a, "to": b} for n, a, b in differs],
                    "entries": [moment_plain(one) for one in came],
                }
            )
        elif not came:
            complain(Words("No entries in between.", "其间没有记录"))
        else:
            with paged():
                _show(_in_words(differs, before, after), moments_table(reading, came))
        note_future(reading, end)


def _reversed() -> BadInput:
    return BadInput("--to is before --from.", "--to 早于 --from")


def _in_order(begin: When, end: When) -> None:
    """Refuse moments the wrong way round, also where nothing happened in between."""
    if isinstance(begin, datetime) and isinstance(end, datetime) and end < begin:
        raise _reversed()


def _in_words(differs: list[Change], before: Snapshot | None, after: Snapshot) -> list[_Row]:
    return [row for change in differs if (row := _row(change, before, after))]


def _row(change: Change, before: Snapshot | None, after: Snapshot) -> _Row | None:
    path, old, new = change
    if path == "platform.plans_filed":
        # It is written down only once a plan goes back; until then the version says how many there were.
        old, new = _plans_filed(before), _plans_filed(after)
        if old == new:
            return None
    words = _value(path, old, before), _value(path, new, after)
    if words[0] == words[1]:
        words = exact_words(old), exact_words(new)
    return field_words(path), *words


def _plans_filed(found: Snapshot | None) -> int | None:
    return max(found.state.plans_filed, found.state.plan_version) if found else None


def _value(path: str, value: Any, found: Snapshot | None) -> str:
    case, _, name = path.partition(".")
    if name == "due" and value is None and found and found.lacks_due(case):
        return say(_NO_DUE)
    return value_words(path, value)


_NO_DUE = Words("none worked out: the step went on at once", "未计算（该环节随即办结）")


def _show(differs: list[_Row], entries: Table) -> None:
    if differs:
        show(
            heading(Words("What changed (Beijing time)", "变化（北京时间）")),
            table_of(differs, _COLUMNS),
        )
    show(heading(Words("Entries (Beijing time)", "记录（北京时间）")), entries)


_COLUMNS: tuple[Column[_Row], ...] = (
    Column(Words("what", "项目"), lambda one: one[0], least=26),
    Column(Words("before", "之前"), lambda one: one[1]),
    Column(Words("after", "之后"), lambda one: one[2]),
)
