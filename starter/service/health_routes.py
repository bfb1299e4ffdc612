"""`/livez`, `/readyz`, `/metrics` and the OpenAPI document: for those who run the service."""

import asyncio
import time
from collections.abc import Awaitable

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from starter.service.backends import Backends
from starter.service.key_access import Monitor
from starter.service.openapi_document import answers, unkeyed
from starter.service.problem_details import Kind, Problem
from starter.service.responses import reply
from workflows.contract import TASK_QUEUE
from workflows.model import Record

router = APIRouter(tags=["operation"])
_PATIENCE = 3.0
_BELIEVED = 1.0
"""Seconds for which an answer about the parts is given again: anybody may ask."""


class Alive(Record):
    """The process answers."""

    alive: bool = True


class Ready(Record):
    """Which parts answer: Temporal, PostgreSQL, and a worker at the queue."""

    temporal: bool
    postgresql: bool
    worker: bool


@router.get("/livez", summary="The process answers. 存活", responses=unkeyed(Alive, "alive"))
async def livez() -> Response:
    """Whether the process answers; Temporal and PostgreSQL are not checked. No key."""
    return reply(Alive())


@router.get("/readyz", summary="All parts answer. 就绪", responses=unkeyed(Ready, "ready"))
async def readyz(request: Request) -> Response:
    """Whether Temporal and PostgreSQL answer and a worker polls; 503 names those that do not. No key."""
    state = request.app.state
    seen: tuple[float, Ready] | None = getattr(state, "ready", None)
    if seen is None or time.monotonic() - seen[0] > _BELIEVED:
        seen = time.monotonic(), await _looked(state.backends)
        state.ready = seen
    missing = [name for name, there in seen[1].model_dump().items() if not there]
    if missing:
        names = ", ".join(missing)
        raise Problem(Kind.AWAY, f"not ready: {names}", f"尚未就绪：{names}")
    return reply(seen[1])


@router.get(
    "/metrics",
    summary="Prometheus metrics. 监控指标",
    responses=answers(str, "metrics", media_type="text/plain"),
)
async def metrics(request: Request, who: Monitor) -> Response:
    """Requests, their durations, those in flight, and refused keys. Scope: `metrics`."""
    body = request.app.state.measures.text()
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _looked(backends: Backends) -> Ready:
    (temporal, worker), postgresql = await asyncio.gather(
        _engine_of_workflows(backends), _there(_database(backends))
    )
    return Ready(temporal=temporal, postgresql=postgresql, worker=worker)


async def _engine_of_workflows(backends: Backends) -> tuple[bool, bool]:
    """Whether Temporal answers, and whether it knows of a worker."""
    pollers: list[bool] = []

    async def ask() -> None:
        client = await backends.temporal()
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=TASK_QUEUE),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
        pollers.append(bool(answer.pollers))

    there = await _there(ask())
    return there, there and pollers[0]


async def _database(backends: Backends) -> None:
    async with (await backends.engine()).connect() as connection:
        await connection.execute(text("SELECT 1 FROM platforms LIMIT 1"))


async def _there(question: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await question
    except Exception:  # whatever it is, the part is not to be used now
        return False
    return True
