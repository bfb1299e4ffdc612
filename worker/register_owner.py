"""Whether a register is that of the Temporal that is connected: else a worker would mix two systems."""

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError

from db.sqlstate import database_errors
from workflows.contract import PLATFORM_TYPE
from workflows.words import Words

WHAT_TO_CHECK = Words(
    "stop the workers, then check TEMPORAL_* and DATABASE_URL; where that Temporal is lost, its terms go on"
    " from their logs by `pingtai recover --all`",
    "请先停止工作进程，再检查 TEMPORAL_* 和 DATABASE_URL；原 Temporal 确已丢失的，用 pingtai recover --all"
    " 据记录接续",
)
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


async def warn_of_another_temporal(client: Client, engine: AsyncEngine) -> None:
    """Log it where a worker starts; what cannot be asked now is no reason not to start."""
    unanswered: tuple[type[Exception], ...] = (RPCError, *database_errors())
    try:
        found = await of_another_temporal(client, engine)
    except unanswered:
        return  # doctor asks again
    if found:
        _log.error(f"{found.en}: {WHAT_TO_CHECK.en}")
