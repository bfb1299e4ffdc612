"""One interface, two ways: what the client over Temporal answers and raises, the one over HTTP does, too."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from starter import PingtaiHttpClient
from starter.client.interface import Pingtai
from starter.client.temporal_client import PingtaiClient
from starter.clock import today
from starter.errors import BadInput, NoSuchPlatform, NotAllowed, Unreachable
from starter.plans.plan_view import LAST_TWO
from starter.service.scopes import Scope
from tests.rules import builders
from tests.rules.builders import OPERATOR, Raw, actor
from tests.service.conftest import EVERYTHING, MakeKey, form
from tests.warm_process import Warm
from tests.workflows.world import World
from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, parse
from workflows.periods import beijing_date
from workflows.refusal import Refused

EXAMPLE = Path(__file__).parents[2] / "examples" / "integration" / "client.py"


def over_http(app: FastAPI, key: str, **more: Any) -> PingtaiHttpClient:
    """The client over HTTP, of an app in this process."""
    transport = httpx.ASGITransport(app)
    return PingtaiHttpClient("http://pingtai", key, transport=transport, **more)


@pytest.fixture(params=["temporal", "http"])
async def pingtai(
    request: pytest.FixtureRequest, world: World, app: FastAPI, make_key: MakeKey
) -> AsyncIterator[Pingtai]:
    """Either client."""
    if request.param == "temporal":
        yield world.client
        return
    async with over_http(app, await make_key(*EVERYTHING, district="haidian")) as client:
        yield client


def application() -> PlatformApplication:
    """An application of a platform of its own."""
    return parse(PlatformApplication, form())


def recommendation(decision_id: str = "d-1", **changes: Any) -> Raw:
    """The district recommends, today."""
    today = beijing_date(datetime.now(UTC))
    return builders.decision("recommendation", decision_id, today, **changes)


async def test_a_platform_is_started_once(pingtai: Pingtai) -> None:
    """The same application again gives the first answer and says so; another of that id is refused."""
    asked = application()
    first, again = await pingtai.apply(asked), await pingtai.apply(asked)
    assert (1, False, True) == (first.term, first.repeated, again.repeated)
    assert first == again.model_copy(update={"repeated": False})
    with pytest.raises(Refused, match="with another content"):
        await pingtai.apply(asked.model_copy(update={"name": "另一名称"}))


async def test_a_decision_is_taken_once(pingtai: Pingtai) -> None:
    """Tried first, then taken, with what is due; again, it is the first receipt."""
    asked = application()
    await pingtai.apply(asked)
    preview = await pingtai.check(asked.platform_id, recommendation())
    first = await pingtai.decide(asked.platform_id, recommendation())
    again = await pingtai.decide(asked.platform_id, recommendation())
    assert ("inspection", "inspection", 2) == (preview.stage, first.stage, first.seq)
    assert first.due and first.due > datetime.now(UTC)
    assert (False, True) == (first.repeated, again.repeated)
    same = {"repeated": False, "due": first.due}
    assert first == again.model_copy(update=same)
    tried = await pingtai.check(asked.platform_id, recommendation())
    assert (False, True, None) == (preview.repeated, tried.repeated, tried.set_aside_by)
    view = await pingtai.state(asked.platform_id)
    assert view.platform
    assert "inspection" == view.platform.stage
    assert [None, "d-1"] == [one.decision_id for one in await pingtai.log(asked.platform_id)]


async def test_what_was_set_aside_is_told(pingtai: Pingtai) -> None:
    """A repeat of a decision that no longer counts names the one that set it aside."""
    asked = application()
    await pingtai.apply(asked)
    await pingtai.decide(asked.platform_id, recommendation())
    aside = {"target": "d-1", "reason": "材料有误", "kind": "set_aside"}
    by = {key: recommendation("d-2")[key] for key in ("decision_id", "decided_on")}
    await pingtai.decide(asked.platform_id, {**aside, **by, "actor": actor("commission")})
    assert "d-2" == (await pingtai.decide(asked.platform_id, recommendation())).set_aside_by


async def test_refusals_say_the_rule_and_what_is_awaited(pingtai: Pingtai) -> None:
    """Before it is sent and when it is: the same article, stage and words in both languages."""
    asked = application()
    await pingtai.apply(asked)
    wrong = recommendation(actor=OPERATOR)
    for call in (pingtai.check, pingtai.decide):
        with pytest.raises(Refused) as caught:
            await call(asked.platform_id, wrong)
        told = caught.value.refusal
        assert ("§四(一)", "recommendation") == (told.rule, told.stage)
        assert ["recommendation"] == [one.kind for one in told.awaited]
        assert told.zh


async def test_messages_that_do_not_fit_name_their_fields(pingtai: Pingtai) -> None:
    """Which field, and why, in both languages."""
    asked = application()
    await pingtai.apply(asked)
    with pytest.raises(InvalidMessage) as caught:
        await pingtai.decide(asked.platform_id, recommendation(outcome="perhaps"))
    [(field, (en, zh))] = caught.value.problems
    assert "outcome" == field
    assert en != zh


async def test_what_is_not_there(pingtai: Pingtai) -> None:
    """An unknown platform, and an assessment that never opened."""
    asked = application()
    await pingtai.apply(asked)
    for question in (
        pingtai.state("nobody-applied"),
        pingtai.log("nobody-applied"),
        pingtai.assessment_state(asked.platform_id, 1, 3),
    ):
        with pytest.raises(NoSuchPlatform):
            await question


async def test_a_plan(pingtai: Pingtai, world: World) -> None:
    """Both read it from the register."""
    life = await world.apply()
    await life.decide("recommendation", "returned")
    await life.decide("plan_revision", plan=builders.plan("改写"))
    await life.settled(life.handle)
    newest = await pingtai.plan(life.id)
    assert (newest.shown.version, newest.shown.plan) == (2, builders.plan("改写"))
    changed = await pingtai.plan(life.id, diff=LAST_TWO)
    assert changed == await pingtai.plan(life.id, term=1, version=2, diff=(1, 2))
    assert changed.difference
    first = (await pingtai.plan(life.id, version=1)).shown.plan
    assert first
    assert first["parts"] == builders.plan()["parts"]
    for wanted in (pingtai.plan(life.id, version=9), pingtai.plan(life.id, term=9)):
        with pytest.raises(NoSuchPlatform):
            await wanted
    with pytest.raises(NoSuchPlatform):
        await pingtai.plan("nothing-of-this-id")


async def test_a_client_without_a_register_has_no_plans(world: World) -> None:
    """A workflow answers with hashes only; it is said where the texts are."""
    with pytest.raises(Unreachable, match="register"):
        await PingtaiClient(world.temporal).plan("p-1")


async def test_an_assessment(pingtai: Pingtai, world: World) -> None:
    """Where a yearly assessment stands."""
    life = await world.apply()
    await life.get_listed()
    await life.open(1)
    view = await pingtai.assessment_state(life.id, 1, 1)
    assert view.assessment
    assert (1, "self_report") == (view.assessment.year, view.assessment.stage)


async def test_keys_that_may_not(app: FastAPI, make_key: MakeKey) -> None:
    """No key, and one without the scope: told as such, and never tried again."""
    for key in ("ptk_none", await make_key(Scope.READ)):
        async with over_http(app, key) as client:
            with pytest.raises(NotAllowed):
                await client.apply(application())


async def test_what_is_away_is_asked_again() -> None:
    """Until its patience is at an end: 503 and no connection; then it says that it may be repeated."""
    busy, gone = httpx.Response(503, headers={"retry-after": "0"}), httpx.ConnectError("down")
    answers: Iterator[httpx.Response | httpx.ConnectError] = iter((busy, gone))

    def answer(request: httpx.Request) -> httpx.Response:
        told = next(answers, httpx.Response(404, json={"en": "none", "zh": "没有"}))
        if isinstance(told, httpx.ConnectError):
            raise told
        return told

    async with PingtaiHttpClient(
        "http://pingtai", "key", transport=httpx.MockTransport(answer)
    ) as client:
        with pytest.raises(NoSuchPlatform, match="none"):
            await client.state("p-1")

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    for transport in (down, lambda request: httpx.Response(503, text="<html>")):
        async with PingtaiHttpClient(
            "http://pingtai", "key", patience=0.3, transport=httpx.MockTransport(transport)
        ) as client:
            with pytest.raises(Unreachable):
                await client.state("p-1")


async def test_whatever_else_is_answered() -> None:
    """No problem details, a call that cannot be used: in words, and no traceback."""
    transport = httpx.MockTransport(lambda request: httpx.Response(418, text="teapot"))
    async with PingtaiHttpClient("http://pingtai", "key", transport=transport) as client:
        with pytest.raises(BadInput, match="HTTP 418"):
            await client.state("p-1")


async def test_an_address_that_is_none() -> None:
    """Is told at once: asking again would not help."""
    async with PingtaiHttpClient("pingtai:8080", "key") as client:
        with pytest.raises(BadInput):
            await client.state("p-1")


def example() -> ModuleType:
    """The documents' example, as it stands there."""
    spec = spec_from_file_location("integration_client", EXAMPLE)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_example(pingtai: Pingtai, capsys: pytest.CaptureFixture[str]) -> None:
    """Run twice it starts and recommends once, by either way."""
    asked = application()
    for _ in range(2):
        assert "inspection" == await example().start_and_recommend(pingtai, asked, today())
    told = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    about = [words[-1] for words in told if words[0] in ("entry", f"platform:{asked.platform_id}")]
    assert ["new", "new", "again", "again"] == about


