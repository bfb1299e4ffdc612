"""The local stack: Temporal, PostgreSQL and a worker under one home, for one machine."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import psutil
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client, GrpcCompression
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.channels.file_rotation import LARGEST, rotate
from db.embedded import LOG, EmbeddedPostgres
from db.file_lock import held_alone
from db.postmaster import running
from db.register_errors import EmbeddedPostgresError
from starter.client.local_stack import LocalStack, same_process, stack_file, write_stack
from starter.client.payload_converter import configured_converter
from starter.client.tracing import tracing
from starter.errors import Unreachable
from worker.delivery_worker import NoticeConfig
from worker.first_start import is_first_start, roster_at_start
from worker.missing_at_start import missing_at_start
from worker.notice_channels import load_notices
from worker.ports import ChosenPort, choose_port, free_port, settle_port
from worker.register_database import register_database
from worker.settings import Settings
from worker.stack_survey import lock_file, note_starter, runs_already
from worker.temporal_server import temporal_server
from worker.unfinished_restore import refuse_unfinished
from worker.worker_run import telemetry, worker_running

_LOOK_SECONDS = 2.0
_INFO = GetSystemInfoRequest()


class RunningStack:
    """A local stack at work: where it listens, a client, and the worker's task."""

    def __init__(self, where: LocalStack, client: Client, worker: asyncio.Task[None]) -> None:
        self.where = where
        self.client = client
        self.worker = worker

    async def part_ended(self, home: Path) -> None:
        """Look after Temporal and the embedded PostgreSQL as long as they run.

        Raises:
            Unreachable: one of them has ended by itself; says which.
        """
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not same_process(self.where.temporal_pid, self.where.temporal_started):
                raise _ended("Temporal", home / "temporal" / "temporal.log")
            if self.where.embedded and await asyncio.to_thread(running, home) is None:
                raise _ended("PostgreSQL", home / "postgres" / LOG)
            if self.where.embedded:
                await asyncio.to_thread(bound_postgres_log, home)


@asynccontextmanager
async def local_stack(
    home: Path,
    settings: Settings,
    *,
    dynamic_config: tuple[str, ...] = (),
    throw_away: bool = False,
    ui: bool = False,
    log: Path | None = None,
) -> AsyncIterator[RunningStack]:
    """Start both servers at once and then the worker, and stop them in the order turned round.

    With `ui` there is Temporal's Web UI, too. With `throw_away` nothing is touched outside `home`,
    whatever DATABASE_URL says, and nobody is told. A first start sets up the example roster, where the settings
    say so and PostgreSQL is the embedded one. `log`: the file of the log, for whoever asks.

    Raises:
        BadInput: a stack is running under this home already, its port is taken, or the configuration of
            notices has a fault.
        Unreachable: a part did not start.
    """
    async with AsyncExitStack() as parts:
        if not parts.enter_context(held_alone(lock_file(home))):
            raise runs_already(home)
        refuse_unfinished(home)
        note_starter(home)
        first = is_first_start(home) and not throw_away
        notices = None if throw_away else NoticeConfig(*load_notices(settings.notices, home))
        chosen = _port(home, settings, ui=ui, throw_away=throw_away)
        # Each takes seconds, and neither needs the other.
        register = asyncio.create_task(
            parts.enter_async_context(register_database(home, embedded=throw_away))
        )
        try:
            temporal = await parts.enter_async_context(
                temporal_server(
                    home / "temporal", chosen.port, dynamic_config=dynamic_config, ui=ui
                )
            )
        finally:
            await _entered(register)
        database = register.result()
        if not throw_away:
            chosen = settle_port(chosen, int(temporal.address.rpartition(":")[2]), home)
        # What is thrown away needs no key of a term.
        converter = pydantic_data_converter if throw_away else configured_converter()
        traced = settings.tracing == "otlp" and not throw_away
        client = await Client.connect(
            temporal.address,
            data_converter=converter,
            grpc_compression=GrpcCompression.NONE,  # it is on this machine
            runtime=telemetry(settings),
            plugins=parts.enter_context(tracing("pingtai-up", on=traced)),
        )
        where = LocalStack(
            pid=os.getpid(),
            started=psutil.Process().create_time(),
            temporal_pid=temporal.pid,
            temporal_started=temporal.started,
            temporal_address=temporal.address,
            ui_url=temporal.ui_url,
            database_url=database,
            embedded=running(home) is not None,
            version=version("pingtai"),
            temporal_version=(await client.workflow_service.get_system_info(_INFO)).server_version,
            log=str(log or ""),
            clash=chosen.clash,
            clash_lasts=chosen.lasts,
        )
        worker = await parts.enter_async_context(
            worker_running(client, database, settings, notices, audited=not throw_away)
        )
        if where.embedded and not throw_away:
            wanted = first and settings.examples
            origin, apart = await roster_at_start(client, database, home, example=wanted)
            where = where.model_copy(update={"roster": origin, "apart": apart})
        if not throw_away and (missing := await missing_at_start(client)):
            where = where.model_copy(update={"missing_key": missing.key})
        write_stack(home, where)
        parts.callback(stack_file(home).unlink, missing_ok=True)
        yield RunningStack(where, client, worker)


async def _entered(part: asyncio.Task[str]) -> None:
    """Wait until a part has started or failed: one that started after all has stopped would stay behind."""
    try:
        await asyncio.wait({part})
    except asyncio.CancelledError:
        part.cancel()
        await asyncio.wait({part})
        raise
    finally:
        if part.done() and not part.cancelled():
            part.exception()  # whoever needs the part hears of it; where Temporal failed first, nobody does


def bound_postgres_log(home: Path, largest: int = LARGEST) -> None:
    """Let PostgreSQL go on in a new file where its log has grown large; nothing of it is lost."""
    server = EmbeddedPostgres(home)
    log = server.data / LOG
    with suppress(FileNotFoundError, EmbeddedPostgresError):  # it is looked at again
        moved = not log.exists()  # by another program
        if moved or (log.stat().st_size > largest and rotate(log)):
            server.reopen_log()


def _ended(part: str, log: Path) -> Unreachable:
    return Unreachable(
        f"{part} has stopped unexpectedly; its log is {log}. Everything was stopped: run `pingtai up` again",
        f"{part} 意外退出，日志见 {log}。已全部停止，请重新运行 pingtai up",
    )


def _port(home: Path, settings: Settings, *, ui: bool, throw_away: bool) -> ChosenPort:
    wanted = settings.temporal_port
    if throw_away:
        return ChosenPort(free_port(wanted, ui=ui))
    asked_for = "temporal_port" in settings.model_fields_set
    return choose_port(wanted, asked_for=asked_for, home=home, ui=ui)
