"""What the commands ask about, by HTTP: told in the answer, or refused on request."""

from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from activities.working_days import is_working_day
from starter.clock import today
from starter.service.scopes import Scope
from tests.service.conftest import MakeKey, calling, form
from tests.service.decisions import decision
from worker.demo.clockwork import until

LONG_AGO = "2001-01-01"


def recommendation(number: str, day: str) -> dict[str, Any]:
    """A recommendation that is dated to a day."""
    return decision("recommendation", number) | {"decided_on": day}


async def applied_for(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """An application of which the register has heard."""
    sent = form(**changes)
    card = f"/v1/platforms/{sent['platform_id']}/card"

    async def is_there() -> bool:
        return (await client.get(card)).status_code == httpx.codes.OK

    await client.post("/v1/applications", json=sent)
    await until(is_there, "the register has the application")
    return sent


async def test_an_odd_day_is_told_and_refused_on_request(all_keys: httpx.AsyncClient) -> None:
    """The dry run lists it, a write counts it; with `refuse_doubts` nothing is submitted."""
    sent = await applied_for(all_keys)
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    odd = recommendation("d-1", LONG_AGO)
    why = f"{LONG_AGO} is before the application of {today()}."
    tried = await all_keys.post(where, json=odd, params={"dry_run": "true"})
    assert [why] == [one["en"] for one in tried.json()["doubts"]]
    refused = await all_keys.post(where, json=odd, params={"refuse_doubts": "true"})
    told = refused.json()
    assert (409, "urn:pingtai:problem:doubtful") == (refused.status_code, told["type"])
    assert [why] == [one["en"] for one in told["doubts"]]
    assert "早于申请日期" in told["zh"]
    first, again = [await all_keys.post(where, json=odd) for _ in range(2)]
    assert (201, "1") == (first.status_code, first.headers.get("pingtai-doubts")), first.text
    assert (200, None) == (again.status_code, again.headers.get("pingtai-doubts"))
    assert first.content == again.content
    repeated = await all_keys.post(where, json=odd, params={"refuse_doubts": "true"})
    assert (200, first.content) == (repeated.status_code, repeated.content), "it was taken"


async def test_a_decision_is_set_aside_by_its_entry_s_number(all_keys: httpx.AsyncClient) -> None:
    """As the timeline shows it and the command takes it; the same again is the same."""
    sent = await applied_for(all_keys)
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    await all_keys.post(where, json=recommendation("d-1", str(today())))

    async def is_told() -> bool:
        timeline = await all_keys.get(f"/v1/platforms/{sent['platform_id']}/card")
        return len(timeline.json()["log"]) > 1

    await until(is_told, "the register has the recommendation")
    aside = decision("set_aside", "d-2", target="1.2") | {"decided_on": str(today())}
    none = await all_keys.post(where, json=aside | {"target": "1.9"})
    assert (409, True) == (none.status_code, "1.9" in none.text), none.text
    tried = await all_keys.post(where, json=aside, params={"dry_run": "true"})
    assert (200, True) == (tried.status_code, '"target":"d-1"' in tried.json()["to_sign"])
    first, again = [await all_keys.post(where, json=aside) for _ in range(2)]
    assert (201, 200) == (first.status_code, again.status_code), first.text + again.text
    assert first.content == again.content
    assert "recommendation" == first.json()["stage"]


async def test_what_is_usual_is_not_odd(all_keys: httpx.AsyncClient) -> None:
    """No header, and `refuse_doubts` refuses nothing."""
    sent = form()
    first = await all_keys.post("/v1/applications", json=sent, params={"refuse_doubts": "true"})
    assert (201, None) == (first.status_code, first.headers.get("pingtai-doubts")), first.text
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    usual = recommendation("d-1", str(today()))
    taken = await all_keys.post(where, json=usual, params={"refuse_doubts": "true"})
    assert (201, None) == (taken.status_code, taken.headers.get("pingtai-doubts")), taken.text


async def test_a_key_that_may_not_read_learns_nothing(
    app: FastAPI, all_keys: httpx.AsyncClient, make_key: MakeKey
) -> None:
    """What is odd by itself is told to it; the day of the application is not."""
    sent = await applied_for(all_keys)
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    token = await make_key(Scope.DECIDE_DISTRICT, district="haidian")
    lately = (today() - timedelta(days=number) for number in range(3, 30))
    worked = next(day for day in lately if is_working_day(day))
    async with calling(app, token) as blind:
        for day, doubts in ((LONG_AGO, 1), (str(worked), 0)):
            odd = recommendation("d-2", day)
            tried = await blind.post(where, json=odd, params={"dry_run": "true"})
            found = [one["en"] for one in tried.json()["doubts"]]
            assert doubts == len(found)
            assert "application" not in " ".join(found)


async def test_an_id_that_differs_only_in_writing(
    app: FastAPI, all_keys: httpx.AsyncClient, make_key: MakeKey
) -> None:
    """Counted, or refused with the other's name; to a key that may not see it, without."""
    sent = await applied_for(all_keys)
    one = sent["platform_id"]
    again = form(platform_id=one.replace("-", "_").upper())
    refused = await all_keys.post("/v1/applications", json=again, params={"refuse_doubts": "true"})
    assert 409 == refused.status_code
    assert f"is another platform than {one} ({sent['name']})" in refused.json()["en"]
    said = refused.json()
    assert said["en"].endswith("apply under its id."), (
        "nothing was submitted that could be withdrawn"
    )
    assert said["zh"].endswith("请改用该平台编号申请。")
    async with calling(app, await make_key(Scope.APPLY)) as blind:
        told = await blind.post("/v1/applications", json=again, params={"refuse_doubts": "true"})
        assert "differs only in writing from the id of another platform" in told.json()["en"]
        assert one not in told.text
    taken = await all_keys.post("/v1/applications", json=again)
    assert (201, "1") == (taken.status_code, taken.headers.get("pingtai-doubts"))