def test_the_example_says_what_is_wrong(tmp_path: Path) -> None:
    """Without an argument, a file or an application that fits: in words, and no traceback."""
    odd = tmp_path / "odd.json"
    odd.write_text("{}", encoding="utf-8")
    settings = {"PINGTAI_URL": "http://127.0.0.1:1", "PINGTAI_KEY": "ptk_0_x"}
    warm = Warm("starter.client.temporal_client", "starter.client.http_client")
    code = f"import runpy; runpy.run_path({str(EXAMPLE)!r}, run_name='__main__')"
    for given, says in (
        ((), "usage:"),
        ((str(tmp_path / "none.json"),), "No such file"),
        ((str(odd),), "PlatformApplication"),
        ((str(odd),), "缺少此项"),
        ((str(odd), "soon"), "invalid fromisoformat value"),
    ):
        done = warm.run(code, given, {**os.environ, **settings}, tmp_path)
        assert (2, True) == (done.returncode, says in done.stderr), done.stderr
        assert "Traceback" not in done.stderr


async def test_pauses_grow_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry-After is kept to, and no pause is longer than is told beforehand."""
    paused: list[float] = []

    async def sleep(seconds: float) -> None:
        paused.append(seconds)

    # The module's own: else whatever serves in the same loop would never pause.
    own = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr("starter.client.http_client.asyncio", own)
    told = iter([{"retry-after": "3"}, {}, {"retry-after": "3600"}])

    def answer(request: httpx.Request) -> httpx.Response:
        headers = next(told, None)
        return httpx.Response(404 if headers is None else 503, headers=headers)

    async with PingtaiHttpClient(
        "http://pingtai", "key", patience=100, transport=httpx.MockTransport(answer)
    ) as client:
        with pytest.raises(NoSuchPlatform):
            await client.state("p-1")
    assert 2.0 < paused[0] < 4.0
    assert 0.2 < paused[1] < 0.6
    assert 6.9 < paused[2] < 13.1
    assert timedelta(seconds=sum(paused)) < timedelta(seconds=60)
