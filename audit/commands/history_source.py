"""The histories that a command asks for: opened, read with a note of who looks, and shown."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from audit.access_log import note
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import configured_store
from audit.archive.file_archive import FileHistories
from audit.archive.server_histories import ServerHistories
from audit.commands.audit_options import Source, When
from audit.histories import Histories
from audit.problems import Problem
from audit.reading.case_logs import Reading, read_platform
from audit.reading.check_histories import check_reading
from audit.reading.log_states import NO_LOG
from audit.reading.snapshots import Snapshot, snapshot_after, snapshot_at
from audit.reading.timeline_entries import in_order
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect
from starter.clock import today
from starter.commands.notation import platform_id as checked
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.screen import complain
from starter.terminal.wording import moment
from workflows.model import instant
from workflows.periods import beijing_date, end_of
from workflows.words import Words, counted

_NO_CASE = Words("no case was opened", "没有立案")


@asynccontextmanager
async def opened(source: Source, files: Sequence[Path] = ()) -> AsyncIterator[Histories]:
    """Open the histories that were asked for, for as long as they are read.

    Raises:
        Unreachable: Temporal, or the database that the archive is in, does not answer.
        BadInput: a file is no history, or a configuration cannot be used.
    """
    if files:
        yield FileHistories(files)
    elif source == "server":
        yield ServerHistories(await connect())
    else:
        store = configured_store()
        async with open_engine(patient=True) as engine:
            yield PostgresArchive(engine, store)


async def read_for(
    platform: str, source: Source, files: tuple[Path, ...], *, what: str, details: str | None = None
) -> Reading:
    """Read the histories of a platform; that somebody looks is noted first.

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
    if not (reading.runs or reading.problems or reading.erased):
        if files:
            raise NoSuchPlatform(
                f"No history of {platform} in these files: check the id and the files.",
                f"这些文件中没有 {platform} 的历史：请核对编号和文件",
            )
        raise _not_kept(platform, source)
    if not reading.logs:
        why = _first([*reading.problems, *reading.erased])
        raise BadInput(
            f"The histories of {platform} hold no log: {why.en}",
            f"{platform} 的历史中没有记录：{why.zh}",
        )
    return reading


def _not_kept(platform: str, source: Source) -> NoSuchPlatform:
    """Say where else the histories may be: runs are archived every hour, and removed from the server later."""
    if source == "server":
        return NoSuchPlatform(
            f"The server has no history of {platform}: check the id, or read from the archive.",
            f"服务器中没有 {platform} 的历史：请核对编号，或改从归档（archive）读取",
        )
    return NoSuchPlatform(
        f"The archive has no history of {platform} yet: check the id, read from the server, or run"
        " `pingtai audit archive --now`.",
        f"归档中尚无 {platform} 的历史：请核对编号，或改从服务器（server）读取，"
        "或先运行 pingtai audit archive --now",
    )


@contextmanager
def showing(reading: Reading) -> Iterator[int]:
    """Show histories; whether they hold is checked first, and said below: so many things do not.

    Raises:
        BadInput: they are too damaged to be shown.
    """
    problems = check_reading(reading)
    try:
        yield len(problems)
    except NO_LOG as error:
        if not problems:
            raise  # a mistake of ours
        why = _first(problems)
        raise BadInput(
            f"These histories are too damaged to be shown ({error}): {why.en}",
            f"这些历史损坏过多，无法显示（{error}）：{why.zh}",
        ) from None
    if problems:
        count, look = len(problems), f"pingtai audit reconcile {reading.platform_id}"
        words = Words(
            f"These histories have {counted(count, 'problem')}. See: {look}",
            f"这些历史有 {count} 处不符，请查看：{look}",
        )
        complain(words)


def _first(problems: Sequence[Problem]) -> Words:
    return problems[0].line if problems else _NO_CASE


def snapshot(reading: Reading, when: When) -> Snapshot | None:
    """Return a platform as it was; None before it was applied for.

    Raises:
        BadInput: there is no such entry, or the log is broken before it.
    """
    if isinstance(when, datetime):
        return snapshot_at(reading, when)
    return snapshot_after(reading, when)


def when_word(when: When) -> str:
    """Return a moment or an entry as it is noted that somebody asked for it."""
    if isinstance(when, datetime):
        return instant(when)
    return when.place.entry(when.seq) if when.place else str(when.seq)


def not_applied_yet(reading: Reading) -> NoSuchPlatform:
    """Say that a platform had not been applied for at a moment, or had not been brought in yet."""
    platform = reading.platform_id
    first = snapshot_at(reading, min(line.entry.at for line in in_order(reading)))
    if first is None or first.state.brought_in_on is None:
        return NoSuchPlatform(
            f"{platform} had not been applied for at that time.", f"{platform} 当时尚未提交申请"
        )
    came, listed = beijing_date(first.at), first.state.listed_on
    return NoSuchPlatform(
        f"{platform} was brought in on {came}; it was listed on {listed}, on paper. What happened before it"
        " was brought in is not recorded here.",
        f"{platform} 于 {came} 转入本系统，此前已于 {listed} 以纸质方式纳入名单；转入前的事项本系统未记录",
    )


def note_future(reading: Reading, when: When) -> None:
    """Say of a moment to come that it is not foretold: what is shown is what is recorded until now.

    Where time is skipped, the records themselves reach beyond today.
    """
    if not isinstance(when, datetime) or when <= end_of(today()):
        return
    last = max(line.entry.at for line in in_order(reading))
    if when > last:
        shown = moment(last)
        words = Words(
            f"That moment is still to come. Shown is what is recorded until now (last entry: {shown}); what"
            " follows from time alone, such as the end of validity, is not foretold.",
            f"该时刻尚未到来，所示为截至目前的记录（最后一条：{shown}）；仅因时间届至的变化（如有效期届满）不作预测。",
        )
        complain(words)
