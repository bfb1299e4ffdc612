"""Where a command reads histories from: options that the auditors' commands share."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import click

from audit.access_log import note
from audit.archive.archive_opening import SOURCES, Source, histories
from audit.archive.file_archive import FileHistories
from audit.commands.sources import from_option
from audit.histories import Histories
from audit.reading.case_logs import Problem, Reading, read_platform
from audit.reading.log_checks import check_reading
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id as checked
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.language import say
from starter.terminal.screen import complain

Command = Callable[..., Any]


def source_options(command: Command) -> Command:
    """Give a command `--from` and `--files`."""
    for option in (_FILES, from_option):
        command = option(command)
    return command


def named_source_options(command: Command) -> Command:
    """The same for a command whose `--from` is a moment: there it is `--source`."""
    for option in (_FILES, _SOURCE):
        command = option(command)
    return command


_SOURCE: Callable[[Command], Command] = click.option(
    "--source",
    type=click.Choice(SOURCES),
    default="server",
    show_default=True,
    help="Where the histories are read. 历史来源",
)
_FILES: Callable[[Command], Command] = click.option(
    "--files",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Read histories from a file or a folder instead; may be repeated. 历史文件",
)


@asynccontextmanager
async def opened(source: Source, files: tuple[Path, ...]) -> AsyncIterator[Histories]:
    """The histories that were asked for.

    Raises:
        Unreachable: the server, or the database of the archive, does not answer.
        BadInput: a file is no history.
    """
    if files:
        yield FileHistories(files)
        return
    async with histories(source) as found:
        yield found


async def read_for(
    platform: str, source: Source, files: tuple[Path, ...], *, what: str, details: str | None = None
) -> Reading:
    """What the histories say of a platform; that somebody looks is noted first.

    Files are somebody's own already: nothing is noted, and no register is needed.

    Raises:
        NoSuchPlatform: there is no history of it.
        BadInput: this can be no platform's id; a file is no history.
    """
    checked(platform)
    if not files:
        async with open_engine() as engine:
            await note(engine, what, platform, details)
    async with opened(source, files) as found:
        reading = await read_platform(found, platform)
    if not reading.runs and not reading.problems:
        raise NoSuchPlatform(
            f"there is no history of {platform} here: look at the id, or read --from archive",
            f"没有 {platform} 的历史：请核对编号，或用 --from archive 从归档读取",
        )
    if not reading.logs:
        raise BadInput(
            f"the histories of {platform} hold no log: {_first(reading.problems)}",
            f"{platform} 的历史中没有记录：{_first(reading.problems)}",
        )
    return reading


@contextmanager
def showing(reading: Reading) -> Iterator[int]:
    """Show what histories say; whether they hold is asked first, and said below: so many things do not.

    Raises:
        BadInput: they are too broken to be shown.
    """
    problems = check_reading(reading)
    try:
        yield len(problems)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        if not problems:
            raise  # a mistake of ours
        raise BadInput(
            f"these histories are too broken to be shown ({error}): {_first(problems)}",
            f"这些历史损坏过多，无法显示（{error}）：{_first(problems)}",
        ) from None
    if problems:
        look = f"pingtai audit reconcile {reading.platform_id}"
        complain(
            say(
                f"These histories do not hold ({len(problems)} found): {look}",
                f"这些历史有 {len(problems)} 处不符：{look}",
            )
        )


def _first(problems: Sequence[Problem]) -> str:
    if not problems:
        return say("no case was opened", "没有立案")
    problem = problems[0]
    return say(f"{problem.where}: {problem.en}", f"{problem.where}：{problem.zh}")


def platforms_word(number: int) -> str:
    """So many platforms, in English."""
    return f"{number} platform" if number == 1 else f"{number} platforms"
