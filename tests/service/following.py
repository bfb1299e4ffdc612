"""The service on a register of its own, without Temporal: what follows events needs no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.key_rows import Keys
from starter.client.temporal_client import PingtaiClient
from starter.errors import Unreachable
from starter.service.app import make_app
from tests.service.conftest import calling


class RegisterOnly:
    """Connections of a service whose Temporal is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Answer with this register."""
        self._engine = engine

    async def temporal(self) -> Client:
        """Away."""
        raise Unreachable("away", "无应答")

    async def client(self) -> PingtaiClient:
        """Away as well."""
        raise Unreachable("away", "无应答")

    async def engine(self) -> AsyncEngine:
        """The register."""
        return self._engine

    async def close(self) -> None:
        """The test does so."""


@asynccontextmanager
async def following(
    engine: AsyncEngine, *scopes: str, district: str | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of its own; without scopes, one that may read."""
    app = make_app(RegisterOnly(engine))
    _, token = await Keys(engine).create(
        "follower",
        scopes or ("read",),
        district=district,
        organisation=None,
        at=datetime.now(UTC),
        by="tester",
        days=1,
    )
    async with calling(app, token) as client:
        yield client


def names(page: Any) -> list[str]:
    """The events of a page by name."""
    return [event["type"].removeprefix("cn.pingtai.") for event in page.json()["events"]]
