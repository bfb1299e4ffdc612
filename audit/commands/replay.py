"""`pingtai audit replay`: execute histories again with the installed code, and compare."""

import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from audit.access_log import note
from audit.archive.archive_contents import PostgresArchive
from audit.archive.server_histories import ServerHistories
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.audit_options import Source, from_option, json_lines_option
from audit.commands.history_platform import has_history
from audit.commands.history_source import opened
from audit.commands.progress_line import watching
from audit.histories import Histories, StoredHistory
from audit.problems import Finding, one_line
from audit.replay.comparing import against_register
from audit.replay.divergence import WHAT_TO_DO
from audit.replay.parallel import replay_all
from audit.replay.together import PlatformReplay, plain
from db.queries import RegisterQueries
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.commands.options import PlatformId, platform_meant
from starter.desk.platform_names import Holder
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line, watched
from starter.terminal.whole_number import WholeNumber
from workflows.words import Words, counted

MOST_PROCESSES = 64
_WHERE = {"server": Words("on the server", "服务器"), "archive": Words("in the archive", "归档")}
_NOTHING = Words("No history here: nothing was replayed.", "没有任何历史，未重放")


@dataclass(frozen=True)
class ReplayRequest:
    """What is to be replayed."""

    names: tuple[str, ...]
    everything: bool
    files: bool
    source: Source
    register: bool

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            BadInput: nothing was named, or too much.
        """
        if self.files and not self.names:
            raise BadInput("--files: name files or folders.", "--files：请给出文件或文件夹")
        if bool(self.names) == self.everything:
            raise BadInput(
                "Name platforms, or use --all, or give files with --files.",
                "请给出平台编号，或用 --all，或用 --files 给出文件",
            )
        if not self.files:
            for name in self.names:
                platform_id(name)


@click.command("replay")
@click.argument("names", nargs=-1, metavar="[PLATFORM]...", type=PlatformId(None))
@click.option("--all", "everything", is_flag=True, help="All platforms. 全部平台")
@click.option(
    "--files", is_flag=True, help="The arguments are files or folders of histories. 历史文件"
)
@from_option
@click.option(
    "--processes",
    type=WholeNumber(1, MOST_PROCESSES),
    metavar="N",
    help="Number of processes. 进程数 [default: one for each core]",
)
@click.option(
    "--register/--no-register",
    default=True,
    help="Also compare with the register (not with --files). 是否与名册比对",
)
@json_lines_option
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
    """Execute histories again with the installed code, and compare. 重放

    Compares for each run: the commands and their inputs; the log's hash chain and the state computed
    from it; the register; and whether another run wrote what this one received. Exit code 1: something
    differs; 2: there is no history of a platform that was named; 5: nothing differs, but something could not
    be checked, because a history is missing.

    \b
    Example:
      pingtai audit replay bj-riscv-soc
      pingtai audit replay --all --from archive --processes 2
      pingtai audit replay --files histories/*.json
    """
    if not files:
        context = click.get_current_context()
        kept = partial(has_history, source, ())
        names = tuple(
            [await platform_meant(name, Holder.HISTORIES, context, kept) for name in names]
        )
    wanted = ReplayRequest(names, everything, files, source, register and not files)
    wanted.check()
    totals = Totals()
    async with AsyncExitStack() as stack:
        register_of = await _register(wanted, stack)
        paths = [Path(name) for name in names] if files else ()
        histories = await stack.enter_async_context(opened(source, paths))
        begin = Words("Replaying …", "正在重放 …")
        step = stack.enter_context(watching(begin, await _how_many(histories, wanted)))
        given = await stack.enter_async_context(aclosing(_given(histories, wanted)))
        answers = replay_all(given, processes=processes)
        async for found in await stack.enter_async_context(aclosing(answers)):
            differs = await _differs(found, register_of)
            totals.count(found, differs)
            if as_json:
                row = None if differs is None else [one.plain() for one in differs]
                show_json_line(plain(found) | {"register": row})
            else:
                show(*_lines(found, differs))
            step(begin)
    if not totals.platforms:
        complain(_NOTHING)
    elif not as_json:
        show("", *_summary(totals))
    if not (totals.sound and totals.platforms):
        raise click.exceptions.Exit(WRONG)
    if totals.unchecked:
        if source == "server" and not files:
            complain(_PERHAPS_ARCHIVED)
        raise click.exceptions.Exit(NOT_CHECKED)


async def _register(wanted: ReplayRequest, stack: AsyncExitStack) -> RegisterQueries | None:
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
        why = one_line(error, 120)
        named = f"pingtai audit reconcile {found.platform_id}"
        words = Words(
            f"the register's rows of it cannot be read ({why}). See: {named}",
            f"名册中该平台的数据无法读取（{why}），请查看：{named}",
        )
        return (Finding(words),)
    return tuple(against_register(found, card))


async def _given(source: Histories, wanted: ReplayRequest) -> AsyncGenerator[StoredHistory, None]:
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
            where = _WHERE[wanted.source]
            other = "archive" if wanted.source == "server" else "server"
            raise NoSuchPlatform(
                f"No history of {name} {where.en}: check the id, or use --from {other}.",
                f"{where.zh}中没有 {name} 的历史：请核对编号，或用 --from {other}",
            )


async def _how_many(source: Histories, wanted: ReplayRequest) -> int | None:
    """How many platforms will come, as far as that is known before."""
    if not watched(sys.stderr) or wanted.files:
        return None
    if wanted.names:
        return len(set(wanted.names))
    if isinstance(source, ServerHistories):
        return sum([1 async for _ in source.platforms()])
    return (await source.counts()).platforms if isinstance(source, PostgresArchive) else None


_PERHAPS_ARCHIVED = Words(
    "What no history here has may be in the archive: pingtai audit archive --now, then replay --from archive.",
    "现有历史中没有的，归档中可能有：请先运行 pingtai audit archive --now，再以 --from archive 重放。",
)
ONLY_LOGS = Words(
    "  Of the register, only log entries and cases were compared. For all its tables (listings, plans,"
    " notices): pingtai audit reconcile",
    "  名册中仅比对了记录条目和案件；名单、方案、通知等各表请用 pingtai audit reconcile 核对",
)


@dataclass
class Totals:
    """What all platforms together came to."""

    platforms: int = 0
    runs: int = 0
    events: int = 0
    diverged: int = 0
    """Runs that this code does not replay."""
    disagree: int = 0
    """Runs that were replayed, and in which something does not agree."""
    register_differs: int = 0
    """Platforms of which the register says something else."""
    unchecked: int = 0
    """Runs, and logs of the register, of which something was not checked: another run is not here."""
    by_code: bool = False
    compared: bool = False
    """Whether the register was compared with."""

    @property
    def sound(self) -> bool:
        return not (self.diverged or self.disagree or self.register_differs)

    def count(self, found: PlatformReplay, differs: Sequence[Finding] | None) -> None:
        self.platforms += 1
        self.runs += len(found.runs)
        self.events += sum(run.events for run in found.runs)
        self.diverged += sum(run.divergence is not None for run in found.runs)
        self.disagree += sum(run.divergence is None and not run.sound for run in found.runs)
        self.unchecked += sum(run.sound and not run.checked for run in found.runs)
        self.unchecked += sum(one.unchecked for one in differs or ())
        self.register_differs += not _agrees(differs)
        self.compared |= differs is not None
        self.by_code |= any(run.divergence and run.divergence.by_code for run in found.runs)


def _lines(found: PlatformReplay, differs: Sequence[Finding] | None) -> Iterator[str]:
    """Return the line of a platform, then what does not agree."""
    events = sum(run.events for run in found.runs)
    entries = sum(len(log.hashes) for log in found.logs)
    runs = len(found.runs)
    parts = [
        Words(counted(runs, "run"), f"{runs} 次运行"),
        Words(f"{events:,} events", f"{events:,} 个事件"),
        Words(counted(entries, "entry", "entries"), f"{entries} 条记录"),
    ]
    if differs is not None and _agrees(differs) and found.logs:
        parts.append(Words("the register's entries and cases agree", "与名册的记录和案件一致"))
    sound = found.sound and _agrees(differs)
    checked = found.checked and not any(one.unchecked for one in differs or ())
    mark = ("✓" if checked else "?") if sound else "✗"
    yield f"{mark} {found.platform_id}  {' · '.join(map(say, parts))}"
    for run in found.runs:
        name = f"{run.workflow_id} {run.run_id[:8]}"
        for finding in (*((run.divergence,) if run.divergence else ()), *run.findings):
            yield f"  {_mark(finding)} {name}: {say(finding.words)}"
    for finding in differs or ():
        yield f"  {_mark(finding)} {say(finding.words)}"


def _summary(totals: Totals) -> Iterator[Words]:
    """Return all together, and what to do where the code is at fault."""
    runs, unchecked = counted(totals.runs, "run"), totals.unchecked
    of = Words(
        f"{counted(totals.platforms, 'platform')}, {runs}, {totals.events:,} events replayed",
        f"已重放 {totals.platforms:,} 个平台、{totals.runs:,} 次运行、{totals.events:,} 个事件",
    )
    if totals.sound and not unchecked:
        yield Words(f"✓ {of.en}: everything agrees.", f"✓ {of.zh}，全部一致。")
        if totals.compared:
            yield ONLY_LOGS
        return
    if totals.sound:
        yield Words(
            f"? {of.en}. NOT CHECKED: {counted(unchecked, 'run or log', 'runs or logs')}, because histories"
            " are missing or erased; the rest agrees.",
            f"? {of.zh}。未全部核验：因历史缺失或已删除，{unchecked:,} 项运行或记录有未核验内容；其余一致。",
        )
        return
    yield Words(f"✗ {of.en}.", f"✗ {of.zh}。")
    diverged, disagree, differ = totals.diverged, totals.disagree, totals.register_differs
    if diverged:
        yield Words(
            f"  {counted(diverged, 'run')} could not be replayed, for the reasons above",
            f"  {diverged:,} 次运行未能重放，原因见上",
        )
    if disagree:
        yield Words(
            f"  {counted(disagree, 'run')} with something that does not agree",
            f"  {disagree:,} 次运行内容不一致",
        )
    if differ:
        en = counted(differ, "platform differs", "platforms differ")
        yield Words(f"  {en} from the register", f"  {differ:,} 个平台与名册不一致")
    if totals.by_code:
        yield Words("", "")
        yield WHAT_TO_DO


def _agrees(differs: Sequence[Finding] | None) -> bool:
    return not any(one.wrong for one in differs or ())


def _mark(finding: Finding) -> str:
    return "?" if finding.unchecked else "·" if finding.remark else "✗"
