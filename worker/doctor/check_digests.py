"""The point about the daily digests: a day without one is a day whose rewriting nobody could show."""

from datetime import UTC, datetime, timedelta

from audit.anchoring.digests import last_day_with_digest
from db.engine import create_engine
from worker.doctor.finding import Finding, good, note
from workflows.periods import beijing_date

LATE = timedelta(days=2)
"""In the first half hour of a day in Beijing the digest of yesterday is not there yet."""


async def digests(database: str) -> Finding:
    """The days that are over have their digests."""
    engine = create_engine(database, pooled=False)
    try:
        last = await last_day_with_digest(engine)
    finally:
        await engine.dispose()
    if last is None or last < beijing_date(datetime.now(UTC)) - LATE:
        return note(
            f"the last daily digest is of {last}" if last else "no daily digest was made yet",
            f"最近的每日摘要为 {last}" if last else "尚未生成每日摘要",
            "start a worker, or `pingtai audit digest make`",
            "请启动 worker，或运行 pingtai audit digest make",
        )
    return good(f"the last daily digest is of {last}", f"最近的每日摘要为 {last}")
