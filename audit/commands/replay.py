"""`pingtai audit replay`: execute histories again on the code that is installed; say what does not agree."""

import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from audit.access_log import note
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_opening import Source, histories
from audit.archive.file_archive import FileHistories
from audit.archive.server_histories import ServerHistories
from audit.commands.replay_words import Totals, lines, summary
from audit.commands.sources import from_option
from audit.commands.verdicts import NOT_CHECKED
from audit.histories import Histories, StoredHistory
from audit.replay.comparing import against_register
from audit.replay.findings import Finding
from audit.replay.parallel import replay_all
from audit.replay.together import PlatformReplay, plain, said
from db.queries import RegisterQueries
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.commands.options import PlatformId
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line, watched

NOT_SOUND = 1
"""The exit code when something does not agree, or nothing was there that could."""
MOST_PROCESSES = 64
_LETTERS = 120


_WHERE = {"server": "on the server", "archive": "in the archive"}


@dataclass(frozen=True)
class Asked:
    """What is to be replayed."""

    names: tuple[str, ...]
    everything: bool
    files: bool
    source: Source
    register: bool

    def check(self) -> None:
        """Refuse what is not said plainly.

        Raises:
            BadInput: nothing was named, or too much.
        """
        if self.files and not self.names:
            raise BadInput("--files: name files or folders", "--files：请给出文件或文件夹")
        if bool(self.names) == self.everything:
            raise BadInput(
                "name platforms, or say --all, or give files with --files",
                "请给出平台编号，或用 --all，或用 --files 给出文件",
            )
        if not self.files:
            for name in self.names:
                platform_id(name)


@click.command("replay")
@click.argument("names", nargs=-1, metavar="[PLATFORM]...", type=PlatformId())
@click.option("--all", "everything", is_flag=True, help="All platforms. 全部平台")
@click.option(
    "--files", is_flag=True, help="What is named are files or folders of histories. 历史文件"
)
@from_option
@click.option(
    "--processes",
    type=click.IntRange(1, MOST_PROCESSES),
    metavar="N",
    help="Over so many processes; by default one for each core. 进程数",
)
@click.option(
    "--register/--no-register",
    default=True,
    help="Compare with the register, too (never with --files). 是否与登记库比对",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on a line for each platform."
)
@answering
async def replay_command(
    *,
    names: tuple[str, ...],
    everything: bool,
    files: bool,
    source: Source,
    processes: int | None,
    register: bool,
    as_json: bool,
) -> None:
    """Execute histories again on the code that is installed here, and say what does not agree. 重放

    Whether the code does what the history says; whether what was handed in is what the code hands in;
    whether the log's chain holds, the state is the log's fold, and the register says the same; whether
    what a run took up was written by another. Exit code 1: something does not agree, or there is no
    history; 5: all that is here agrees, and something was not checked, since a history is missing.

    \b
    Example:
      pingtai audit replay bj-riscv-soc
      pingtai audit replay --all --from archive --processes 2
      pingtai audit replay --files histories/*.json
    """
    wanted = Asked(names, everything, files, source, register and not files)
    wanted.check()
    totals = Totals()
    async with AsyncExitStack() as stack:
        register_of = await _register(wanted, stack)
        place = await _opened(wanted, stack)
        progress = stack.enter_context(_progress(await _how_many(place, wanted)))
        given = await stack.enter_async_context(aclosing(_given(place, wanted)))
        answers = replay_all(given, processes=processes)
        async for found in await stack.enter_async_context(aclosing(answers)):
            differs = await _differs(found, register_of)
            totals.count(found, differs)
            _show(found, differs, as_json)
            progress()
    if not totals.platforms:
        complain(say("there is no history here: nothing was replayed", "没有任何历史，未重放"))
    elif not as_json:
        show("", *summary(totals))
    if not (totals.sound and totals.platforms):
        raise click.exceptions.Exit(NOT_SOUND)
    if totals.unchecked:
        raise click.exceptions.Exit(NOT_CHECKED)


async def _register(wanted: Asked, stack: AsyncExitStack) -> RegisterQueries | None:
    """The register, where it is compared with; that somebody looks is noted in it first."""
    if not wanted.register:
        return None
    engine = await stack.enter_async_context(open_engine())
    for name in wanted.names or (None,):
        await note(engine, "replay", name, f"from the {wanted.source}")
    return RegisterQueries(engine)


async def _differs(
    found: PlatformReplay, register: RegisterQueries | None
) -> tuple[Finding, ...] | None:
    if register is None:
        return None
    try:
        card = await register.platform(found.platform_id)
    except ValueError as error:  # what a row was changed to, by hand
        why = " ".join(str(error).split())[:_LETTERS]
        named = f"pingtai audit reconcile {found.platform_id}"
        en = f"the register's rows of it cannot be read ({why}): {named} names them"
        return (Finding(en, f"登记库中该平台的数据无法读取（{why}）：请用 {named} 查看"),)
    return tuple(against_register(found, card))


async def _opened(wanted: Asked, stack: AsyncExitStack) -> Histories:
    if wanted.files:
        return FileHistories([Path(name) for name in wanted.names])
    return await stack.enter_async_context(histories(wanted.source))


async def _given(source: Histories, wanted: Asked) -> AsyncGenerator[StoredHistory, None]:
    if wanted.files or wanted.everything:
        async for history in source.runs():
            yield history
        return
    for name in dict.fromkeys(wanted.names):
        known = False
        async for history in source.runs(name):
            known = True
            yield history
        if not known:
            raise NoSuchPlatform(
                f"there is no history of {name} {_WHERE[wanted.source]}",
                f"{'服务器' if wanted.source == 'server' else '归档'}中没有 {name} 的历史",
            )


async def _how_many(source: Histories, wanted: Asked) -> int | None:
    """How many platforms will come, as far as that is known before."""
    if not watched(sys.stderr) or wanted.files:
        return None
    if wanted.names:
        return len(set(wanted.names))
    if isinstance(source, ServerHistories):
        return len(await source.platforms())
    return (await source.counts()).platforms if isinstance(source, PostgresArchive) else None


def _show(found: PlatformReplay, differs: tuple[Finding, ...] | None, as_json: bool) -> None:
    if as_json:
        show_json_line(plain(found) | {"register": None if differs is None else said(differs)})
    else:
        show(*lines(found, differs))


@contextmanager
def _progress(total: int | None) -> Iterator[Callable[[], None]]:
    """A bar that counts platforms, where somebody watches."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not watched(sys.stderr),
        transient=True,
        # What goes into a pipe must not go to the terminal.
        redirect_stdout=watched(sys.stdout),
    ) as progress:
        bar = progress.add_task(say("Replaying …", "正在重放 …"), total=total)
        yield lambda: progress.advance(bar)
