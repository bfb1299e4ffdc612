"""`pingtai audit archive`: how the archive stands, and archiving now."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from audit.access_log import note
from audit.archive.archive_contents import Counts, PostgresArchive
from audit.archive.archive_store import configured_store
from audit.archive.archiver import Taken, archive_now
from audit.archive.notes import ArchivingNotes, Noted
from audit.archive.server_histories import ServerHistories
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect
from starter.commands.options import json_option
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import facts, show, show_json, watched
from starter.terminal.wording import moment


@click.command("archive")
@click.option("--now", is_flag=True, help="Archive what is not there yet, open runs too. 立即归档")
@json_option
@answering
async def archive_command(now: bool, as_json: bool) -> None:
    """Say how the archive of histories stands; with --now, first take all that it lacks. 归档

    A schedule does the same by itself: each hour what has ended, each day what is open. The archive is
    in the register's database, or where PINGTAI_ARCHIVE says.

    \b
    Example:
      pingtai audit archive --now
    """
    store = configured_store()
    async with open_engine(patient=True) as engine:
        archive, notes = PostgresArchive(engine, store), ArchivingNotes(engine)
        done = None
        if now:
            server = ServerHistories(await connect())
            await note(engine, "archive")
            with _watching() as progress:
                done = await archive_now(server, archive, notes, whole=True, on_the_way=progress)
        counts = await archive.counts()
        last, tried = await notes.last(), await notes.last(ended=False)
    where = store.url if store else "PostgreSQL"
    if as_json:
        show_json(_plain(where, counts, done, last, tried))
    else:
        _show(where, counts, done, last, tried)


@contextmanager
def _watching() -> Iterator[Callable[[Taken], None]]:
    """A line that says how far it is, where somebody watches."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not watched(sys.stderr),
        transient=True,
    ) as progress:
        line = progress.add_task(say("Archiving …", "正在归档 …"), total=None)

        def told(taken: Taken) -> None:
            progress.update(
                line,
                description=say(
                    f"{taken.looked} runs looked at, {taken.kept} archived",
                    f"已查看 {taken.looked} 次运行，归档 {taken.kept} 份",
                ),
            )

        yield told


def _show(
    where: str, counts: Counts, done: Noted | None, last: Noted | None, tried: Noted | None
) -> None:
    if done:
        show(
            "✓ "
            + say(
                f"{done.kept} histories archived, of {done.looked} runs that were looked at",
                f"查看 {done.looked} 次运行，归档 {done.kept} 份历史",
            )
        )
    trouble = tried.trouble if tried and tried.trouble else ""
    show(
        facts(
            (
                (say("Archive", "归档"), where),
                (say("Platforms", "平台"), f"{counts.platforms:,}"),
                (
                    say("Histories", "历史"),
                    say(
                        f"{counts.runs:,} ({counts.open_runs:,} of runs that go on)",
                        f"{counts.runs:,}（其中 {counts.open_runs:,} 份尚未结束）",
                    ),
                ),
                (say("Events", "事件"), f"{counts.events:,}"),
                (say("In PostgreSQL", "数据库占用"), f"{counts.size / 1e6:,.1f} MB"),
                (say("In files", "文件"), f"{counts.in_files:,}" if counts.in_files else ""),
                (say("Last time", "上次归档"), _time(last) if last else say("never", "从未")),
                (say("In the way", "受阻"), f"{trouble}" if trouble else ""),
            )
        )
    )


def _time(noted: Noted) -> str:
    return f"{moment(noted.began_at)} · " + say(
        f"{noted.looked} runs, {noted.kept} archived", f"查看 {noted.looked}，归档 {noted.kept}"
    )


def _plain(
    where: str, counts: Counts, done: Noted | None, last: Noted | None, tried: Noted | None
) -> dict[str, Any]:
    named = {"done": done, "last": last, "tried": tried}
    times = {name: one.model_dump(mode="json") if one else None for name, one in named.items()}
    return {"archive": where, **asdict(counts), **times}
