"""What the auditors' commands take: where histories are read, a moment or an entry, files."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

import click

from audit.reading.snapshots import EntryName, entry_named
from starter.commands.notation import day as day_written
from starter.terminal.language import say
from workflows.periods import BEIJING, end_of
from workflows.words import Words

Source = Literal["server", "archive"]
Option = Callable[[Callable[..., Any]], Callable[..., Any]]
When = datetime | EntryName
"""A moment, or the entry after which something is looked at."""


def _source_option(flag: str) -> Option:
    return click.option(
        flag,
        "source",
        type=click.Choice(("server", "archive")),
        default="server",
        show_default=True,
        is_eager=True,  # which platform is meant depends on it
        help="Where histories are read from. 历史来源",
    )


_files_option: Option = click.option(
    "--files",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    is_eager=True,
    metavar="PATH",
    help="Read histories from a file or a folder instead; may be repeated. 历史文件",
)
from_option = _source_option("--from")


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--from` and `--files`."""
    return from_option(_files_option(command))


def named_source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the same to a command whose `--from` is a moment: there it is `--source`."""
    return _source_option("--source")(_files_option(command))


def file_option(*names: str, help: str) -> Option:
    """Give a command an option that names a file."""
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option(*names, type=kind, metavar="FILE", help=help)


output_option = file_option("-o", "--output", help="Write to a new file. 输出文件（须为新文件）")
digests_option = file_option(
    "--digests", "known", help="Compare with published digests (`digest export`). 已公布的摘要"
)
json_lines_option: Option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a line of JSON for each platform, as soon as it is done. 逐行输出 JSON",
)


class WhenType(click.ParamType[Any]):
    """A moment in Beijing (a day is its end), an entry as the timeline names it, or either."""

    def __init__(self, name: Literal["moment", "entry", "when"]) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> When:
        """Return the one that it is."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        entry = entry_named(value) if self.name != "moment" else None
        found = entry or (_moment(value) if self.name != "entry" else None)
        if found is None:
            wrong = (
                _NO_DAY if self.name != "entry" and _WRITTEN.match(value) else _EXPECTED[self.name]
            )
            self.fail(say(wrong.at(Words(f"{value!r}", f"“{value}”"))), param, ctx)
        return found


_WRITTEN = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2})?\s*$", re.ASCII)
_NO_DAY = Words("there is no such day or hour", "没有这一日期或者时刻")
_EXPECTED = {
    "moment": Words(
        "use YYYY-MM-DDTHH:MM (Beijing time) or YYYY-MM-DD",
        "应为北京时间 YYYY-MM-DDTHH:MM，或 YYYY-MM-DD",
    ),
    "entry": Words("use an entry such as 7, 1.7 or 1-y2.3", "应为记录编号，例如 7、1.7、1-y2.3"),
    "when": Words(
        "use a moment (YYYY-MM-DDTHH:MM, Beijing time) or an entry (1.7, 1-y2.3)",
        "应为时刻（北京时间 YYYY-MM-DDTHH:MM）或记录编号（1.7、1-y2.3）",
    ),
}


def _moment(written: str) -> datetime | None:
    on, time_of_day, at = written.strip().replace(" ", "T").partition("T")
    written = day_written(on) + time_of_day + at
    day = written.removesuffix("T24:00")
    try:
        found = datetime.fromisoformat(day)
        if found.time() == time() and len(day) <= len("2025-03-01"):
            return end_of(found.date())
        if day != written:
            return None
        found = found if found.tzinfo else found.replace(tzinfo=BEIJING)
        found.astimezone(UTC).astimezone(BEIJING)  # raises where the calendar ends
        return found
    except (ValueError, OverflowError):
        return None
