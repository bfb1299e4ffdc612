"""Running a worker until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import structlog
from temporalio.client import Client
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from activities.channels.destinations import Destinations
from audit.archive.store import configured_store
from db.engine import create_engine
from db.store import PostgresRegister
from starter.errors import BadInput
from starter.webhook_hosts import configured_destinations
from worker.auditing import auditing
from worker.delivering import Telling, delivering, delivering_events
from worker.log_lines import CORE
from worker.process import make_worker
from worker.register_database import migrate_when_there
from worker.search_attributes import ensure_search_attributes
from worker.settings import Settings

_log = structlog.stdlib.get_logger("pingtai.worker")


def telemetry(settings: Settings) -> Runtime:
    """The SDK's runtime: its core logs with all the rest, and has Prometheus metrics where asked for.

    Raises:
        BadInput: metrics cannot be served at that address.
    """
    level = "DEBUG" if settings.log_level == "DEBUG" else "WARN"
    logs = LoggingConfig(
        filter=TelemetryFilter(core_level=level, other_level="ERROR"),
        forwarding=LogForwardingConfig(
            logging.getLogger(CORE), append_target_to_name=False, prepend_target_on_message=False
        ),
    )
    address = settings.metrics_address
    metrics = PrometheusConfig(bind_address=address) if address else None
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=metrics))
    except (ValueError, RuntimeError) as error:
        raise BadInput(
            f"PINGTAI_METRICS_ADDRESS: {error}", f"PINGTAI_METRICS_ADDRESS 无法使用：{error}"
        ) from None


@contextmanager
def stopping() -> Iterator[asyncio.Event]:
    """An event that is set by Ctrl-C and SIGTERM, so that everything ends in order."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@asynccontextmanager
async def worker_running(
    client: Client,
    database: str,
    settings: Settings,
    telling: Telling | None = None,
    *,
    audited: bool = False,
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker at work in the background; yields its task, which ends only if the worker fails.

    `telling` says to whom it delivers notices; without, it delivers none. `audited`: it takes part in
    archiving and in telling subscribers, which a throw-away server with skipped time needs not.

    Raises:
        BadInput: the archive's place, or what webhooks may reach, cannot be used.
    """
    store = configured_store() if audited else None
    destinations = configured_destinations() if audited else Destinations()
    telling = telling or Telling()
    if not await ensure_search_attributes(client):
        _log.warning("search attributes are not registered by us: see pingtai doctor")
    engine = create_engine(database)
    migration = asyncio.create_task(migrate_when_there(database))
    worker = make_worker(
        client,
        PostgresRegister(engine),
        build_id=settings.build_id,
        max_cached=settings.max_cached_workflows,
    )
    running = asyncio.create_task(worker.run())
    try:
        # A moment for the tables: the first moves would otherwise take the longer way.
        await asyncio.wait({migration, running}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        if migration.done():
            migration.result()  # a database that a newer program has migrated is not for us
        async with AsyncExitStack() as beside:
            await beside.enter_async_context(delivering(client, engine, telling))
            if audited:
                await beside.enter_async_context(auditing(client, engine, store))
                await beside.enter_async_context(
                    delivering_events(client, engine, destinations, telling.patience)
                )
            yield running
    finally:
        migration.cancel()
        if not running.done():
            await worker.shutdown()
        await asyncio.gather(running, migration, return_exceptions=True)
        await engine.dispose()


async def until_stopped(stop: asyncio.Event, *running: asyncio.Task[None]) -> None:
    """Wait for the signal to stop; raise what a part failed with, if one does first."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, *running}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for part in running:
        if part.done():
            part.result()
