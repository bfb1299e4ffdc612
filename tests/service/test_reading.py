"""Reads: pages that meet, an ETag that saves a transfer, and two sources that agree."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from starter.service.app import make_app
from starter.service.backends import ConfiguredBackends
from tests.register import cases
from tests.rules import builders
from tests.service.conftest import MakeKey, WorldConnections, calling, form
from tests.workflows.world import World
from workflows.activity_messages import RegisterBatch


@pytest.fixture
async def listed(world: World) -> Any:
    """A listed platform of the world, with its first assessment open, all of it in the register."""
    life = await world.apply()
    await life.get_listed()
    await life.open(1)
    await life.settled(life.handle)
    assert life.assessment
    await life.settled(life.assessment)
    return life


@pytest.fixture
async def from_register(
    monkeypatch: pytest.MonkeyPatch, session_database_url: str
) -> AsyncIterator[FastAPI]:
    """The service while Temporal is away, on the same register."""
    monkeypatch.setenv("DATABASE_URL", session_database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    backends = ConfiguredBackends()
    yield make_app(backends)
    await backends.close()


async def test_a_case_reads_alike_from_its_workflow_and_from_the_register(
    app: FastAPI, from_register: FastAPI, listed: Any, make_key: MakeKey
) -> None:
    """With Temporal away the register's log answers the same, and a header says so."""
    token = await make_key("read")
    where = f"/v1/platforms/{listed.id}"
    for address in (
        where,
        f"{where}/assessments/1",
        f"{where}/assessments/1?term=1",
        f"{where}/log",
    ):
        async with calling(app, token) as client:
            whole = await client.get(address)
        async with calling(from_register, token) as client:
            folded = await client.get(address)
        assert ("workflow", "register") == tuple(
            one.headers["pingtai-source"] for one in (whole, folded)
        )
        assert _common(whole.json()) == _common(folded.json()), address
    async with calling(from_register, token) as client:  # it may be there all the same
        assert 503 == (await client.get(f"{where}/assessments/2")).status_code
    async with calling(app, token) as client:
        for address in (f"{where}/assessments/2", "/v1/platforms/nobody", "/v1/platforms/no/log"):
            assert 404 == (await client.get(address)).status_code


def _common(view: Any) -> Any:
    """What both sources know: when an overdue step is told again, the register does not say."""
    if isinstance(view, dict) and view["due"]:
        return {**view, "due": view["due"]["due"]}
    return view


async def test_the_timeline_has_everything_in_pages_that_meet(
    app: FastAPI, listed: Any, make_key: MakeKey
) -> None:
    """Followed page by page it is what one page holds: the platform's entries and the assessment's."""
    async with calling(app, await make_key("read")) as client:
        whole = (await client.get(f"/v1/platforms/{listed.id}/timeline")).json()
        address, items = f"/v1/platforms/{listed.id}/timeline?limit=2", []
        while address:
            answer = await client.get(address)
            page = answer.json()
            items += page["items"]
            link = f'<{page["next"]}>; rel="next"' if page["next"] else None
            assert link == answer.headers.get("link")
            address = page["next"]
        beyond = await client.get(f"/v1/platforms/{listed.id}/timeline?after=9.9.9.9")
    assert whole["items"] == items
    assert whole["next"] is None
    assert {0, 1} == {one["year"] for one in items}
    assert sorted(one["entry"]["at"] for one in items) == [one["entry"]["at"] for one in items]
    assert [] == beyond.json()["items"]
    (recommended,) = (one for one in items if one["entry"]["name"] == "recommendation")
    versions = [(one["entry"]["name"], one["plan_version"]) for one in items if one["plan_version"]]
    assert [("applied", 1)] == versions
    opinion = recommended["entry"]["said"]["opinion"]
    reason = {"field": "opinion", "en": f"opinion: {opinion}", "zh": f"推荐意见：{opinion}"}
    assert [reason] == recommended["reasons"]


