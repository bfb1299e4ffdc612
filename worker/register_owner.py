"""Whether a register is that of the Temporal that is connected: else a worker would mix two systems."""

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError

from db.sqlstate import database_errors
from workflows.contract import PLATFORM_TYPE
from workflows.words import Words, counted

WHAT_TO_CHECK = Words(
    "stop the workers, then check TEMPORAL_* and DATABASE_URL; where that Temporal is lost, its terms go on"
    " from their logs by `pingtai recover --all`",
    "请先停止工作进程，再检查 TEMPORAL_* 和 DATABASE_URL；原 Temporal 确已丢失的，用 pingtai recover --all"
    " 据记录接续",
)
_RUNNING = f"WorkflowType = '{PLATFORM_TYPE}' AND ExecutionStatus = 'Running'"
_log = structlog.stdlib.get_logger("pingtai.register")


async def open_terms(engine: AsyncEngine) -> int:
    """How many terms the register holds open."""
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT count(*) FROM terms WHERE ended_at IS NULL"))
        return int(found.scalar_one())


async def of_another_temporal(client: Client, engine: AsyncEngine) -> Words | None:
    """Say that a register with open terms is used with a namespace that never had a platform; else None.

    Raises:
        RPCError: Temporal does not answer; and as the database does.
    """
    known = await open_terms(engine)
    if not known or (await client.count_workflows(f"WorkflowType = '{PLATFORM_TYPE}'")).count:
        return None
    return Words(
        f"this register belongs to another Temporal or namespace: it has {known} open terms, and"
        f" namespace {client.namespace} never had a platform",
        f"本名册属于另一 Temporal 或命名空间：名册中未结束 {known} 期，而命名空间"
        f" {client.namespace} 中从无平台",
    )


async def parts_apart(client: Client, engine: AsyncEngine) -> Words | None:
    """Say at the start of a system that one of its parts has nothing of what the other has; else None.

    What cannot be asked now is no reason not to start.
    """
    unanswered: tuple[type[Exception], ...] = (RPCError, *database_errors())
    try:
        if found := await of_another_temporal(client, engine):
            return Words(
                f"{found.en}. Nothing can be decided on them: pingtai doctor says what to do",
                f"{found.zh}。相关程序暂不能办理：请运行 pingtai doctor 查看处理办法",
            )
        running = (await client.count_workflows(_RUNNING)).count
        if running and await is_empty(engine):
            return Words(
                f"the register is empty, and Temporal has {counted(running, 'open platform')}: pingtai doctor"
                " says what to do",
                f"名册为空，而 Temporal 中有未结束的平台 {running} 个：请运行 pingtai doctor 查看处理办法",
            )
    except unanswered:
        pass
    return None


async def is_empty(engine: AsyncEngine) -> bool:
    """Return whether the register has no platform at all."""
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT NOT EXISTS (SELECT FROM platforms)"))
        return bool(found.scalar_one())


async def warn_of_another_temporal(client: Client, engine: AsyncEngine) -> None:
    """Log it where a worker starts; what cannot be asked now is no reason not to start."""
    unanswered: tuple[type[Exception], ...] = (RPCError, *database_errors())
    try:
        found = await of_another_temporal(client, engine)
    except unanswered:
        return  # doctor asks again
    if found:
        _log.error(f"{found.en}: {WHAT_TO_CHECK.en}")
