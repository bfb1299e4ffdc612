"""Attacker 4: every route of the intake with odd paths, bodies, headers and keys; no answer is 5xx."""

import asyncio
import json
from typing import Any

import httpx

from bench.attack.attacker import Attacker
from bench.attack.cases import decide, next_decision, state
from bench.attack.http_bodies import Call, Caller
from bench.attack.intake import SECONDS, authorization, client
from bench.attack.valid_messages import application, decision
from workflows import contract

_SIDE_BY_SIDE = 6
_A_MOMENT = 5.0
_TAKEN = (200, 201, 429)
"""Or there were too many of this key: a bound, and no fault."""
_WRONG_KEY = "ptk_0000000000_" + "s" * 43
_VALID_SHARE = 0.12
_REPEAT_SHARE = 0.05
OPEN_AT_ONCE = 50
"""So many platforms are open at a time; older ones are withdrawn."""


async def attack_by_http(attacker: Attacker) -> None:
    """Call until the time is up; some calls side by side, because some of them wait."""
    async with client(attacker.system) as http:
        document = (await http.get("/openapi.json")).json()
        caller = Caller.of(document, tuple(attacker.system.keys))
        places = asyncio.Semaphore(_SIDE_BY_SIDE)
        tasks: set[asyncio.Task[None]] = set()
        async for step in attacker.turns():
            await places.acquire()
            task = asyncio.create_task(_guarded(attacker, http, caller, step))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            task.add_done_callback(lambda _: places.release())
        await asyncio.gather(*tasks)


async def _guarded(attacker: Attacker, http: httpx.AsyncClient, caller: Caller, step: int) -> None:
    """One call; what goes wrong in making it does not end the others."""
    try:
        await _one(attacker, http, caller, step)
    except Exception as error:
        attacker.broke(error)


async def _one(attacker: Attacker, http: httpx.AsyncClient, caller: Caller, step: int) -> None:
    """One call of any kind."""
    random, number = attacker.random, f"{attacker.findings.seed}-{step}"
    way = random.random()
    if len(caller.platforms) > OPEN_AT_ONCE:
        await _close(attacker, caller.platforms.pop(0))
    elif way < _VALID_SHARE:
        await _valid(attacker, http, caller, number)
    elif way < _VALID_SHARE + _REPEAT_SHARE:
        await _repeats(attacker, http, caller, number)
    else:
        await _send(attacker, http, caller.call(random, number), step)


async def _send(
    attacker: Attacker, http: httpx.AsyncClient, call: Call, step: int
) -> httpx.Response | None:
    """Send a call; what is answered 5xx, or not at all, has failed."""
    headers = dict(call.headers)
    if call.key == "wrong":
        headers |= authorization(_WRONG_KEY)
    elif call.key != "none":
        headers |= authorization(attacker.system.keys[call.key])
    try:
        answer = await http.request(
            call.method, call.path, content=call.content or None, headers=headers
        )
    except httpx.TimeoutException:
        attacker.findings.fail(
            "http", f"no answer in {SECONDS:.0f} s", call.line, step=step, reproduce=call.line
        )
        return None
    except (httpx.TransportError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        attacker.count(f"not sent: {type(error).__name__}")
        return None
    attacker.count(f"{answer.status_code}")
    if answer.status_code >= 500:
        again = await _again(http, call, headers)
        what = f"answer {answer.status_code} {_kind(answer)}{again}"
        detail = f"{call.line} → {answer.text[:600]}"
        attacker.findings.fail("http", what, detail, step=step, reproduce=call.line)
    return answer


async def _again(http: httpx.AsyncClient, call: Call, headers: dict[str, str]) -> str:
    """Whether it was answered a moment later: a worker that is busy, and no mistake in it."""
    await asyncio.sleep(_A_MOMENT)
    try:
        answer = await http.request(
            call.method, call.path, content=call.content or None, headers=headers
        )
    except httpx.TransportError:
        return ""
    return ", answered a moment later" if answer.status_code < 500 else ""


def _kind(answer: httpx.Response) -> str:
    """Which problem it says that it is."""
    try:
        return str(answer.json()["type"]).rpartition(":")[2][:40]
    except (ValueError, KeyError, TypeError):
        return ""


async def _close(attacker: Attacker, platform_id: str) -> None:
    """Withdraw a platform, where there is one of this id."""
    said = decision(
        attacker.random, "withdrawal", "operator", application(platform_id) | {"term": 1}, "end-1"
    )
    answer = await decide(attacker.client, contract.platform_workflow_id(platform_id), said)
    attacker.count(f"withdrawn: {answer.outcome}")


async def _valid(attacker: Attacker, http: httpx.AsyncClient, caller: Caller, number: str) -> None:
    """Apply, or decide what a platform awaits."""
    random, step = attacker.random, attacker.step
    headers = {"content-type": "application/json"}
    if not caller.platforms or (random.random() < 0.2):
        platform_id = f"http-{number}"
        body = json.dumps(application(platform_id)).encode()
        call = Call("POST", "/v1/applications", "all", headers, body)
        answer = await _send(attacker, http, call, step)
        if answer is not None and answer.status_code not in _TAKEN:
            attacker.fail("a valid application is not taken", answer.text[:500], call.line)
        elif answer is not None and answer.status_code < 300:
            caller.platforms.append(platform_id)
        return
    platform_id = random.choice(caller.platforms[-40:])
    try:
        view = await state(attacker.client, contract.platform_workflow_id(platform_id))
    except Exception as error:  # an id of a mutated application: it may be anything
        attacker.count(f"state: {type(error).__name__}")
        return
    said: Any = next_decision(random, view, f"hv-{number}") if view else None
    if said:
        body = json.dumps(said).encode()
        call = Call("POST", f"/v1/platforms/{platform_id}/decisions", "all", headers, body)
        answer = await _send(attacker, http, call, step)
        if answer is not None and answer.status_code < 300:
            attacker.count("valid decision taken")


async def _repeats(
    attacker: Attacker, http: httpx.AsyncClient, caller: Caller, number: str
) -> None:
    """The same call with its Idempotency-Key is answered as first; with another body it is refused."""
    form = application(f"rep-{number}")
    caller.platforms.append(f"rep-{number}")
    headers = {"content-type": "application/json", "idempotency-key": f"rep-{number}"}
    body = json.dumps(form).encode()
    call = Call("POST", "/v1/applications", "all", headers, body)
    calls = [call, call, call]
    answers = await asyncio.gather(*(_send(attacker, http, c, attacker.step) for c in calls))
    bodies = {
        answer.content for answer in answers if answer is not None and answer.status_code < 300
    }
    if len(bodies) > 1:
        attacker.fail("a repeat is answered otherwise", str(bodies), call.line)
    other = json.dumps(form | {"name": "另一内容"}).encode()
    answer = await _send(
        attacker, http, Call("POST", "/v1/applications", "all", headers, other), attacker.step
    )
    if answer is not None and answer.status_code < 400:
        attacker.fail("an Idempotency-Key serves another body", answer.text[:300], call.line)