async def test_the_public_sees_what_was_listed_and_no_more(
    app: FastAPI, http: httpx.AsyncClient, listed: Any, all_keys: httpx.AsyncClient
) -> None:
    """Without a key: no application under way, nothing of steps and due dates, no name of one unlisted."""
    sent = form()
    await all_keys.post("/v1/applications", json=sent)
    await _in_register(all_keys, sent["platform_id"])
    rows = (await http.get("/v1/register?limit=500")).json()["items"]
    assert {None} != {one["listed_on"] for one in rows}
    assert None not in {one["listed_on"] for one in rows}
    assert {"due", "overdue", "since"} & set(rows[0]) == set()
    seen = (await all_keys.get("/v1/register?limit=500")).json()["items"]
    assert sent["platform_id"] in {one["platform_id"] for one in seen}
    assert {"due", "overdue", "since"} < set(seen[0])
    valid = await http.get(f"/v1/platforms/{listed.id}/validity")
    assert (200, True) == (valid.status_code, valid.json()["valid"])
    before = await http.get(f"/v1/platforms/{listed.id}/validity?on=2020-01-01")
    assert "not_yet_listed" == before.json()["reason"]
    where = f"/v1/platforms/{sent['platform_id']}/validity"
    assert (404, 200) == (
        (await http.get(where)).status_code,
        (await all_keys.get(where)).status_code,
    )


async def _in_register(client: httpx.AsyncClient, platform_id: str) -> None:
    for _ in range(200):
        answer = await client.get(f"/v1/platforms/{platform_id}/timeline")
        if answer.json()["items"]:
            return
    raise AssertionError(f"the register never heard of {platform_id}")


@pytest.fixture
async def small(
    engine: AsyncEngine, register: PostgresRegister, world: World
) -> AsyncIterator[httpx.AsyncClient]:
    """A service on a register of five listed platforms that nobody else changes."""
    for number in range(5):
        await register.write(_listed(f"e-{number}"))
    async with calling(make_app(WorldConnections(world, engine))) as client:
        yield client


def _listed(platform_id: str) -> RegisterBatch:
    return cases.batch(cases.listed(cases.application(platform_id)))


async def test_the_register_goes_in_pages_that_meet(small: httpx.AsyncClient) -> None:
    """`next` keeps the filters; the last page has none."""
    address, ids = "/v1/register?limit=2&stage=valid", []
    while address:
        page = (await small.get(address)).json()
        ids += [one["platform_id"] for one in page["items"]]
        address = page["next"]
    assert [f"e-{number}" for number in range(5)] == ids
    for query, found in (
        ("year=2024", 5),
        ("year=2025", 0),
        ("district=miyun", 0),
        ("list_number=2024-01", 5),
        ("field=artificial_intelligence", 5),
    ):
        rows = (await small.get(f"/v1/register?{query}")).json()["items"]
        assert found == len(rows), query


async def test_an_etag_saves_the_transfer_until_something_changes(
    small: httpx.AsyncClient, register: PostgresRegister
) -> None:
    """The same register is 304, also for a weak tag in a list; a changed one is sent anew."""
    first = await small.get("/v1/register")
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await small.get("/v1/register", headers={"If-None-Match": given})
        assert (304, b"", etag) == (answer.status_code, answer.content, answer.headers["etag"])
    await register.write(_listed("e-5"))
    answer = await small.get("/v1/register", headers={"If-None-Match": etag})
    assert 200 == answer.status_code
    assert etag != answer.headers["etag"]


async def test_a_plan_and_what_changed_in_it(app: FastAPI, world: World, make_key: MakeKey) -> None:
    """Versions, texts and differences; an ETag saves the transfer until another version is filed."""
    life = await world.apply()
    await life.decide("recommendation", "returned")
    await life.decide("plan_revision", plan=builders.plan("改写"))
    await life.settled(life.handle)
    where = f"/v1/platforms/{life.id}/plan"
    async with calling(app, await make_key("read")) as client:
        whole = await client.get(where, params={"diff": "last"})
        same = await client.get(where, params={"diff": "1,2"})
        first = await client.get(where, params={"version": "1", "term": "1"})
        etag = {"If-None-Match": whole.headers["ETag"]}
        unchanged = await client.get(where, params={"diff": "last"}, headers=etag)
        problems = [
            (await client.get(where, params=asked)).status_code
            for asked in ({"version": 3}, {"term": 2}, {"diff": "0"}, {"diff": "1,2,3"}, {"diff": "1,3"})
        ]  # fmt: skip
    view = whole.json()
    assert [one["version"] for one in view["versions"]] == [1, 2]
    assert (view["shown"]["version"], view["before"]["version"]) == (2, 1)
    assert view["shown"]["plan"] == builders.plan("改写")
    assert [one["path"] for one in view["difference"]] == ["parts.approach"]
    assert same.json() == view
    assert (first.json()["shown"]["version"], first.json()["difference"]) == (1, None)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert whole.headers["Cache-Control"] == "private, no-cache"
    assert problems == [404, 404, 422, 422, 404]
    async with calling(app, await make_key("read", district="miyun")) as client:
        assert (await client.get(where)).status_code == 403
    async with calling(app) as client:
        assert (await client.get(where)).status_code == 401
