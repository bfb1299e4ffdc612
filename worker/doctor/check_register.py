"""The points about the register: PostgreSQL itself, the tables, and whether all open terms are there."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url
from temporalio.client import Client

from db.engine import create_engine
from db.migrate import pending
from worker.doctor.finding import LOCAL, Finding, bad, good, note
from workflows.contract import PLATFORM_TYPE

OLDEST_POSTGRES = 140000


async def postgres(database: str) -> Finding:
    """A PostgreSQL of a version that is known to do."""
    url = make_url(database)
    where = f"{url.host or url.query.get('host')}/{url.database}"
    number = int(await _ask(database, "SHOW server_version_num"))
    if number < OLDEST_POSTGRES:
        return bad(
            f"PostgreSQL {number // 10000} at {where}",
            f"PostgreSQL {number // 10000}（{where}）",
            "version 14 or newer is needed",
            "需要 14 或更高版本",
        )
    encrypted = await _ask(
        database,
        "SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)",
    )
    if url.host and url.host not in LOCAL and not encrypted:
        return note(
            f"PostgreSQL {number // 10000} at {where} without TLS",
            f"PostgreSQL {where} 未启用 TLS",
            "add ?sslmode=require to DATABASE_URL",
            "请在 DATABASE_URL 加 ?sslmode=require",
        )
    return good(
        f"PostgreSQL {number // 10000} at {where}", f"PostgreSQL {number // 10000}：{where}"
    )


async def tables(database: str) -> Finding:
    """The register's tables are as this program needs them."""
    open_migrations = await pending(database)
    if open_migrations is None:
        return good("the register's tables are up to date", "登记库表结构为最新")
    return bad(
        f"the register's tables are not up to date: {open_migrations}",
        f"登记库表结构不是最新：{open_migrations}",
        "start a worker of this version: it migrates",
        "请启动本版本的 worker，它会自动迁移",
    )


async def register_complete(client: Client, database: str) -> Finding:
    """As many open terms in the register as there are open platforms in Temporal."""
    running = await client.count_workflows(
        f"WorkflowType = '{PLATFORM_TYPE}' AND ExecutionStatus = 'Running'"
    )
    known = int(await _ask(database, "SELECT count(*) FROM terms WHERE ended_at IS NULL"))
    if running.count == known:
        return good(
            f"{known} open terms, in Temporal and in the register", f"未结束的期数：{known}"
        )
    return note(
        f"{running.count} platforms are open in Temporal, {known} in the register",
        f"Temporal 中 {running.count} 个未结束，登记库中 {known} 个",
        "a moment's difference is usual; otherwise look for pending `write_register` activities",
        "短时差异属正常；否则请查看未完成的 write_register 活动",
    )


async def _ask(database: str, question: str) -> Any:
    engine = create_engine(database, pooled=False)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text(question))).scalar_one()
    finally:
        await engine.dispose()
