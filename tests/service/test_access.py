"""Every call against every scope: with a key and without, expired, revoked, of another district."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncEngine

from db.key_rows import Keys
from starter.service.app import ROUTERS
from starter.service.scopes import Scope
from tests.rules.builders import (
    COMMISSION,
    DISTRICT,
    OPERATOR,
    OPERATOR_CODE,
    OPERATOR_NAME,
    Raw,
)
from tests.rules.signing import Person, signed
from tests.service.conftest import MakeKey, calling, form
from tests.service.decisions import decision
from workflows.policy import Policy, policy_for_new_cases

PLATFORM = "http-scopes"
ID = "/v1/platforms/{platform_id}"
DECISIONS = f"{ID}/decisions"
COUNTERSIGN = "/v1/countersign-drafts"
SUBSCRIPTION = "/v1/subscriptions/{subscription_id}"
CASE = {"platform_id": PLATFORM, "term": 1, "answers": "a" * 64}
WAITING = signed(decision("termination", "t-1", case=CASE), Person("wang"))
BROUGHT_IN = decision("bringing_in", "b-1", listed_on="2025-03-01", certificate_number="GX-access")


@dataclass(frozen=True)
class Row:
    """A call: what it needs, and what may be said of another's. `needs` None: no key is looked at."""

    method: str
    path: str
    needs: frozenset[Scope] | None
    public: bool = False
    """Also without a key; and then a key never sees less."""
    of_a_district: bool = True
    body: Raw | None = None
    query: dict[str, str] = field(default_factory=dict)

    async def call(self, client: httpx.AsyncClient) -> httpx.Response:
        """Make the call for the platform of these tests."""
        where = self.path.format(
            platform_id=PLATFORM, year=1, subscription_id="sub_0123456789abcdef", number=1
        )
        return await client.request(self.method, where, json=self.body, params=self.query)


def row(method: str, path: str, *needs: Scope, **more: Any) -> Row:
    """A row with the scopes of which one is needed."""
    return Row(method, path, frozenset(needs), **more)


def tried(actor: Raw, kind: str) -> Row:
    """A decision by an actor, only tried: it changes nothing, and is allowed or not all the same."""
    needed = Scope(f"decide:{actor['role']}")
    body = decision(kind, actor=actor)
    return row("POST", DECISIONS, needed, body=body, query={"dry_run": "true"})


def following(method: str, path: str, body: Raw | None = None) -> Row:
    """A call for whoever follows: each key has its own subscriptions, and sees its district's events."""
    return row(method, path, Scope.READ, of_a_district=False, body=body)


