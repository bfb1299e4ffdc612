"""The points about the archive and the daily digests: neither is behind, and their schedules are running."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from audit.anchoring.digests import last_day_with_digest
from audit.archive.archive_store import configured_store
from audit.archive.archiver import WHOLE_EACH, ArchivingNotes, Noted
from starter.clock import today
from starter.errors import BadInput
from worker.doctor.check_temporal import kept_after_the_end
from worker.doctor.finding import Finding, bad, good, note
from workflows.contract import ARCHIVING_ID, DIGESTING_ID
from workflows.words import Words

ARCHIVE_LATE = WHOLE_EACH + timedelta(hours=25)
"""A whole look that is older than this has missed a day."""
DIGEST_LATE = timedelta(days=2)
"""In the first half hour of a day in Beijing the digest of yesterday is not there yet."""


async def archive(client: Client, engine: AsyncEngine) -> Finding:
    """The archive was whole lately, and retention gives it time for that."""
    try:
        configured_store()
    except BadInput as error:
        return bad(error.words, Words("see docs/audit.md", "见 docs/audit.zh.md"))
    notes = ArchivingNotes(engine)
    whole, tried = await notes.last(whole=True), await notes.last(ended=False)
    kept = await kept_after_the_end(client)
    trouble = _trouble(tried)
    if whole is None:
        return note(
            Words(f"nothing has been archived yet{trouble}", f"尚未归档{trouble}"),
            Words(
                "start a worker, or run `pingtai audit archive --now`",
                "请启动工作进程，或运行 pingtai audit archive --now",
            ),
        )
    lag = datetime.now(UTC) - whole.began_at
    if kept <= max(lag, WHOLE_EACH):
        return bad(
            Words(
                f"histories are deleted {_days(kept)} days after a run ends; the archive is"
                f" {_days(lag)} days behind{trouble}",
                f"历史仅保留 {_days(kept)} 天，而归档已滞后 {_days(lag)} 天{trouble}",
            ),
            Words(
                "run `pingtai audit archive --now`, and raise the namespace's retention",
                "请运行 pingtai audit archive --now，并延长命名空间的保留期",
            ),
        )
    if lag > ARCHIVE_LATE:
        return note(
            Words(
                f"the archive is {_days(lag)} days behind{trouble}",
                f"归档已滞后 {_days(lag)} 天{trouble}",
            ),
            Words(
                "`pingtai audit archive --now` says why; is a worker running?",
                "请运行 pingtai audit archive --now 查看原因，并确认工作进程在运行",
            ),
        )
    if whole.gone:
        return note(
            Words(
                f"{whole.gone} runs had lost their histories before they were archived",
                f"{whole.gone} 次运行的历史在归档前已丢失",
            ),
            Words(
                "retention is too short, or somebody deleted them: see docs/audit.md",
                "保留期过短，或历史已被删除：见 docs/audit.zh.md",
            ),
        )
    hours = f"{lag / timedelta(hours=1):.1f}"
    return good(f"the archive was complete {hours} hours ago", f"归档在 {hours} 小时前为完整")


async def digests(engine: AsyncEngine) -> Finding:
    """The days that are over have their digests: a day without one could be rewritten unseen."""
    last = await last_day_with_digest(engine)
    what = (
        Words(f"the last daily digest is of {last}", f"最近的每日摘要为 {last}")
        if last
        else Words("no daily digest has been made yet", "尚未生成每日摘要")
    )
    if last is None or last < today() - DIGEST_LATE:
        return note(
            what,
            Words(
                "start a worker, or run `pingtai audit digest make`",
                "请启动工作进程，或运行 pingtai audit digest make",
            ),
        )
    return good(*what)


async def archive_schedule(client: Client) -> Finding:
    """The schedule that archives is there, and not paused."""
    return await _schedule(client, ARCHIVING_ID, Words("nothing is archived", "不会自动归档"))


async def digest_schedule(client: Client) -> Finding:
    """The schedule that makes the daily digests is there, and not paused."""
    return await _schedule(client, DIGESTING_ID, Words("no digest is made", "不会自动生成每日摘要"))


async def _schedule(client: Client, name: str, result: Words) -> Finding:
    try:
        found = await client.get_schedule_handle(name).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return note(
            Words(f"there is no schedule {name}: {result.en}", f"没有计划任务 {name}，{result.zh}"),
            Words(
                "start a worker with the right to create schedules",
                "请启动有权创建计划任务的工作进程",
            ),
        )
    if found.schedule.state.paused:
        return note(
            Words(
                f"the schedule {name} is paused: {result.en}",
                f"计划任务 {name} 已暂停，{result.zh}",
            ),
            Words.same(f"temporal schedule toggle --unpause --schedule-id {name}"),
        )
    return good(f"the schedule {name} is running", f"计划任务 {name} 正常")


def _trouble(tried: Noted | None) -> str:
    return f" ({tried.trouble})" if tried and tried.trouble else ""


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.1f}"
