"""The app: its routes put together, and what stands around each call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI
from starlette.responses import Response

from starter.service import (
    application_routes,
    countersign_routes,
    decision_routes,
    desk_routes,
    event_routes,
    health_routes,
    plan_routes,
    plaque_routes,
    platform_routes,
    programme_routes,
    register_routes,
    roster_routes,
    search_routes,
    subscription_routes,
)
from starter.service.arrivals import Arrivals
from starter.service.backends import Backends
from starter.service.error_handlers import answer_for_errors
from starter.service.openapi_document import documented
from starter.service.parameters import known_parameters
from starter.service.readiness import Readiness
from starter.service.request_guard import Guard, Measures, Shares
from starter.service.trusted_names import configured_names
from starter.webhook_hosts import configured_destinations

ROUTERS = (
    application_routes.router,
    decision_routes.router,
    countersign_routes.router,
    platform_routes.router,
    plan_routes.router,
    register_routes.router,
    search_routes.router,
    desk_routes.router,
    programme_routes.router,
    plaque_routes.router,
    roster_routes.router,
    event_routes.router,
    subscription_routes.router,
    health_routes.router,
)
"""A new module of routes is one more line here."""


def make_app(backends: Backends, **limits: Any) -> FastAPI:
    """The service, answering from what `backends` reach; `limits` are those of `Guard`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await backends.close()

    app = FastAPI(
        title="Pingtai 平台",
        lifespan=lifespan,
        dependencies=[Depends(known_parameters)],
        default_response_class=Response,  # what is answered is written already
        docs_url=None,  # the pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    measures = Measures()
    app.state.backends = backends
    app.state.readiness = Readiness(backends.temporal, backends.engine)
    app.state.measures = measures
    app.state.arrivals = Arrivals()
    app.state.destinations = configured_destinations()
    app.state.names = names = configured_names()
    app.state.shares = shares = Shares()
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = documented(app)  # type: ignore[method-assign]
    answer_for_errors(app)
    app.add_middleware(Guard, measures=measures, shares=shares, names=names, **limits)
    return app
