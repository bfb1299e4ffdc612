"""The whole examination, point by point."""

from collections.abc import AsyncIterator, Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError

from db.sqlstate import database_errors, in_words
from starter.errors import PingtaiError
from worker.doctor import (
    check_audit_trail,
    check_cases,
    check_deliveries,
    check_installation,
    check_register,
    check_temporal,
)
from worker.doctor.finding import Finding, bad
from workflows.words import Words


async def examine(client: Client, engine: AsyncEngine) -> AsyncIterator[Finding]:
    """Every point in turn; a point that cannot be examined says why."""
    points: tuple[tuple[str, Callable[[], Awaitable[Finding]]], ...] = (
        ("TLS", lambda: check_temporal.transport(client)),
        ("retention", lambda: check_temporal.retention(client)),
        ("search attributes", lambda: check_temporal.search_attributes(client)),
        ("workers", lambda: check_temporal.workers(client)),
        ("worker versioning", lambda: check_temporal.versioning(client)),
        ("stuck workflows", lambda: check_cases.stuck(client)),
        ("paused workflows", lambda: check_cases.paused(client)),
        ("ids of cases", lambda: check_cases.strangers(client)),
        ("PostgreSQL", lambda: check_register.postgres(engine)),
        ("tables", lambda: check_register.tables(engine)),
        ("register", lambda: check_register.register_complete(client, engine)),
        ("open cases", lambda: check_cases.open_cases_run(client, engine)),
        ("one history for each log", lambda: check_cases.second_lives(client, engine)),
        ("archive", lambda: check_audit_trail.archive(client, engine)),
        ("schedule of the archive", lambda: check_audit_trail.archive_schedule(client)),
        ("digests", lambda: check_audit_trail.digests(engine)),
        ("schedule of the digests", lambda: check_audit_trail.digest_schedule(client)),
        ("notices", check_deliveries.notices_configured),
        ("outbox", lambda: check_deliveries.outbox(engine)),
        ("subscriptions", lambda: check_deliveries.subscribers(engine)),
        ("calendar", check_installation.calendar),
        ("packages", check_installation.packages),
    )
    for name, point in points:
        try:
            yield await point()
        except RPCError as error:
            yield _not_examined(name, Words(error.message, error.message))
        except PingtaiError as error:
            yield _not_examined(name, error.words)
        except database_errors() as error:
            yield _not_examined(name, in_words(error))


def _not_examined(name: str, why: Words) -> Finding:
    short = Words._make(" ".join(text.split())[:300] for text in why)
    return bad(
        Words(f"{name}: cannot be examined: {short.en}", f"{name}：无法检查：{short.zh}"),
        Words("see docs/deployment.md", "见 docs/deployment.md"),
    )
