"""Temporal's Web UI behind a guard, so that only pages of its own use it.

The dev server's UI answers under any name. A web page elsewhere, whose own name is made to lead to this
machine (DNS rebinding), could read it, and decide through it. So the UI listens where no page can guess
(a random address of 127.0.0.0/8 and a random port), and this guard, which passes on what it is asked under
the names of this machine, is what people use.
"""

import asyncio
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from worker.ports import LOOPBACK

_NAMES = [LOOPBACK, "localhost"]
_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
_OF_ONE_CONNECTION = {"connection", "host", "keep-alive", "transfer-encoding", "upgrade"}
_SECONDS = 60.0
"""The UI asks for what may take long, such as a query that no worker answers."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def hidden_address() -> tuple[str, int]:
    """Return an address of this machine alone that cannot be guessed, and a free port there."""
    host = LOOPBACK
    if (
        sys.platform == "linux"
    ):  # elsewhere only 127.0.0.1 itself is there: the port alone is random
        host = ".".join(("127", *(str(1 + secrets.randbelow(254)) for _ in range(3))))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return host, int(probe.getsockname()[1])


@asynccontextmanager
async def guarded_ui(hidden: tuple[str, int], port: int) -> AsyncIterator[str]:
    """Serve the UI that listens at `hidden` on a port of loopback; yields its URL."""
    async with httpx.AsyncClient(
        base_url=f"http://{hidden[0]}:{hidden[1]}", timeout=_SECONDS, trust_env=False
    ) as ui:
        app = Starlette(
            routes=[Route("/{path:path}", _forwarding(ui), methods=_METHODS)],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_NAMES)],
        )
        server = _Server(
            uvicorn.Config(
                app,
                host=LOOPBACK,
                port=port,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((LOOPBACK, port))
            running = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                yield f"http://{LOOPBACK}:{port}"
            finally:
                server.should_exit = True
                await asyncio.wait({running}, timeout=5)


def _forwarding(ui: httpx.AsyncClient) -> Callable[[Request], Awaitable[Response]]:
    async def forward(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers['host']}":
            return PlainTextResponse("Another page's request is not passed on", status_code=403)
        asked = ui.build_request(
            request.method,
            httpx.URL(path=request.url.path, query=request.url.query.encode()),
            headers=_passed_on(request.headers.items()),
            content=request.stream() if request.method not in {"GET", "HEAD"} else None,
        )
        try:
            answer = await ui.send(asked, stream=True)
        except httpx.HTTPError:
            return PlainTextResponse("Temporal's Web UI does not answer", status_code=502)
        passed_on = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        passed_on.raw_headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in _passed_on(answer.headers.multi_items())
        ]
        return passed_on

    return forward


def _passed_on(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION]
