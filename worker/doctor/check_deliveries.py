"""The points about notices and subscriptions: they can be sent, and nothing was given up or waits for long."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from db.outbox_queries import DEAD, WAITING, OutboxQueries
from db.subscription_admin import SubscriptionAdmin
from starter.errors import BadInput
from worker.doctor.finding import Finding, bad, good, note
from worker.notice_channels import load_notices
from worker.settings import load_settings
from workflows.words import Words, counted

LONG = timedelta(hours=1)


async def notices_configured() -> Finding:
    """The configuration that this environment names can be used, with its secrets."""
    try:
        path = load_settings().notices
        recipients, _ = load_notices(path)
    except BadInput as error:
        return bad(
            error.words,
            Words(
                "fix it: no worker starts with it; see docs/notices.md",
                "请改正，否则工作进程无法启动；见 docs/notices.zh.md",
            ),
        )
    if path is None:
        return good(
            "PINGTAI_NOTICES is not set: notices are off (a local stack writes notices.jsonl)",
            "未设置 PINGTAI_NOTICES：不发送通知（本机系统写入 notices.jsonl）",
        )
    return good(
        f"notices: {counted(len(recipients), 'recipient')}", f"通知收件方：{len(recipients)} 个"
    )


async def outbox(engine: AsyncEngine) -> Finding:
    """No delivery was given up, and none waits for long."""
    queries = OutboxQueries(engine)
    counts, oldest = await queries.counts(), await queries.oldest_waiting()
    waiting, dead = counts[WAITING], counts[DEAD]
    if dead:
        return note(
            Words(
                f"notices: {dead} deliveries were given up, {waiting} are waiting",
                f"通知：已放弃 {dead} 份，待发送 {waiting} 份",
            ),
            Words(
                "see why: `pingtai notices list --state dead`; then `pingtai notices resend --all-dead`",
                "用 pingtai notices list --state dead 查看原因，处理后运行 pingtai notices resend"
                " --all-dead",
            ),
        )
    if oldest and datetime.now(UTC) - oldest > LONG:
        return note(
            Words(
                f"notices: {waiting} deliveries are waiting, the oldest for more than an hour",
                f"通知：待发送 {waiting} 份，最早的已超过一小时",
            ),
            Words(
                "a receiver is down (`pingtai notices list --state waiting`), or no worker delivers",
                "有收件方不通（见 pingtai notices list --state waiting），或没有工作进程在投递",
            ),
        )
    return good(f"notices: {waiting} deliveries are waiting", f"通知：待发送 {waiting} 份")


async def subscribers(engine: AsyncEngine) -> Finding:
    """No subscription is paused, and none waits for long."""
    troubles = await SubscriptionAdmin(engine).troubles()
    if troubles.paused:
        en = "; ".join(f"{name}: {why}" for name, why in troubles.paused[:3])
        zh = "；".join(f"{name}：{why}" for name, why in troubles.paused[:3])
        return note(
            Words(
                f"subscriptions: {len(troubles.paused)} paused ({en})",
                f"事件订阅：已暂停 {len(troubles.paused)} 个（{zh}）",
            ),
            Words(
                "its owner repairs the receiver and resumes it, or deletes it: docs/events.md",
                "由订阅方修复接收端后恢复，或删除：见 docs/events.zh.md",
            ),
        )
    if troubles.waiting_since and datetime.now(UTC) - troubles.waiting_since > LONG:
        return note(
            Words(
                f"subscriptions: {troubles.active} active, one has waited for more than an hour",
                f"事件订阅：生效 {troubles.active} 个，有订阅等待已超过一小时",
            ),
            Words(
                "a receiver is down, or replays the past; or no worker delivers",
                "有接收端不通或正在重放历史，或没有工作进程在投递",
            ),
        )
    return good(
        f"subscriptions: {troubles.active} active, none is waiting",
        f"事件订阅：生效 {troubles.active} 个，无等待",
    )
