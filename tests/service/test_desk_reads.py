"""What the commands read over HTTP: the same models as read directly, and no more than the key may see."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from typing import Any, cast

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.inbox_queries import Wanted
from db.key_rows import Keys
from db.register_store import PostgresRegister
from db.substitutions import Substitutions
from starter.client.http_client import PingtaiHttpClient
from starter.desk.countersigning import DirectCountersignDrafts, HttpCountersignDrafts
from starter.desk.direct_reads import DirectReads
from starter.desk.http_reads import HttpReads
from starter.desk.listed_platforms import platforms_of_list
from starter.errors import BadInput, NotAllowed
from starter.service.app import make_app
from tests.register import cases
from tests.register.test_countersign_drafts import waiting
from tests.service.conftest import WorldConnections
from tests.workflows.world import World
from workflows.activity_messages import DueDate
from workflows.actors import Actor
from workflows.decision import Decision
from workflows.decisions import SetAside
from workflows.model import InvalidMessage
from workflows.periods import beijing_date
from workflows.refusal import Refusal, Refused
from workflows.run_io import DecisionPreview

MakeReads = Callable[..., Awaitable[HttpReads]]
DAYS = date(2026, 11, 23), date(2026, 11, 25)
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
async def direct(engine: AsyncEngine, register: PostgresRegister) -> DirectReads:
    """A register with a listed platform that has an assessment behind it, and two that wait."""
    platform = cases.listed(cases.application("p-1"))
    year = cases.rectified(platform)
    await register.write(cases.batch(platform))
    await register.write(cases.batch(year, platform=platform))
    for name, of in (("p-2", "haidian"), ("p-3", "chaoyang")):
        told = cases.opened(cases.application(name, district=of))
        due = DueDate(due=datetime(2026, 12, 1, tzinfo=UTC)) if name == "p-3" else None
        await register.write(cases.batch(told, due=due))
    for number, (role, district) in enumerate(
        (("commission", None), ("district", "haidian"), ("district", "chaoyang"))
    ):
        office = {
            "id": f"away-{number}",
            "role": role,
            "organisation": "科委",
            "district": district,
        }
        principal = Actor.model_validate(office, strict=False)
        await Substitutions(engine).name(principal, "li", DAYS, reason=None, named_by="x", at=AT)
    return DirectReads(engine)


@pytest.fixture
async def over_http(engine: AsyncEngine) -> AsyncIterator[MakeReads]:
    """The same register by the service, with a key of these scopes; `district` and `organisation` by name."""
    app = make_app(WorldConnections(cast("World", None), engine))  # Temporal is not asked
    async with AsyncExitStack() as stack:

        async def make(*scopes: str, **narrowed: Any) -> HttpReads:
            usual: dict[str, Any] = {"district": None, "organisation": None, "days": 1, "by": "t"}
            _, key = await Keys(engine).create(
                "t", scopes or ("read",), at=datetime.now(UTC), **(usual | narrowed)
            )
            transport = httpx.ASGITransport(app)
            client = PingtaiHttpClient("http://localhost", key, transport=transport, patience=1)
            return HttpReads(await stack.enter_async_context(client))

        yield make


async def test_the_same_models_either_way(direct: DirectReads, over_http: MakeReads) -> None:
    """A card, the log, the list and what narrows it, validity, absences: equal, down to the last field."""
    http = await over_http()
    for name in ("p-1", "p-2", "no-such"):
        assert await direct.platform(name) == await http.platform(name)
        assert list(await direct.log(name)) == await http.log(name)
        for day in (date(2024, 1, 1), date(2025, 1, 1), date(2040, 1, 1)):
            assert await direct.validity(name, day) == await http.validity(name, day)
    asked: tuple[dict[str, Any], ...] = (
        {},
        {"district": "chaoyang"},
        {"stage": "valid", "overdue": False},
        {"after": "p-1", "limit": 1},
        {"year": 2024, "list_number": "2024-01"},
    )
    for wanted in asked:
        assert await direct.register(**wanted) == await http.register(**wanted)
    assert await direct.named_like("p-", 50) == await http.named_like("p-", 50)
    assert list(await direct.substitutions("li")) == await http.substitutions("li")
    for day in (DAYS[0], DAYS[1], date(2026, 11, 26)):
        who = ("away-0", "li", day)
        assert list(await direct.standing_in(*who)) == await http.standing_in(*who)


async def test_the_inbox_of_several_seats_is_one(direct: DirectReads, over_http: MakeReads) -> None:
    """In one order, with pages that meet and one count, though each seat is a call of its own."""
    http = await over_http()
    district = [Wanted(role="district", district=name) for name in ("haidian", "chaoyang")]
    body = Wanted(role="operator", operator="京芯共性平台运营有限公司")
    for wanted in (
        [],
        district,
        [*district, body, body.model_copy(update={"operator": " 京芯共性平台运营有限公司"})],
    ):
        rows = await direct.inbox().page(*wanted)
        inbox = http.inbox()
        assert rows == await inbox.page(*wanted)
        assert await direct.inbox().counts(*wanted) == await inbox.counts(*wanted)
        assert await direct.inbox().counts(*wanted) == await http.inbox().counts(*wanted)
    first = await http.inbox().page(*district, limit=1)
    rest = await http.inbox().page(*district, after=first[0].place, limit=9)
    assert ["p-3", "p-2"] == [row.platform_id for row in (*first, *rest)]


async def test_a_key_sees_its_own(direct: DirectReads, over_http: MakeReads) -> None:
    """One district's platforms, its inbox and its absences; what the key lacks is named."""
    http = await over_http(district="haidian")
    with pytest.raises(NotAllowed, match="the key is for Haidian District"):
        await http.platform("p-3")
    with pytest.raises(NotAllowed, match="the key is for Haidian District"):
        await http.inbox().page(Wanted(district="chaoyang"))
    assert {"haidian"} == {row.district for row in await http.inbox().page()}
    assert ["away-1"] == [row.principal_id for row in await http.substitutions("li")]
    commission = await over_http("read", "decide:commission", district="haidian")
    found = [row.principal_id for row in await commission.substitutions("li")]
    assert ["away-1", "away-0"] == found
    assert [] == await (await over_http(organisation="另一单位")).substitutions("li")
    applicant = await over_http("apply")
    with pytest.raises(NotAllowed, match="the scope read"):
        await applicant.register()
    with pytest.raises(NotAllowed, match="the scope read"):
        await applicant.inbox().page()


