"""The point about the office's signatures of digests: each gets one, where workers have a key for it."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digest_signing import KEY, configured_signer
from audit.anchoring.digests import listed
from starter.errors import BadInput
from worker.doctor.check_time_stamps import LATE
from worker.doctor.finding import Finding, bad, good, note
from workflows.words import Words


async def digest_signatures(engine: AsyncEngine) -> Finding:
    """An unsigned digest is whoever's: anybody with the database can make another one."""
    try:
        signer = configured_signer()
    except BadInput as error:
        return bad(error.words, Words("see docs/audit.md", "见 docs/audit.zh.md"))
    if signer is None:
        return good(f"{KEY} is not set: nothing signs by itself", f"未设置 {KEY}，不自动签署")
    newest = next(iter(await listed(engine, limit=1)), None)
    if newest is None:
        return good("the next digest is signed", "下一份摘要将签署")
    if newest.signature is None and newest.made_at < datetime.now(UTC) - LATE:
        return note(
            Words(f"the digest of {newest.day} is not signed", f"{newest.day} 的摘要尚未签署"),
            Words(
                "`pingtai audit digest sign` signs it, or says why not",
                "运行 pingtai audit digest sign 可签署或查看原因",
            ),
        )
    if newest.signature is None:
        return good(f"the digest of {newest.day} is signed next", f"{newest.day} 的摘要即将签署")
    return good(f"the digest of {newest.day} is signed", f"{newest.day} 的摘要已签署")
