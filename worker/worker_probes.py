"""`/livez` and `/readyz` of a worker, where PINGTAI_HEALTH_ADDRESS says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from temporalio.client import Client

from starter.service.readiness import Readiness
from starter.service.serving import listener, serving


@asynccontextmanager
async def answering_probes(
    address: str, client: Client, engine: AsyncEngine, worker: asyncio.Task[None]
) -> AsyncIterator[None]:
    """Answer at HOST:PORT as long as the block lasts.

    Raises:
        BadInput: it is no such address, or cannot be listened at.
    """
    with listener(address, "PINGTAI_HEALTH_ADDRESS") as listening:
        async with serving(probe_app(client, engine, worker), listening):
            yield


def probe_app(client: Client, engine: AsyncEngine, worker: asyncio.Task[None]) -> Starlette:
    """Alive while the worker's task runs; ready while it polls and Temporal and the register answer."""

    async def temporal() -> Client:
        return client

    async def register() -> AsyncEngine:
        return engine

    readiness = Readiness(temporal, register, client.identity)

    async def livez(request: Request) -> JSONResponse:
        alive = not worker.done()
        return JSONResponse({"alive": alive}, 200 if alive else 503)

    async def readyz(request: Request) -> JSONResponse:
        found = await readiness.now()
        return JSONResponse(found.model_dump(), 503 if found.missing else 200)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz)])
