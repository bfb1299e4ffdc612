"""Writes over HTTP: said twice, done once."""

import httpx

from tests.service.conftest import form
from tests.service.decisions import decision


async def test_an_application_is_taken_once_and_answered_alike(all_keys: httpx.AsyncClient) -> None:
    """First 201 with the address, then 200 with the very same body, marked in a header only."""
    sent = form()
    first = await all_keys.post("/v1/applications", json=sent)
    again = await all_keys.post("/v1/applications", json=sent)
    assert (201, 200) == (first.status_code, again.status_code), first.text
    assert first.content == again.content
    assert (None, "true") == tuple(one.headers.get("pingtai-repeated") for one in (first, again))
    where = await all_keys.get(first.headers["location"])
    assert (200, "recommendation") == (where.status_code, where.json()["platform"]["stage"])


async def test_a_decision_is_taken_once_and_answered_alike(all_keys: httpx.AsyncClient) -> None:
    """First 201 with the receipt, then 200 with the very same body; the case moved once."""
    platform = (await all_keys.post("/v1/applications", json=form())).json()["platform_id"]
    where = f"/v1/platforms/{platform}/decisions"
    tried = await all_keys.post(where, json=decision("recommendation"), params={"dry_run": "true"})
    first = await all_keys.post(where, json=decision("recommendation"))
    again = await all_keys.post(where, json=decision("recommendation"))
    assert "inspection" == tried.json()["would_lead_to"]
    assert (200, 201, 200) == (tried.status_code, first.status_code, again.status_code), first.text
    assert first.content == again.content
    assert "inspection" == first.json()["stage"]
