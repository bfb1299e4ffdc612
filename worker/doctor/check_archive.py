"""The points about the archive: it is not behind, and histories live longer than it takes."""

from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from audit.archive.archive_store import configured_store
from audit.archive.archiver import WHOLE_EACH
from audit.archive.notes import ArchivingNotes, Noted
from db.engine import create_engine
from starter.errors import BadInput
from worker.doctor.check_temporal import kept_after_the_end
from worker.doctor.finding import Finding, bad, good, note

LATE = WHOLE_EACH + timedelta(hours=25)
"""So long after the last whole look a day's was missed."""


async def archive(client: Client, database: str) -> Finding:
    """The archive was whole lately, and retention gives it time for that."""
    try:
        configured_store()
    except BadInput as error:
        return bad(*error.words, "see docs/audit.md", "参见 docs/audit.md")
    engine = create_engine(database, pooled=False)
    try:
        notes = ArchivingNotes(engine)
        whole, tried = await notes.last(whole=True), await notes.last(ended=False)
    finally:
        await engine.dispose()
    kept = await kept_after_the_end(client)
    if whole is None:
        return _never(tried)
    lag = datetime.now(UTC) - whole.began_at
    if kept <= max(lag, WHOLE_EACH):
        return bad(
            f"histories are deleted {_days(kept)} days after a run ends; the archive is"
            f" {_days(lag)} days behind{_trouble(tried)}",
            f"历史仅保留 {_days(kept)} 天，而归档已滞后 {_days(lag)} 天{_trouble(tried)}",
            "`pingtai audit archive --now`, and raise the namespace's retention",
            "请运行 pingtai audit archive --now，并延长命名空间的保留期",
        )
    if lag > LATE:
        return note(
            f"the archive is {_days(lag)} days behind{_trouble(tried)}",
            f"归档已滞后 {_days(lag)} 天{_trouble(tried)}",
            "`pingtai audit archive --now` says why; does a worker run?",
            "请运行 pingtai audit archive --now 查看原因；worker 是否在运行？",
        )
    if whole.gone:
        return note(
            f"{whole.gone} runs had lost their histories before they were archived",
            f"{whole.gone} 次运行的历史在归档前已丢失",
            "retention is too short, or somebody deleted them: see docs/audit.md",
            "保留期过短，或有人删除：参见 docs/audit.md",
        )
    return good(
        f"the archive was complete {_hours(lag)} hours ago", f"归档在 {_hours(lag)} 小时前为完整"
    )


def _never(tried: Noted | None) -> Finding:
    return note(
        f"nothing was archived yet{_trouble(tried)}",
        f"尚未归档{_trouble(tried)}",
        "start a worker, or `pingtai audit archive --now`",
        "请启动 worker，或运行 pingtai audit archive --now",
    )


def _trouble(tried: Noted | None) -> str:
    return f" ({tried.trouble})" if tried and tried.trouble else ""


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.1f}"


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f}"
