"""The point about subscriptions: none is paused, and none waits for long."""

from datetime import UTC, datetime

from db.engine import create_engine
from db.subscription_admin import SubscriptionKeeping
from worker.doctor.check_notices import LONG
from worker.doctor.finding import Finding, good, note


async def subscribers(database: str) -> Finding:
    """Webhooks of subscriptions get what there is for them."""
    engine = create_engine(database, pooled=False)
    try:
        troubles = await SubscriptionKeeping(engine).troubles()
    finally:
        await engine.dispose()
    if troubles.paused:
        listed = "; ".join(f"{name}: {why}" for name, why in troubles.paused[:3])
        return note(
            f"subscriptions: {len(troubles.paused)} paused ({listed})",
            f"事件订阅：已暂停 {len(troubles.paused)} 个（{listed}）",
            "its owner mends the receiver and resumes it, or deletes it: docs/events.md",
            "由订阅方修复接收端后恢复或删除：参见 docs/events.md",
        )
    if troubles.waiting_since and datetime.now(UTC) - troubles.waiting_since > LONG:
        return note(
            f"subscriptions: {troubles.active} active, one waits for more than an hour",
            f"事件订阅：生效 {troubles.active} 个，有订阅等待已超过一小时",
            "a receiver is down, or replays the past; or no worker delivers",
            "有接收端不通或正在重放历史，或没有 worker 在投递",
        )
    return good(
        f"subscriptions: {troubles.active} active, nothing waits",
        f"事件订阅：生效 {troubles.active} 个，无等待",
    )
