"""`/v1/subscriptions`: made, shown, replayed, resumed, ended; each key its own; a secret that is told once."""

from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.channels.destinations import destinations_of
from activities.channels.signature import key_of
from db.intake_tables import kept_answers, subscriptions
from db.register_store import PostgresRegister
from db.subscription_admin import MOST_PER_KEY
from tests.notices.receiver import receiving
from tests.notices.subscribed import delivering, keeps, told, until
from tests.register.cases import batch, listed

from .following import following

PATH = "/v1/subscriptions"
URL = "https://hooks.example.org/in?token=hush"


async def made(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    """A subscription with its secret."""
    answer = await client.post(PATH, json={"url": URL} | wanted)
    assert 201 == answer.status_code, answer.text
    shown: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{shown['id']}"
    return shown


async def test_its_life(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Made with what it wants from now on; shown without its secret; moved, resumed, ended."""
    await register.write(batch(listed()))
    async with following(engine) as client:
        new = await made(client, events=["listing"], districts=["haidian"], platforms=["p-1"])
        secret, where = new.pop("secret"), f"{PATH}/{new['id']}"
        assert 32 == len(key_of(secret))
        assert ("active", 0, None) == (new["state"], new["attempts"], new["next_at"])
        assert (["listing"], ["haidian"], ["p-1"]) == (
            new["events"],
            new["districts"],
            new["platforms"],
        )
        assert new["cursor"] == (await client.get("/v1/events?after=now")).json()["next"]
        assert new == (await client.get(where)).json()
        assert {"subscriptions": [new]} == (await client.get(PATH)).json()

        back = await client.post(f"{where}/replay", json={"after": "beginning"})
        assert (200, "0") == (back.status_code, back.json()["cursor"].rpartition(".")[2])
        forward = await client.post(f"{where}/replay", json={"after": new["cursor"]})
        assert new["cursor"] == forward.json()["cursor"]
        async with engine.begin() as connection:
            await connection.execute(update(subscriptions).values(state="paused", attempts=9))
        assert ("paused", 9) == (
            (shown := (await client.get(where)).json())["state"],
            shown["attempts"],
        )
        resumed = await client.post(f"{where}/resume")
        assert ("active", 0) == (resumed.json()["state"], resumed.json()["attempts"])
        changed = await client.post(f"{where}/secret")
        assert changed.json()["secret"] != secret
        until = datetime.fromisoformat(changed.json()["old_secret_until"])
        assert 23 < (until - datetime.now(UTC)).total_seconds() / 3600 < 25
        async with engine.connect() as connection:
            kept = (await connection.execute(select(subscriptions.c.secret))).scalar_one()
        assert f"{changed.json()['secret']} {secret}" == kept
        assert 204 == (await client.delete(where)).status_code
        for answer in (await client.delete(where), await client.get(where)):
            assert 404 == answer.status_code


async def test_each_key_its_own(engine: AsyncEngine) -> None:
    """What another key subscribed to is not there for this one, whatever it asks of it."""
    async with following(engine) as client, following(engine) as other:
        where = f"{PATH}/{(await made(client))['id']}"
        for answer in (
            await other.get(where),
            await other.delete(where),
            await other.post(f"{where}/replay", json={"after": "now"}),
            await other.post(f"{where}/resume"),
            await other.post(f"{where}/secret"),
        ):
            assert 404 == answer.status_code
        assert {"subscriptions": []} == (await other.get(PATH)).json()
        assert 200 == (await client.get(where)).status_code
    async with following(engine, "apply") as client:
        assert 403 == (await client.post(PATH, json={"url": URL})).status_code


async def test_a_district_and_so_many(engine: AsyncEngine) -> None:
    """A key of a district names no other; twenty subscriptions are all that a key may have."""
    async with following(engine, district="haidian") as client:
        elsewhere = await client.post(PATH, json={"url": URL, "districts": ["tongzhou"]})
        assert 403 == elsewhere.status_code
        for _ in range(MOST_PER_KEY):
            await made(client, districts=["haidian"])
        full = await client.post(PATH, json={"url": URL})
        assert (409, "urn:pingtai:problem:too-many") == (full.status_code, full.json()["type"])


async def test_said_twice_made_once(engine: AsyncEngine) -> None:
    """With an Idempotency-Key a repeat has the first answer, with its secret, and makes no second one."""
    async with following(engine) as client:
        client.headers["idempotency-key"] = "once"
        first, again = [await client.post(PATH, json={"url": URL}) for _ in range(2)]
        assert first.json() == again.json()
        assert 1 == len((await client.get(PATH)).json()["subscriptions"])


async def test_no_answer_that_is_kept_holds_a_secret(engine: AsyncEngine) -> None:
    """A repeat looks it up, and tells the newest; of a subscription that was ended there is none."""
    async with following(engine) as client:
        once, changed = ({"Idempotency-Key": name} for name in ("made", "changed"))
        first = (await client.post(PATH, json={"url": URL}, headers=once)).json()
        where = f"{PATH}/{first['id']}"
        new, again = [
            (await client.post(f"{where}/secret", headers=changed)).json() for _ in range(2)
        ]
        assert new == again != first
        async with engine.connect() as connection:
            bodies = list(await connection.scalars(select(kept_answers.c.body)))
        assert 2 == len(bodies)
        assert not any(b"whsec_" in body or b'"secret"' in body for body in bodies)
        repeated = await client.post(PATH, json={"url": URL}, headers=once)
        assert (201, {**first, "secret": new["secret"]}) == (
            repeated.status_code,
            repeated.json(),
        )
        await client.delete(where)
        assert 404 == (await client.post(PATH, json={"url": URL}, headers=once)).status_code


NONSENSE: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "url"),
    ({"url": "ftp://example.org"}, "url"),
    ({"url": "https://user:pass@example.org/"}, "url"),
    ({"url": "https://127.0.0.1/"}, "url"),
    ({"url": "http://example.org/"}, "url"),
    ({"url": "https://169.254.169.254/latest"}, "url"),
    ({"url": URL, "events": ["nonsense"]}, "events"),
    ({"url": URL, "districts": ["shanghai"]}, "districts"),
    ({"url": URL, "platforms": ["../x"]}, "platforms"),
    ({"url": URL, "after": "x"}, "after"),
    ({"url": URL, "event": "listing"}, "event"),
)


async def test_what_makes_no_sense(engine: AsyncEngine) -> None:
    """It is told which field, in both languages; nothing is made."""
    async with following(engine) as client:
        for body, field in NONSENSE:
            answer = await client.post(PATH, json=body)
            assert 422 == answer.status_code, body
            (problem,) = answer.json()["errors"]
            assert field == problem["field"].partition(".")[0]
            assert problem["en"] != problem["zh"]
        gone = await client.post(PATH, json={"url": URL, "after": "000000000000.5"})
        assert 410 == gone.status_code
        assert {"subscriptions": []} == (await client.get(PATH)).json()


async def test_from_subscribing_to_delivery(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """What was subscribed to over HTTP is delivered; an operator's word lets it lead to this machine."""
    await register.write(batch(listed()))
    async with following(engine) as client, receiving(keeps()) as receiver, delivering(engine):
        app = client._transport.app  # type: ignore[attr-defined]
        app.state.destinations = destinations_of("127.0.0.1")
        new = await made(client, url=receiver.url, events=["listing"], after="beginning")
        await until(lambda: len(receiver.requests) == 1)

        async def through() -> bool:
            shown = (await client.get(f"{PATH}/{new['id']}")).json()
            return bool(shown["last_delivered_at"])

        await until(through)
    (event,) = told(receiver)
    assert "cn.pingtai.listing" == event["type"]
