"""The points about notices: the configuration can be used, and nothing was given up or waits for long."""

from datetime import UTC, datetime, timedelta

from db.engine import create_engine
from db.outbox import DEAD, WAITING
from db.outbox_queries import OutboxQueries
from starter.errors import BadInput
from worker.doctor.finding import Finding, bad, good, note
from worker.notice_channels import load_notices
from worker.settings import load_settings

LONG = timedelta(hours=1)


async def notices_configured() -> Finding:
    """The configuration that this environment names can be used, with its secrets."""
    try:
        path = load_settings().notices
        recipients, _ = load_notices(path)
    except BadInput as error:
        return bad(
            *error.words,
            "mend it: no worker starts with it; see docs/notices.md",
            "请改正：worker 不会以此启动；参见 docs/notices.md",
        )
    if path is None:
        return good(
            "PINGTAI_NOTICES is not set: nobody is told, but for the local stack's file",
            "未设置 PINGTAI_NOTICES：不发通知，仅本机系统写文件",
        )
    return good(f"notices have {len(recipients)} recipients", f"通知收件方：{len(recipients)}")


async def outbox(database: str) -> Finding:
    """Nothing was given up, and nothing waits for long."""
    engine = create_engine(database, pooled=False)
    try:
        queries = OutboxQueries(engine)
        counts, oldest = await queries.counts(), await queries.oldest_waiting()
    finally:
        await engine.dispose()
    waiting, dead = counts[WAITING], counts[DEAD]
    if dead:
        return note(
            f"notices: {dead} deliveries were given up, {waiting} wait",
            f"通知：已放弃 {dead} 份，待发送 {waiting} 份",
            "`pingtai notices list --state dead` says why; then `pingtai notices resend --all-dead`",
            "用 pingtai notices list --state dead 查看，处理后运行 pingtai notices resend --all-dead",
        )
    if oldest and datetime.now(UTC) - oldest > LONG:
        return note(
            f"notices: {waiting} deliveries wait, the oldest for more than an hour",
            f"通知：待发送 {waiting} 份，最早的已超过一小时",
            "a receiver is down: `pingtai notices list --state waiting`; or no worker delivers",
            "有收件方不通：见 pingtai notices list --state waiting；或没有 worker 在投递",
        )
    return good(f"notices: {waiting} deliveries wait", f"通知：待发送 {waiting} 份")