APPLICATION = form(platform_id=PLATFORM, application_id="h-scopes")
CONFIRMATION: Raw = {
    "kind": "roster_confirmation",
    "decision_id": "h-roster",
    "actor": COMMISSION,
    "outcome": "confirmed",
    "proposed": "0" * 64,
    "signatures": [{"sshsig": "AAAA"}],
}
TABLE = (
    row("POST", "/v1/applications", Scope.APPLY, body=APPLICATION),
    tried(OPERATOR, "withdrawal"),
    tried(DISTRICT, "recommendation"),
    tried(COMMISSION, "inspection"),
    row("GET", COUNTERSIGN, Scope.DECIDE_COMMISSION, of_a_district=False),
    row("POST", COUNTERSIGN, Scope.DECIDE_COMMISSION, body=WAITING),
    row("DELETE", f"{COUNTERSIGN}/{{number}}", Scope.DECIDE_COMMISSION, of_a_district=False),
    row("GET", ID, Scope.READ),
    row("GET", f"{ID}/assessments/{{year}}", Scope.READ, of_a_district=False),  # there is none
    row("GET", f"{ID}/log", Scope.READ),
    row("GET", f"{ID}/timeline", Scope.READ),
    row("GET", f"{ID}/validity", *Scope, public=True),
    row("GET", "/v1/register", *Scope, public=True),
    row("GET", "/v1/register", Scope.READ, query={"overdue": "true"}, of_a_district=False),
    row("GET", "/v1/register", Scope.READ, query={"district": "haidian", "overdue": "true"}),
    row("GET", f"{ID}/card", Scope.READ),
    row("GET", f"{ID}/plan", Scope.READ),
    row("GET", "/v1/platforms", Scope.READ, query={"q": "none"}, of_a_district=False),
    *(
        row("GET", f"/v1/{whole}", Scope.READ, query=query, of_a_district=bool(query))
        for whole in ("inbox", "figures", "mechanisms", "layout", "support", "plaques")
        for query in ({}, {"district": "haidian"})
    ),
    row(
        "POST",
        f"{ID}/plaques",
        Scope.DECIDE_COMMISSION,
        body={"event": "issued", "happened_on": "2026-11-23", "actor": COMMISSION},
    ),
    row("GET", "/v1/register", Scope.READ, query={"plaque": "overdue"}, of_a_district=False),
    row("GET", "/v1/listings", Scope.READ, query={"list_number": "2027-01"}, of_a_district=False),
    row("GET", "/v1/layout/versions", Scope.READ, of_a_district=False),
    row("GET", "/v1/substitutions", Scope.READ, of_a_district=False),
    *(
        row("GET", f"/v1/roster{part}", Scope.READ, of_a_district=False)
        for part in ("", "/draft", "/people", "/proof", "/roots")
    ),
    row(
        "POST",
        "/v1/roster/decisions",
        Scope.DECIDE_COMMISSION,
        body=CONFIRMATION,
        of_a_district=False,
    ),
    following("GET", "/v1/events"),
    following("GET", "/v1/subscriptions"),
    following("POST", "/v1/subscriptions", body={"url": "https://hooks.example.org/"}),
    following("GET", SUBSCRIPTION),
    following("DELETE", SUBSCRIPTION),
    following("POST", f"{SUBSCRIPTION}/replay", body={"after": "now"}),
    following("POST", f"{SUBSCRIPTION}/resume"),
    following("POST", f"{SUBSCRIPTION}/secret"),
    Row("GET", "/livez", None),
    Row("GET", "/readyz", None),
    row("GET", "/metrics", Scope.METRICS, of_a_district=False),
)
"""A new call needs a row here."""
WRITES = [one for one in TABLE if one.method == "POST" and Scope.READ not in (one.needs or ())]
"""Those in which somebody speaks."""


def allowed(answer: httpx.Response) -> bool:
    """Whether the key was good enough, whatever became of the call."""
    return answer.status_code not in (401, 403)


@pytest.fixture(scope="session")
async def there(app: FastAPI, make_key: MakeKey) -> None:
    """The platform of these tests is there, and in the register."""
    async with calling(app, await make_key(Scope.APPLY, Scope.READ)) as client:
        first = await client.post("/v1/applications", json=APPLICATION)
        assert first.status_code in (200, 201), first.text
        for _ in range(200):
            page = await client.get(f"/v1/platforms/{PLATFORM}/timeline")
            if page.json()["items"]:
                return
    raise AssertionError("the register never heard of it")


@pytest.fixture
async def clients(app: FastAPI, make_key: MakeKey, there: None) -> AsyncIterator[Any]:
    """Makes clients, by the arguments of `make_key`."""
    opened = []

    async def client(*scopes: str, **wanted: Any) -> httpx.AsyncClient:
        context = calling(app, await make_key(*scopes, **wanted))
        opened.append(context)
        return await context.__aenter__()

    yield client
    for context in opened:
        await context.__aexit__(None, None, None)


def test_every_call_has_a_row(app: FastAPI) -> None:
    """A route that nobody has thought of here is a failure."""
    routes = [route for router in ROUTERS for route in router.routes]
    assert [] == [route for route in routes if not isinstance(route, APIRoute)]
    known = {
        (method, one.path)
        for one in routes
        if isinstance(one, APIRoute)
        for method in one.methods or ()
    }
    assert {(one.method, one.path) for one in TABLE} == known
    declared = app.openapi()["paths"]
    assert known == {(m.upper(), path) for path, calls in declared.items() for m in calls}
    own = [getattr(route, "path", None) for route in app.routes]
    assert ["/openapi.json", *[None] * len(ROUTERS)] == own, "a route beside the routers"


