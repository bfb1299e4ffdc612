"""Idempotency-Key: the same call again gets the first answer; another call with it is refused."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.idempotency import ABANDONED, KEPT_FOR, Claim, KeptAnswer, KeptAnswers, sweep
from db.intake_tables import kept_answers
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


async def test_only_what_was_done_is_kept(
    all_keys: httpx.AsyncClient, shared_engine: AsyncEngine
) -> None:
    """Refusals, junk, trials and repeats leave nothing behind, however many Idempotency-Keys they bring."""
    sent = form()
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    await all_keys.post("/v1/applications", json=sent)
    other = {**OPERATOR, "role": "district", "district": "miyun"}
    calls: list[tuple[str, object, dict[str, str], int]] = [
        ("/v1/applications", {}, {}, 422),
        ("/v1/applications", form(name="别的", platform_id=sent["platform_id"]), {}, 409),
        ("/v1/applications", sent, {}, 200),
        ("/v1/platforms/nobody/decisions", decision("recommendation"), {}, 404),
        (where, decision("recommendation"), {"dry_run": "true"}, 200),
        (where, decision("listing", "d-2"), {}, 409),
        (where, decision("inspection", "d-3", outcome="perhaps"), {}, 422),
        (where, decision("withdrawal", "d-4", actor=other), {}, 403),
    ]
    before = await _kept_in(shared_engine)
    for number in range(3):
        for index, (address, body, query, status) in enumerate(calls):
            answer = await all_keys.post(
                address, json=body, params=query, headers=named(f"junk-{index}-{number}")
            )
            assert (status, None) == (
                answer.status_code,
                answer.headers.get("idempotency-replayed"),
            ), answer.text
    assert before == await _kept_in(shared_engine)
    await all_keys.post(where, json=decision("recommendation"), headers=named("k-5"))
    assert before + 1 == await _kept_in(shared_engine)


async def test_after_a_refusal_the_idempotency_key_is_free(all_keys: httpx.AsyncClient) -> None:
    """What was wrong is mended and sent again under the same key."""
    sent = form()
    wrong = await all_keys.post("/v1/applications", json={**sent, "name": ""}, headers=named("k-6"))
    right = await all_keys.post("/v1/applications", json=sent, headers=named("k-6"))
    assert (422, 201) == (wrong.status_code, right.status_code)


async def _kept_in(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(kept_answers)) or 0


async def test_a_key_has_a_share_of_what_is_kept(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond it its oldest answers go; no other key loses any. What was left behind unanswered goes too."""
    monkeypatch.setattr("db.idempotency.MOST_PER_KEY", 3)
    answer = KeptAnswer(status=201, content_type="application/json", location=None, body=b"{}")
    for number in range(5):
        for key in ("busy", "quiet") if number < 2 else ("busy",):
            kept = KeptAnswers(engine, key, f"k-{number}")
            await kept.claim(SAID)
            await kept.keep(answer)
    assert 2 == await sweep(engine, "busy")
    assert 0 == await sweep(engine, "quiet")
    found = [await KeptAnswers(engine, "busy", f"k-{n}").claim(SAID) for n in range(5)]
    assert [Claim.OURS, Claim.OURS, answer, answer, answer] == found
    await _older(engine, timedelta(hours=2))
    assert 2 == await sweep(engine, "quiet")


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
    assert 0 == await sweep(engine, "key")
    await _older(engine, KEPT_FOR + timedelta(seconds=1))
    assert Claim.OURS is await kept.claim("b" * 64)
    await _older(engine, KEPT_FOR + timedelta(seconds=1))
    assert 1 == await sweep(engine, "key")
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
