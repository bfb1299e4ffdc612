"""Idempotency-Key: the same call again gets the first answer; another call with it is refused."""

import asyncio
from datetime import timedelta

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.intake_tables import kept_answers
from db.kept_answers import ABANDONED, KEPT_FOR, Claim, KeptAnswer, KeptAnswers, sweep
from tests.rules.builders import OPERATOR
from tests.service.conftest import MakeKey, calling, form
from tests.service.decisions import decision

SAID = "a" * 64


def named(key: str) -> dict[str, str]:
    """The header."""
    return {"Idempotency-Key": key}


async def test_the_first_answer_is_given_again(all_keys: httpx.AsyncClient) -> None:
    """Status, body and address are those of the first time, and the header says so."""
    sent = form()
    first = await all_keys.post("/v1/applications", json=sent, headers=named("k-1"))
    reordered = dict(reversed(sent.items()))
    again = await all_keys.post("/v1/applications", json=reordered, headers=named("k-1"))
    assert (201, 201) == (first.status_code, again.status_code)
    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])
    assert (None, "true") == tuple(
        one.headers.get("idempotency-replayed") for one in (first, again)
    )


async def test_another_body_or_another_call_is_refused(all_keys: httpx.AsyncClient) -> None:
    """409, of a kind of its own; nothing is started."""
    sent, other = form(), form()
    await all_keys.post("/v1/applications", json=sent, headers=named("k-2"))
    body = await all_keys.post("/v1/applications", json=other, headers=named("k-2"))
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    call = await all_keys.post(where, json=sent, headers=named("k-2"))
    for answer in (body, call):
        assert 409 == answer.status_code
        assert "urn:pingtai:problem:key-reused" == answer.json()["type"]
    missing = await all_keys.get(f"/v1/platforms/{other['platform_id']}")
    assert 404 == missing.status_code


async def test_two_callers_do_not_share_a_key(
    app: FastAPI, all_keys: httpx.AsyncClient, make_key: MakeKey
) -> None:
    """An Idempotency-Key belongs to the key that gave it."""
    await all_keys.post("/v1/applications", json=form(), headers=named("k-3"))
    async with calling(app, await make_key("apply")) as another:
        answer = await another.post("/v1/applications", json=form(), headers=named("k-3"))
    assert (201, None) == (answer.status_code, answer.headers.get("idempotency-replayed"))


async def test_what_the_rules_refuse_is_kept_and_what_the_key_may_not_is_not(
    all_keys: httpx.AsyncClient,
) -> None:
    """409 and 422 come again as they were, also when the case has moved on; 403 and 404 are asked anew."""
    sent = form()
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    early = decision("recommendation")
    unknown = await all_keys.post(where, json=early, headers=named("k-4"))
    await all_keys.post("/v1/applications", json=sent)
    known = await all_keys.post(where, json=early, headers=named("k-4"))
    assert (404, 201) == (unknown.status_code, known.status_code), known.text
    for key, body, status in (
        ("k-5", decision("listing", "d-2"), 409),
        ("k-6", decision("inspection", "d-3", outcome="perhaps"), 422),
    ):
        first = await all_keys.post(where, json=body, headers=named(key))
        again = await all_keys.post(where, json=body, headers=named(key))
        assert (status, first.content) == (first.status_code, again.content)
        assert "true" == again.headers["idempotency-replayed"]
    other = decision(
        "withdrawal", "d-4", actor={**OPERATOR, "role": "district", "district": "miyun"}
    )
    for _ in range(2):
        answer = await all_keys.post(where, json=other, headers=named("k-7"))
        assert (403, None) == (answer.status_code, answer.headers.get("idempotency-replayed"))


async def test_callers_at_the_same_moment_get_one_answer(all_keys: httpx.AsyncClient) -> None:
    """Those who come while the first is answered wait for it."""
    sent = form()
    answers = await asyncio.gather(
        *(all_keys.post("/v1/applications", json=sent, headers=named("k-8")) for _ in range(8))
    )
    assert {(201, answers[0].content)} == {(one.status_code, one.content) for one in answers}


async def test_without_the_header_callers_at_the_same_moment_get_one_platform(
    all_keys: httpx.AsyncClient,
) -> None:
    """One is the first, the others repeat it; all have the same body."""
    sent = form()
    answers = await asyncio.gather(
        *(all_keys.post("/v1/applications", json=sent) for _ in range(8))
    )
    assert [200] * 7 + [201] == sorted(one.status_code for one in answers)
    assert 1 == len({one.content for one in answers})


async def test_a_claim_is_taken_over_when_it_was_left_behind(engine: AsyncEngine) -> None:
    """Nobody takes over what is being answered; after half a minute somebody does."""
    kept = KeptAnswers(engine, "key", "k")
    assert Claim.OURS is await kept.claim(SAID)
    assert Claim.ANOTHERS is await kept.claim(SAID)
    assert Claim.OTHER_CALL is await kept.claim("b" * 64)
    await _older(engine, ABANDONED + timedelta(seconds=1))
    assert Claim.OTHER_CALL is await kept.claim("b" * 64)
    assert Claim.OURS is await kept.claim(SAID)
    await kept.give_up()
    assert Claim.OURS is await kept.claim(SAID)


async def test_answers_are_kept_for_thirty_days(engine: AsyncEngine) -> None:
    """After that the Idempotency-Key is free again, and a sweep takes the answer away."""
    answer = KeptAnswer(status=201, content_type="application/json", location="/v1", body=b"{}")
    kept = KeptAnswers(engine, "key", "k")
    await kept.claim(SAID)
    await kept.keep(answer)
    assert answer == await kept.claim(SAID)
    await kept.give_up()
    assert answer == await kept.claim(SAID)
    assert 0 == await sweep(engine)
    await _older(engine, KEPT_FOR + timedelta(seconds=1))
    assert Claim.OURS is await kept.claim("b" * 64)
    await _older(engine, KEPT_FOR + timedelta(seconds=1))
    assert 1 == await sweep(engine)
    async with engine.connect() as connection:
        assert 0 == await connection.scalar(select(func.count()).select_from(kept_answers))


async def _older(engine: AsyncEngine, by: timedelta) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            update(kept_answers).values(claimed_at=kept_answers.c.claimed_at - by)
        )


async def test_whoever_was_too_slow_leaves_the_claim_of_who_took_it_over(
    engine: AsyncEngine,
) -> None:
    """Its end takes no claim of another away, nor answers for it."""
    slow, next_one = (KeptAnswers(engine, "key", "slow") for _ in range(2))
    assert Claim.OURS is await slow.claim(SAID)
    await _older(engine, ABANDONED + timedelta(seconds=1))
    assert Claim.OURS is await next_one.claim(SAID)
    await slow.give_up()
    assert Claim.ANOTHERS is await KeptAnswers(engine, "key", "slow").claim(SAID)
    await next_one.give_up()
    assert Claim.OURS is await slow.claim(SAID)
