"""Platforms found by HTTP, and what a 404 says was perhaps meant: never more than the key may see."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.key_rows import Keys
from db.register_store import PostgresRegister
from starter.service.app import make_app
from tests.register import cases
from tests.service.conftest import WorldConnections, calling
from tests.workflows.world import World

Calls = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def keyed(engine: AsyncEngine, register: PostgresRegister) -> AsyncIterator[Calls]:
    """Two platforms that are called alike, in two districts; and clients with keys of these scopes."""
    for platform_id, district in (("bj-optics-1", "haidian"), ("bj-optics-2", "chaoyang")):
        app_ = cases.application(platform_id, name=f"硅光平台 {platform_id[-1]}", district=district)
        await register.write(cases.batch(cases.opened(app_)))
    app = make_app(WorldConnections(cast("World", None), engine))  # Temporal is not asked
    async with AsyncExitStack() as stack:

        async def make(*scopes: str, **narrowed: Any) -> httpx.AsyncClient:
            usual: dict[str, Any] = {"district": None, "organisation": None, "days": 1, "by": "t"}
            _, key = await Keys(engine).create(
                "t", scopes, at=datetime.now(UTC), **usual | narrowed
            )
            return await stack.enter_async_context(calling(app, key))

        yield make


async def found(client: httpx.AsyncClient, **params: Any) -> Any:
    """What is answered."""
    answer = await client.get("/v1/platforms", params=params)
    assert 200 == answer.status_code, answer.text
    return answer.json()


async def test_platforms_are_found_a_page_at_a_time(keyed: Calls) -> None:
    """By a part of the name in any width; `next` is the address of the page after."""
    client = await keyed("read")
    first = await found(client, q="硅光　平台", limit=1)
    assert (2, ["bj-optics-1"]) == (first["total"], [one["platform_id"] for one in first["items"]])
    then = (await client.get(first["next"])).json()
    assert ["bj-optics-2"] == [one["platform_id"] for one in then["items"]]
    assert [] == (await client.get(then["next"])).json()["items"]
    assert 1 == (await found(client, id="bj-optics-2"))["total"]


async def test_a_key_of_a_district_finds_its_own(keyed: Calls) -> None:
    """Not even how many there are elsewhere."""
    client = await keyed("read", district="haidian")
    assert 1 == (await found(client, q="硅光"))["total"]
    assert 0 == (await found(client, id="bj-optics-2"))["total"]
    near = (await found(client, q="bj-optisc-2"))["near"]
    assert ["bj-optics-1"] == [one["platform_id"] for one in near]


@pytest.mark.parametrize("params", [{}, {"q": "a", "id": "b"}, {"q": ""}, {"q": "a" * 201}])
async def test_one_thing_is_looked_for(keyed: Calls, params: dict[str, str]) -> None:
    """422 for none and for two."""
    client = await keyed("read")
    assert 422 == (await client.get("/v1/platforms", params=params)).status_code


async def test_who_may_not_read_finds_nothing(keyed: Calls) -> None:
    """Neither the public, for a search goes through everything, nor a key without the scope."""
    client = await keyed("apply")
    assert 403 == (await client.get("/v1/platforms", params={"q": "a"})).status_code
    client.headers.pop("authorization")
    assert 401 == (await client.get("/v1/platforms", params={"q": "a"})).status_code


async def test_a_404_says_what_was_perhaps_meant(keyed: Calls) -> None:
    """In both languages; not what another district has; not to the public."""
    client = await keyed("read", district="haidian")
    for path in ("card", "validity"):
        problem = (await client.get(f"/v1/platforms/bj-optisc-1/{path}")).json()
        assert 404 == problem["status"]
        assert problem["en"].endswith("Did you mean bj-optics-1 (硅光平台 1)?")
        assert problem["zh"].endswith("是否为 bj-optics-1（硅光平台 1）？")
        assert problem["detail"] == problem["en"]
    client.headers.pop("authorization")
    answer = await client.get("/v1/platforms/bj-optisc-1/validity")
    assert 404 == answer.status_code
    assert "Did you mean" not in answer.text


@pytest.mark.parametrize("path", ["/v1/register", "/v1/support"])
async def test_a_page_counts_all_when_asked(keyed: Calls, path: str) -> None:
    """What the commands say as "1 of 2"; otherwise nobody pays for it."""
    client = await keyed("read")
    counted = (await client.get(path, params={"count": "true", "limit": 1})).json()
    assert (2 if path == "/v1/register" else 0) == counted["total"]
    assert (await client.get(path)).json()["total"] is None
