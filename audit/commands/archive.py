"""`pingtai audit archive`: the state of the archive, and archiving now."""

from dataclasses import asdict
from typing import Any

import click

from audit.access_log import note
from audit.archive.archive_contents import Counts, PostgresArchive
from audit.archive.archive_store import configured_store
from audit.archive.archiver import ArchivingNotes, Noted, Taken, archive_now
from audit.archive.server_histories import ServerHistories
from audit.commands.progress_line import watching
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect
from starter.commands.options import json_option
from starter.terminal.command_runner import answering
from starter.terminal.screen import facts, show, show_json
from starter.terminal.wording import moment
from workflows.words import Words


@click.command("archive")
@click.option("--now", is_flag=True, help="Archive all that is missing, open runs too. 立即归档")
@json_option
@answering
async def archive_command(now: bool, as_json: bool) -> None:
    """Show the archive of histories, or archive now. 归档

    A schedule archives ended runs each hour and open runs each day. The archive is
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
            with watching(Words("Archiving …", "正在归档 …")) as step:
                done = await archive_now(
                    server,
                    archive,
                    notes,
                    whole=True,
                    on_the_way=lambda taken: step(_so_far(taken)),
                )
        counts = await archive.counts()
        last, tried = await notes.last(), await notes.last(ended=False)
    where = store.url if store else "PostgreSQL"
    if as_json:
        show_json(_plain(where, counts, done, last, tried))
    else:
        _show(where, counts, done, last, tried)


def _so_far(taken: Taken) -> Words:
    return Words(
        f"{taken.looked} runs examined, {taken.kept} archived",
        f"已查看 {taken.looked} 次运行，归档 {taken.kept} 份",
    )


def _show(
    where: str, counts: Counts, done: Noted | None, last: Noted | None, tried: Noted | None
) -> None:
    if done:
        words = Words(
            f"✓ {done.kept} histories archived, of {done.looked} runs examined",
            f"✓ 查看 {done.looked} 次运行，归档 {done.kept} 份历史",
        )
        show(words)
    histories = Words(
        f"{counts.runs:,} ({counts.open_runs:,} of open runs)",
        f"{counts.runs:,}（其中 {counts.open_runs:,} 份尚未结束）",
    )
    rows = (
        (Words("Archive", "归档"), where),
        (Words("Platforms", "平台"), f"{counts.platforms:,}"),
        (Words("Histories", "历史"), histories),
        (Words("Events", "事件"), f"{counts.events:,}"),
        (Words("In PostgreSQL", "数据库占用"), f"{counts.size / 1e6:,.1f} MB"),
        (Words("In files", "文件"), f"{counts.in_files:,}" if counts.in_files else ""),
        (Words("Last time", "上次归档"), _time(last) if last else Words("never", "从未")),
        (Words("Failed", "失败原因"), tried.trouble or "" if tried else ""),
    )
    show(facts(rows))


def _time(noted: Noted) -> Words:
    at, looked, kept = moment(noted.began_at), noted.looked, noted.kept
    return Words(
        f"{at} · {looked} runs, {kept} archived", f"{at} · 查看 {looked} 次运行，归档 {kept} 份"
    )


def _plain(
    where: str, counts: Counts, done: Noted | None, last: Noted | None, tried: Noted | None
) -> dict[str, Any]:
    named = {"done": done, "last": last, "tried": tried}
    times = {name: one.model_dump(mode="json") if one else None for name, one in named.items()}
    return {"archive": where, **asdict(counts), **times}
