"""Run a worker until the process is asked to stop."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

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
from activities.register_metrics import LAG, LAG_BUCKETS
from audit.anchoring.digest_signing import configured_signer
from audit.anchoring.stamping import configured_authority
from audit.archive.archive_store import configured_store
from db.engine import create_engine
from db.register_store import PostgresRegister
from starter.errors import BadInput
from starter.webhook_hosts import configured_destinations
from worker.audit_worker import auditing
from worker.delivery_worker import NoticeConfig, delivering, delivering_events
from worker.log_setup import CORE
from worker.missing_at_start import warn_of_missing_key
from worker.register_database import migrate_when_there
from worker.register_owner import warn_of_another_temporal
from worker.search_attributes import ensure_search_attributes
from worker.settings import Settings
from worker.stopping import leave_behind
from worker.worker_process import make_worker

STOP_SECONDS = 14.0
"""How long a worker may take to stop: what is in hand gets `GRACE` of it. What does not end by then, such as
a workflow task that the SDK cannot interrupt, is left; Temporal has it done again by the next worker."""
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
    buckets = {LAG: LAG_BUCKETS}
    metrics = (
        PrometheusConfig(bind_address=address, histogram_bucket_overrides=buckets)
        if address
        else None
    )
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=metrics))
    except (ValueError, RuntimeError) as error:
        raise BadInput(
            f"PINGTAI_METRICS_ADDRESS: {error}", f"PINGTAI_METRICS_ADDRESS 无法使用：{error}"
        ) from None


@asynccontextmanager
async def worker_running(
    client: Client,
    database: str,
    settings: Settings,
    notices: NoticeConfig | None = None,
    *,
    audited: bool = False,
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker at work in the background; yields its task, which ends only if the worker fails.

    `notices` says to whom it delivers notices; without, it delivers none. `audited`: it takes part in
    archiving and in telling subscribers, which a throw-away server with skipped time needs not.

    Raises:
        BadInput: the archive's place, the authority of time stamps, the digests' key, what webhooks may
            reach, or the address of the probes, cannot be used.
    """
    store = configured_store() if audited else None
    authority = configured_authority() if audited else None
    signer = configured_signer() if audited else None
    destinations = configured_destinations() if audited else Destinations()
    notices = notices or NoticeConfig()
    if not await ensure_search_attributes(client):
        _log.warning("this worker may not register search attributes: see pingtai doctor")
    engine = create_engine(database)
    migration = asyncio.create_task(migrate_when_there(database))
    worker = make_worker(
        client,
        PostgresRegister(engine),
        build_id=settings.build_id,
        max_cached=settings.max_cached_workflows,
    )
    running = asyncio.create_task(worker.run())
    beside = AsyncExitStack()
    try:
        if settings.health_address:
            # Only who asks for probes loads a web server.
            from worker.worker_probes import answering_probes  # noqa: PLC0415

            probes = answering_probes(settings.health_address, client, engine, running)
            await beside.enter_async_context(probes)
        # A moment for the tables: the first moves would otherwise take the longer way.
        await asyncio.wait({migration, running}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        if migration.done():
            migration.result()  # a database that a newer program has migrated is not for us
            await warn_of_another_temporal(client, engine)
        if audited:
            await warn_of_missing_key(client)
        await beside.enter_async_context(delivering(client, engine, notices))
        if audited:
            await beside.enter_async_context(auditing(client, engine, store, authority, signer))
            await beside.enter_async_context(
                delivering_events(client, engine, destinations, notices.patience)
            )
        yield running
    finally:
        migration.cancel()
        # All at the same time, so that there is one bound for all.
        parts: list[Any] = [beside.__aexit__(*sys.exc_info()), migration]
        if not running.done():
            parts.append(worker.shutdown())
        try:
            await _end_in_time(asyncio.gather(*parts, running, return_exceptions=True))
        finally:
            await asyncio.wait({asyncio.ensure_future(engine.dispose())}, timeout=1)


async def _end_in_time(ending: asyncio.Future[list[Any]]) -> None:
    """Wait for a worker's parts to end, but not for ever; raise what one of those beside it failed with."""
    try:
        done, _ = await asyncio.wait({ending}, timeout=STOP_SECONDS)
    except asyncio.CancelledError:
        leave_behind("worker")
        raise
    if not done:
        leave_behind("worker")
        _log.warning(
            "a workflow task or an activity does not end; it is left for the next worker, which repeats it"
        )
        return
    failed = ending.result()[0]
    if isinstance(failed, BaseException):
        raise failed
