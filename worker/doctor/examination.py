"""The whole examination, point by point."""

from collections.abc import AsyncIterator, Awaitable, Callable

from temporalio.client import Client
from temporalio.service import RPCError

from db.sqlstate import database_errors, in_words
from starter.errors import PingtaiError
from worker.doctor.check_archive import archive
from worker.doctor.check_cases import open_cases_run, paused, second_lives, strangers
from worker.doctor.check_digests import digests
from worker.doctor.check_notices import notices_configured, outbox
from worker.doctor.check_register import postgres, register_complete, tables
from worker.doctor.check_schedules import archive_schedule, digest_schedule
from worker.doctor.check_subscriptions import subscribers
from worker.doctor.check_temporal import (
    retention,
    search_attributes,
    transport,
    versioning,
    workers,
)
from worker.doctor.finding import Finding, bad
from worker.doctor.machine import calendar, packages
from worker.doctor.stuck import stuck


async def examine(client: Client, database: str) -> AsyncIterator[Finding]:
    """Every point in turn; a point that cannot be examined says why."""
    points: tuple[tuple[str, Callable[[], Awaitable[Finding]]], ...] = (
        ("TLS", lambda: transport(client)),
        ("retention", lambda: retention(client)),
        ("search attributes", lambda: search_attributes(client)),
        ("workers", lambda: workers(client)),
        ("worker versioning", lambda: versioning(client)),
        ("stuck workflows", lambda: stuck(client)),
        ("paused workflows", lambda: paused(client)),
        ("ids of cases", lambda: strangers(client)),
        ("PostgreSQL", lambda: postgres(database)),
        ("tables", lambda: tables(database)),
        ("register", lambda: register_complete(client, database)),
        ("open cases", lambda: open_cases_run(client, database)),
        ("one history for each log", lambda: second_lives(client, database)),
        ("archive", lambda: archive(client, database)),
        ("schedule of the archive", lambda: archive_schedule(client)),
        ("digests", lambda: digests(database)),
        ("schedule of the digests", lambda: digest_schedule(client)),
        ("notices", notices_configured),
        ("outbox", lambda: outbox(database)),
        ("subscriptions", lambda: subscribers(database)),
        ("calendar", calendar),
        ("packages", packages),
    )
    for name, point in points:
        try:
            yield await point()
        except RPCError as error:
            yield _not_examined(name, error.message, error.message)
        except PingtaiError as error:
            yield _not_examined(name, *error.words)
        except database_errors() as error:
            yield _not_examined(name, *in_words(error))


def _not_examined(name: str, why: str, why_zh: str) -> Finding:
    en, zh = (" ".join(words.split())[:300] for words in (why, why_zh))
    return bad(
        f"{name}: cannot be examined: {en}",
        f"{name}：无法检查：{zh}",
        "see docs/deployment.md",
        "参见 docs/deployment.md",
    )