async def test_what_waits_for_a_second_signature_either_way(
    direct: DirectReads,
    over_http: MakeReads,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Left by the service: the same once, the same list; a key of a district sees its own, others nothing.

    What its case would refuse is not kept.
    """

    class Case:
        async def check(self, platform_id: str, decision: Decision) -> DecisionPreview:
            assert isinstance(decision, SetAside) and not decision.signatures
            if decision.target == "nowhere":
                raise Refused(Refusal(rule="§六", en="no such decision", zh="无此决定", stage="x"))
            return DecisionPreview(stage="valid")

    async def client(_: WorldConnections) -> Case:
        return Case()

    monkeypatch.setattr(WorldConnections, "client", client)
    http = HttpCountersignDrafts((await over_http("read", "decide:commission"))._client)
    here = DirectCountersignDrafts(engine, engine)
    with pytest.raises(Refused, match="no such decision"):
        await http.leave(waiting("d-1", target="nowhere"))
    assert [] == await here.waiting()
    before = await http.leave(waiting("d-1"))
    left = await http.leave(waiting("d-1"))
    assert before.number == left.number
    by_another = waiting("d-4", actor=left.decision["actor"] | {"id": "kw-9"})
    with pytest.raises(InvalidMessage, match=f"pingtai countersign {left.number}"):
        await http.leave(by_another)
    elsewhere = HttpCountersignDrafts(
        (await over_http("decide:commission", "read", district="chaoyang"))._client
    )
    with pytest.raises(NotAllowed, match="another district"):
        await elsewhere.leave(waiting("d-2"))
    with pytest.raises(NotAllowed, match="another district"):
        await elsewhere.drop(left.number)
    with pytest.raises(InvalidMessage, match="has one signature"):
        await http.leave(waiting("d-3") | {"signatures": []})
    assert [left] == await http.waiting() == await here.waiting()
    assert [] == await elsewhere.waiting()
    reader = HttpCountersignDrafts((await over_http("read"))._client)
    for refused in (reader.waiting(), reader.leave(waiting("d-2")), reader.drop(left.number)):
        with pytest.raises(NotAllowed, match="decide:commission"):
            await refused
    await http.drop(left.number)
    assert [] == await here.waiting()
    with pytest.raises(BadInput, match="no decision"):
        await http.find(left.number)


async def test_plaques_either_way(direct: DirectReads, over_http: MakeReads) -> None:
    """Recorded by the service: the same entry once, the same list, and each key sees its own."""
    http = await over_http("read", "decide:commission")
    actor = {"id": "kw-1", "role": "commission", "organisation": "市科委"}
    said = {"event": "issued", "happened_on": "2024-03-01", "actor": actor}
    path = "/v1/platforms/p-1/plaques"
    first, before = await http._client.post(path, said)
    again, repeated = await http._client.post(path, said)
    assert (first, False, True) == (again, before, repeated)
    for wanted in ({}, {"state": "issued"}, {"state": "overdue"}, {"district": "haidian"}):
        rows = await direct.plaques(**wanted)
        assert rows == await http.plaques(**wanted)
        assert bool(rows) == (wanted.get("state") != "overdue")
    assert await direct.platform("p-1") == await http.platform("p-1")
    wanted = {"plaque": "issued"}
    assert ["p-1"] == [row.platform_id for row in await http.register(**wanted)]
    elsewhere = await over_http(district="chaoyang")
    assert [] == await elsewhere.plaques()
    with pytest.raises(NotAllowed, match="decide:commission"):
        await elsewhere._client.post(path, said)


async def test_the_programme_as_a_whole(
    direct: DirectReads, over_http: MakeReads, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures, mechanisms, layout and support: equal either way; a district's key counts its own only."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    http, today = await over_http(), beijing_date(datetime.now(UTC))
    for of in ({}, {"district": "chaoyang"}, {"field": "artificial_intelligence"}):
        assert await direct.figures(**of) == await http.figures(**of)
        assert await direct.mechanisms(today, **of) == await http.mechanisms(today, **of)
        assert await direct.layout(**of) == await http.layout(**of)
    assert await direct.layout_versions() == await http.layout_versions()
    assert (await direct.layout(version=9), await http.layout(version=9)) == (None, None)
    listed: dict[str, Any] = {"list_number": "2024-01", "after": "", "limit": 5}
    assert ["p-1"] == [row.platform_id for row in await direct.listings(**listed)]
    assert await direct.listings(**listed) == await http.listings(**listed)
    assert await platforms_of_list(direct, "2024-01") == await platforms_of_list(http, "2024-01")
    days: dict[str, Any] = {"first_day": DAYS[0], "last_day": DAYS[1], "kind": "tax"}
    assert await direct.support(**days, limit=5) == await http.support(**days, limit=5)
    page: dict[str, Any] = {"after": (DAYS[0], "p-1", 1, 2), "limit": 5}
    assert await direct.support(**page) == await http.support(**page)
    own = await over_http(district="haidian")
    assert ["haidian"] == [one.word for one in (await own.figures()).districts]
    with pytest.raises(NotAllowed, match="the key is for Haidian District"):
        await own.layout(district="chaoyang")