async def test_each_scope_opens_its_own_calls_only(clients: Any) -> None:
    """A key of one scope is let through where that scope is named, and is told 403 elsewhere."""
    for scope in Scope:
        client = await clients(scope, district="haidian")
        for one in TABLE:
            answer = await one.call(client)
            wanted = one.needs is None or scope in one.needs
            assert wanted == allowed(answer), (scope, one.method, one.path, answer.text)
            if not wanted:
                assert 403 == answer.status_code


async def test_without_a_key_only_the_public_calls_answer(
    http: httpx.AsyncClient, there: None
) -> None:
    """All others say 401, and how to give a key."""
    for one in TABLE:
        answer = await one.call(http)
        assert (one.needs is None or one.public) == allowed(answer), (one.path, answer.text)
        if not allowed(answer):
            assert (401, 'Bearer realm="pingtai"') == (
                answer.status_code,
                answer.headers["www-authenticate"],
            )


async def test_a_key_that_is_no_longer_one_opens_nothing(
    app: FastAPI, make_key: MakeKey, shared_engine: AsyncEngine, there: None
) -> None:
    """Expired, revoked, unknown, changed and misshapen keys are 401 everywhere, also on public reads."""
    expired = await make_key(*Scope, district="haidian", at=datetime.now(UTC) - timedelta(days=2))
    revoked = await make_key(*Scope, district="haidian")
    await Keys(shared_engine).revoke(revoked.split("_")[1], at=datetime.now(UTC), by="tester")
    good = await make_key(*Scope, district="haidian")
    unknown = f"ptk_0000000000_{good.split('_', 2)[2]}"
    changed = good[:-1] + ("A" if good[-1] != "A" else "B")
    for token in (expired, revoked, unknown, changed, "ptk_", "x" * 300):
        async with calling(app, token) as client:
            for one in TABLE:
                answer = await one.call(client)
                status = 200 if one.needs is None else 401
                assert status == answer.status_code, (token[:15], one.path, answer.text)


async def test_a_key_of_another_district_touches_nothing(clients: Any) -> None:
    """With every scope, but for Chaoyang: 403 for whatever is of Haidian; public reads stay public."""
    client = await clients(*Scope, district="chaoyang")
    for one in TABLE:
        answer = await one.call(client)
        open_to_all = one.needs is None or one.public or not one.of_a_district
        assert open_to_all == allowed(answer), (one.method, one.path, answer.text)
    rows = (await client.get("/v1/register", params={"limit": "500"})).json()["items"]
    assert PLATFORM not in {one["platform_id"] for one in rows}


async def test_a_key_of_a_district_takes_no_platform_of_another_over(clients: Any) -> None:
    """An application that names its own district, but another's platform, is 403; a key of none may."""
    taken = {**APPLICATION, "application_id": "taken-over", "district": "chaoyang"}
    chaoyang = await clients(Scope.APPLY, district="chaoyang")
    assert 403 == (await chaoyang.post("/v1/applications", json=taken)).status_code
    everywhere = await clients(Scope.APPLY)
    assert 409 == (await everywhere.post("/v1/applications", json=taken)).status_code


async def test_a_key_of_a_district_submits_as_nobody_of_another(clients: Any) -> None:
    """Who hands an application in stands in the log: a key of Haidian names no staff of Chaoyang."""
    staff = {"id": "c-1", "role": "district", "organisation": "某委", "district": "chaoyang"}
    client = await clients(Scope.APPLY, district="haidian")
    answer = await client.post("/v1/applications", json={**APPLICATION, "submitted_by": staff})
    assert 403 == answer.status_code, answer.text


async def test_who_submits_is_the_operator_or_whom_the_key_may_speak_as(clients: Any) -> None:
    """A key that may only apply names nobody of the commission as the one who handed it in."""
    sent = {**APPLICATION, "submitted_by": COMMISSION}
    refused = await (await clients(Scope.APPLY)).post("/v1/applications", json=sent)
    assert 403 == refused.status_code, refused.text
    asked = await (await clients(Scope.APPLY, Scope.DECIDE_COMMISSION)).post(
        "/v1/applications", json=sent
    )
    assert allowed(asked), asked.text


