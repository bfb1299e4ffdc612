"""The point about time stamps: each digest gets one within hours, where an authority is set."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.stamp_rows import last_stamped_day, unstamped
from audit.anchoring.stamping import configured_authority
from starter.errors import BadInput
from worker.doctor.finding import Finding, bad, good, note
from workflows.words import Words

LATE = timedelta(hours=3)
"""The authority is asked each hour: by then it was asked in vain."""


async def time_stamps(engine: AsyncEngine) -> Finding:
    """Digests that wait for their stamp can still be made anew by whoever holds the database."""
    try:
        authority = configured_authority()
    except BadInput as error:
        return bad(error.words, Words("see docs/audit.md", "见 docs/audit.zh.md"))
    if authority is None:
        return good("no time-stamping authority is set", "未设置时间戳服务机构")
    waiting, last = await unstamped(engine), await last_stamped_day(engine)
    late = [one.day for one in waiting if one.made_at < datetime.now(UTC) - LATE]
    if late:
        return note(
            Words(
                f"{authority.host} has not stamped the digest of {late[0]}; waiting: {len(waiting)}",
                f"{authority.host} 尚未签发 {late[0]} 摘要的时间戳，待签发 {len(waiting)} 份",
            ),
            Words(
                "`pingtai audit digest stamp` asks again and says why",
                "运行 pingtai audit digest stamp 可再次请求并查看原因",
            ),
        )
    if last is None:
        return good(
            f"{authority.host} stamps the next digest", f"{authority.host} 将签发下一份摘要"
        )
    return good(f"the digest of {last} is time-stamped", f"{last} 的摘要已有时间戳")
