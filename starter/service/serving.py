"""The app behind a listener: uvicorn with limits, started and stopped in order."""

import asyncio
import errno
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.applications import Starlette

from starter.error_reasons import reason_of
from starter.errors import BadInput
from starter.port_holder import holder_of
from starter.service.client_connections import ClientConnections, ConnectionLimits, bounded
from starter.service.request_guard import WHOLE_SECONDS
from starter.service.trusted_names import TrustedNames
from workflows.words import Words

_BACKLOG = 512
_HEAD_BYTES = 32 * 1024
_FILES = 4096
"""Open files that are asked of the system: a flood of connections must leave some for the database."""
_STARTED_WITHIN = 30.0
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:\[\]/]+):(?P<port>[0-9]{1,5})")


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it: uvicorn would raise them again after it has stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listener(address: str, other: str = "HOST:PORT") -> socket.socket:
    """A socket that listens at HOST:PORT; port 0 is any that is free. `other`: how another is chosen.

    Raises:
        BadInput: it is no such address, or cannot be listened at.
    """
    parts = _ADDRESS.fullmatch(address)
    if parts is None or int(parts["port"]) > 65535:
        raise BadInput(
            f"{address!r} is not an address: write HOST:PORT, such as 127.0.0.1:8080",
            f"“{address}”不是地址：应为主机:端口，如 127.0.0.1:8080",
        )
    host, port = parts["host"].strip("[]"), int(parts["port"])
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(where)
            found.listen(_BACKLOG)
        except OSError:
            found.close()
            raise
    except (OSError, UnicodeError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = holder_of(port) if taken else reason_of(error)
        stop = Words("Stop that, or choose", "请停止该进程，或另行指定")
        do = stop if taken else Words("Choose", "请另行指定")
        raise BadInput(
            f"cannot listen at {address}: {why.en}. {do.en} another address: {other}",
            f"无法监听 {address}：{why.zh}。{do.zh}地址：{other}",
        ) from None
    return found


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine reaches it."""
    return ipaddress.ip_address(str(listening.getsockname()[0]).partition("%")[0]).is_loopback


@asynccontextmanager
async def serving(
    app: Starlette, listening: socket.socket, limits: ConnectionLimits | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """The app at work; yields its task. At the end calls that have begun are answered first.

    Of the app's state it reads `names`, without which there is no proxy, and `arrivals`, if there are any.
    """
    limits = limits or ConnectionLimits()
    names = getattr(app.state, "names", TrustedNames())
    arrivals = getattr(app.state, "arrivals", None)
    _allow_files()
    server = _Server(
        uvicorn.Config(
            app,
            http=bounded(ClientConnections(limits, names)),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,  # the guard logs each call, without what is in it
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_keep_alive=round(limits.idle),
            timeout_graceful_shutdown=round(WHOLE_SECONDS),
            h11_max_incomplete_event_size=_HEAD_BYTES,
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        async with asyncio.timeout(_STARTED_WITHIN):
            while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn sets a flag
                await asyncio.sleep(0.02)
        yield running
    finally:
        if arrivals:
            arrivals.stop()  # or those who wait for events would be waited for
        server.should_exit = True
        await running


def _allow_files() -> None:
    """Ask for more open files, where the system allows it."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not on every system

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
