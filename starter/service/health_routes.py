"""`/livez`, `/readyz`, `/metrics` and the OpenAPI document: for those who run the service."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from starter.service.key_access import Monitor
from starter.service.openapi_document import answers, unkeyed
from starter.service.problem_details import Kind, Problem
from starter.service.readiness import Ready
from starter.service.responses import reply
from workflows.model import Record
from workflows.words import listed

router = APIRouter(tags=["operation"])


class Alive(Record):
    """The process answers."""

    alive: bool = True


@router.get("/livez", summary="The process answers. 存活", responses=unkeyed(Alive, "alive"))
async def livez() -> Response:
    """Whether the process answers; Temporal and PostgreSQL are not checked. No key."""
    return reply(Alive())


@router.get("/readyz", summary="All parts answer. 就绪", responses=unkeyed(Ready, "ready"))
async def readyz(request: Request) -> Response:
    """Whether Temporal and PostgreSQL answer and a worker polls; 503 names those that do not. No key."""
    found = await request.app.state.readiness.now()
    if found.missing:
        names = listed(found.missing)
        raise Problem(Kind.AWAY, f"not ready: {names.en}", f"尚未就绪：{names.zh}")
    return reply(found)


@router.get(
    "/metrics",
    summary="Prometheus metrics. 监控指标",
    responses=answers(str, "metrics", media_type="text/plain"),
)
async def metrics(request: Request, who: Monitor) -> Response:
    """Requests, their durations, those in flight, and refused keys. Scope: `metrics`."""
    body = request.app.state.measures.text()
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST})