async def test_a_key_of_a_body_speaks_for_no_other(clients: Any) -> None:
    """Writes that name another body are 403; its own name may be written another way."""
    other = await clients(*Scope, district="haidian", organisation="另一家单位")
    for one in WRITES:
        answer = await one.call(other)
        assert 403 == answer.status_code, answer.text
    own = await clients(Scope.APPLY, organisation=f" {OPERATOR_NAME} ")
    assert allowed(await own.post("/v1/applications", json=APPLICATION))
    deciding = await clients(Scope.DECIDE_OPERATOR, organisation=OPERATOR_NAME)
    coded = decision("withdrawal", actor=OPERATOR | {"credit_code": OPERATOR_CODE})
    answer = await deciding.post(f"/v1/platforms/{PLATFORM}/decisions", json=coded)
    assert 403 == answer.status_code
    assert "leave credit_code out" in answer.json()["detail"]


async def test_what_is_brought_in_carries_the_commissions_word(clients: Any) -> None:
    """It needs both scopes; with an organisation, the one that speaks is the commission's."""
    bringing = {**form(), "brought_in": BROUGHT_IN}
    for scopes in ([Scope.APPLY], [Scope.DECIDE_COMMISSION, Scope.READ]):
        client = await clients(*scopes)
        answer = await client.post("/v1/applications", json=bringing)
        assert 403 == answer.status_code, answer.text
    elsewhere = await clients(Scope.APPLY, Scope.DECIDE_COMMISSION, organisation=OPERATOR_NAME)
    assert 403 == (await elsewhere.post("/v1/applications", json=bringing)).status_code
    wrong = {**bringing, "brought_in": {**BROUGHT_IN, "actor": DISTRICT}}
    both = await clients(Scope.APPLY, Scope.DECIDE_COMMISSION)
    assert 403 == (await both.post("/v1/applications", json=wrong)).status_code


async def test_a_policy_of_its_own_is_the_commissions_word_too(clients: Any) -> None:
    """Who may only apply cannot give a platform ten years; the usual policy may be written out."""
    sent = form(policy={"validity_years": 10})
    client = await clients(Scope.APPLY)
    assert 403 == (await client.post("/v1/applications", json=sent)).status_code
    usual = {**sent, "policy": policy_for_new_cases(Policy()).model_dump(mode="json")}
    for lax in ({"decisions_name_case": False}, Policy().model_dump(mode="json")):
        answer = await client.post("/v1/applications", json={**sent, "policy": lax})
        assert 403 == answer.status_code, answer.text
    assert 201 == (await client.post("/v1/applications", json=usual)).status_code
    both = await clients(Scope.APPLY, Scope.DECIDE_COMMISSION)
    given = form(policy=sent["policy"], submitted_by=COMMISSION)
    assert 201 == (await both.post("/v1/applications", json=given)).status_code


async def test_use_is_noted_at_most_once_a_minute(
    clients: Any, make_key: MakeKey, shared_engine: AsyncEngine, app: FastAPI
) -> None:
    """The first use is noted, one right after it is not, one a minute later is again."""
    token = await make_key(Scope.METRICS)
    keys = Keys(shared_engine)
    async with calling(app, token) as client:
        await client.get("/metrics")
        first = await keys.of_token(token)
        await client.get("/metrics")
    again = await keys.of_token(token)
    assert first and again and first.last_used_at
    assert first.last_used_at == again.last_used_at
    later = first.last_used_at + timedelta(seconds=61)
    await keys.note_use(again, later)
    noted = await keys.of_token(token)
    assert noted and later == noted.last_used_at


async def test_a_key_is_kept_as_a_hash_only(make_key: MakeKey, shared_engine: AsyncEngine) -> None:
    """Nothing that is kept of a key holds its secret."""
    token = await make_key(Scope.READ)
    secret = token.split("_", 2)[2]
    async with shared_engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT api_keys::text FROM api_keys")
        kept = " ".join(row[0] for row in rows)
    assert token.split("_")[1] in kept
    assert secret not in kept
