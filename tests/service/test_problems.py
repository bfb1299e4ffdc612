"""Problem details: one form for all that goes wrong, in both languages, and never a traceback."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError, ProgrammingError
from starlette.responses import Response
from structlog.testing import capture_logs

from starter.service import bodies
from starter.service.app import make_app
from starter.service.error_handlers import problem_of
from starter.service.key_access import Reader
from starter.service.problem_details import ProblemDetails
from starter.service.request_guard import NOBODY
from starter.service.responses import wanted_language
from tests.rules.builders import COMMISSION, OPERATOR
from tests.service.conftest import MakeKey, calling, form
from tests.service.decisions import decision
from workflows.model import MAX_MESSAGE_BYTES


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem in an answer, which must be of this status and kind."""
    assert (status, "application/problem+json") == (
        answer.status_code,
        answer.headers["content-type"],
    ), answer.text
    details: dict[str, Any] = answer.json()
    ProblemDetails.model_validate_json(answer.content)
    assert (status, f"urn:pingtai:problem:{kind}") == (details["status"], details["type"])
    return details


async def test_a_refusal_says_the_rule_and_what_is_awaited(all_keys: httpx.AsyncClient) -> None:
    """As the command line does: rule, stage, awaited, in English and Chinese."""
    sent = form()
    await all_keys.post("/v1/applications", json=sent)
    where = f"/v1/platforms/{sent['platform_id']}/decisions"
    body = decision("withdrawal", actor=COMMISSION)
    english = problem(await all_keys.post(where, json=body), 409, "refused")
    assert ("§四", "recommendation") == (english["rule"], english["stage"])
    assert [{"kind": "recommendation", "role": "district", "rule": "§四(一)"}] == english["awaited"]
    assert where == english["instance"]
    assert f"{english['en']} (§四). Awaited now: recommendation" in english["detail"]
    chinese = await all_keys.post(
        where, json=body, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    )
    detail = problem(chinese, 409, "refused")["detail"]
    assert detail.startswith(f"{english['zh']}（《指引》第四部分）。现待：")
    assert detail.endswith("“所在区推荐”（《指引》第四部分第（一）项）。")
    assert ("zh", "Accept-Language") == (
        chinese.headers["content-language"],
        chinese.headers["vary"],
    )


async def test_each_field_that_does_not_fit_is_named(all_keys: httpx.AsyncClient) -> None:
    """In an application, in a decision and in a parameter alike."""
    application = {**form(), "name": "", "extra": 1}
    details = problem(await all_keys.post("/v1/applications", json=application), 422, "invalid")
    assert {"name", "extra"} == {one["field"] for one in details["errors"]}
    assert {"不能为空", "没有此字段"} == {one["zh"] for one in details["errors"]}
    body = decision("inspection", findings={})
    body["outcome"] = "perhaps"
    where = "/v1/platforms/nobody/decisions"
    details = problem(await all_keys.post(where, json=body), 422, "invalid")
    assert ["outcome"] == [one["field"] for one in details["errors"]]
    for address, field in (
        ("/v1/register?limit=0", "limit"),
        ("/v1/register?distrct=haidian", "distrct"),
        ("/v1/register?limit=1&limit=2", "limit"),
        ("/v1/platforms/p-1/validity?on=2026-02-30", "on"),
        ("/v1/platforms/p-1/validity?on=1790000000", "on"),
        ("/v1/platforms/p%001", "platform_id"),
        ("/v1/platforms/p-1/timeline?after=1.2", "after"),
    ):
        details = problem(await all_keys.get(address), 422, "invalid")
        assert [field] == [one["field"] for one in details["errors"]], address


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "bad-request", 400),
        (b"", "bad-request", 400),
        (b'{"name": "\xff"}', "bad-request", 400),
        (b'{"name": "\\ud800"}', "bad-request", 400),
        (b'{"name": 1, "name": 2}', "bad-request", 400),
        (b'{"share": NaN}', "bad-request", 400),
        (b'{"share": 1' + b"0" * 5_000 + b"}", "bad-request", 400),
        (b"[" * 50_000, "bad-request", 400),
        (b" " * (MAX_MESSAGE_BYTES + 1), "too-large", 413),
        (b"[]", "invalid", 422),
        (b"null", "invalid", 422),
    ],
    ids=lambda value: repr(value)[:20] if isinstance(value, bytes) else "",
)
async def test_a_body_that_cannot_be_read_is_told_so(
    all_keys: httpx.AsyncClient, body: bytes, kind: str, status: int
) -> None:
    """Whatever bytes come, the answer says what is wrong with them; for both calls that have a body."""
    for address in ("/v1/applications", "/v1/platforms/p-1/decisions"):
        answer = await all_keys.post(
            address, content=body, headers={"Content-Type": "application/json"}
        )
        problem(answer, status, kind)


async def test_a_body_without_an_end_is_not_read_to_it(all_keys: httpx.AsyncClient) -> None:
    """Without a length it is read as far as a message may be."""
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 100 * MAX_MESSAGE_BYTES:
            sent += 65_536
            yield b" " * 65_536

    answer = await all_keys.post(
        "/v1/applications", content=endless(), headers={"Content-Type": "application/json"}
    )
    problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=gbk"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_other_content_than_json_is_not_read(
    all_keys: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """415, with what is taken."""
    answer = await all_keys.post("/v1/applications", content=b"{}", headers=headers)
    problem(answer, 415, "media-type")
    assert "application/json" == answer.headers["accept"]


async def test_an_idempotency_key_is_visible_ascii(all_keys: httpx.AsyncClient) -> None:
    """Spaces, other letters and more than 255 are refused before anything is done."""
    for key in ("", "a b", "é", "k" * 256):
        answer = await all_keys.post(
            "/v1/applications", json=form(), headers=[(b"Idempotency-Key", key.encode())]
        )
        problem(answer, 400, "bad-request")


async def test_unknown_addresses_and_methods_are_problems_too(http: httpx.AsyncClient) -> None:
    """404 and 405, the latter with the methods that are there."""
    for address in ("/", "/v1", "/v1/register/", "/v1/platform", "/docs"):
        problem(await http.get(address), 404, "not-found")
    answer = await http.delete("/v1/register")
    problem(answer, 405, "no-such-method")
    assert "GET" == answer.headers["allow"]


async def test_a_mistake_of_ours_shows_nothing(app: FastAPI) -> None:
    """500 without a word of what happened; and the service goes on."""
    broken = make_app(app.state.backends)

    @broken.get("/broken")
    async def broken_call() -> None:
        raise ValueError("secret-in-here")

    async with calling(broken) as client:
        with capture_logs() as logged:
            answer = await client.get("/broken")
        assert ["ValueError('secret-in-here')"] == [
            repr(line["exc_info"]) for line in logged if line["log_level"] == "error"
        ]
        details = problem(answer, 500, "mistake")
        assert "secret-in-here" not in json.dumps(details)
        assert 200 == (await client.get("/livez")).status_code


async def test_a_call_that_takes_too_long_ends(app: FastAPI) -> None:
    """503 with Retry-After; of a write it is said that it may still be taken."""
    slow = make_app(app.state.backends, seconds=0.05)

    @slow.api_route("/slow", methods=["GET", "POST"])
    async def slow_call() -> None:
        await asyncio.sleep(60)

    async with calling(slow) as client:
        read, wrote = await client.get("/slow"), await client.post("/slow")
    assert "may still be accepted" not in problem(read, 503, "too-slow")["en"]
    assert "may still be accepted" in problem(wrote, 503, "too-slow")["en"]
    assert "5" == read.headers["retry-after"]


async def test_more_calls_than_are_answered_at_once_are_asked_to_come_again(app: FastAPI) -> None:
    """503, as a problem."""
    full = make_app(app.state.backends, at_once=0)
    async with calling(full) as client:
        answer = await client.get("/livez")
    problem(answer, 503, "busy")
    assert "5" == answer.headers["retry-after"]


async def test_a_body_that_does_not_come_is_not_waited_for(
    all_keys: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """408 after the time for a body, however many bytes drip in; the next call finds its place free."""
    monkeypatch.setattr(bodies, "WITHIN_SECONDS", 0.1)

    async def dripping() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    answer = await all_keys.post(
        "/v1/applications", content=dripping(), headers={"Content-Type": "application/json"}
    )
    problem(answer, 408, "slow-body")


async def test_a_key_has_a_share_of_the_places(app: FastAPI, make_key: MakeKey) -> None:
    """One key alone is asked to come again when its share is taken; others, and nobody, are answered."""
    shared = make_app(app.state.backends)
    shared.state.shares._at_once = 1
    begun, may_end = asyncio.Event(), asyncio.Event()

    @shared.get("/slow")
    async def slow_call(who: Reader) -> Response:
        begun.set()
        await may_end.wait()
        return Response()

    async with (
        calling(shared, await make_key("read")) as busy,
        calling(shared, await make_key("read")) as quiet,
    ):
        slow = asyncio.create_task(busy.get("/slow"))
        await begun.wait()
        problem(await busy.get("/v1/register"), 503, "busy")
        assert 200 == (await quiet.get("/v1/register")).status_code
        async with calling(shared) as nobody:
            assert 200 == (await nobody.get("/v1/register")).status_code
            shared.state.shares.take({}, NOBODY)
            problem(await nobody.get("/v1/register"), 503, "busy")
            assert 200 == (await nobody.get("/livez")).status_code
        may_end.set()
        assert 200 == (await slow).status_code
        assert 200 == (await busy.get("/v1/register")).status_code


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-Hans-CN, en;q=0.8", "zh"),
        ("en, zh;q=0.9", "en"),
        ("fr, zh;q=0.2, en;q=0.1", "zh"),
        ("zh;q=x, *", "en"),
        ("zh;q=0", "en"),
    ],
)
def test_the_language_is_the_one_that_is_preferred(accepted: str, language: str) -> None:
    """By weight; English when neither is asked for."""
    assert language == wanted_language(accepted)


async def test_only_the_operator_of_the_platform_is_heard(all_keys: httpx.AsyncClient) -> None:
    """The rules judge also what a key lets through."""
    sent = form()
    await all_keys.post("/v1/applications", json=sent)
    body = decision("withdrawal", actor={**OPERATOR, "organisation": "别的单位"})
    answer = await all_keys.post(f"/v1/platforms/{sent['platform_id']}/decisions", json=body)
    problem(answer, 409, "refused")


@pytest.mark.parametrize(
    ("state", "kind"),
    [("42P01", "away"), ("42501", "away"), ("42601", "mistake"), ("42804", "mistake")],
)
def test_only_what_the_operator_can_mend_is_a_part_that_is_away(state: str, kind: str) -> None:
    """Missing tables and rights are 503; a statement that is wrong is a mistake of ours, and says so."""

    class Why(Exception):
        sqlstate = state

    assert kind == str(problem_of(ProgrammingError("SELECT", {}, Why("because"))).kind)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("57P03", 503),
        ("57P01", 503),
        ("08006", 503),
        ("53300", 503),
        ("25006", 503),
        ("22001", 500),
        (None, 500),
    ],
)
def test_a_database_that_cannot_serve_now_is_away(state: str | None, status: int) -> None:
    """PostgreSQL that starts, stops, is full or read-only is no mistake of the service."""

    class Said(Exception):
        sqlstate = state

    assert problem_of(DBAPIError("select 1", {}, Said())).kind.status == status


async def test_parameters_are_told_in_words(all_keys: httpx.AsyncClient) -> None:
    """No regular expression, no phrase of a library; and nothing but Chinese in Chinese."""
    for address in (
        "/v1/platforms/p-1/plan?diff=abc",
        "/v1/events?after=zzz",
        "/v1/events?type=nonsense",
        "/v1/events?district=shanghai",
        "/v1/events?limit=many",
        "/v1/events?limit=0",
        "/v1/platforms/p-1/timeline?after=x",
        "/v1/platforms/p-1/validity?on=soon",
        "/v1/platforms/p-1/validity?on=2026-02-30",
        "/v1/platforms?id=_",
        "/v1/register?district=shanghai",
        "/v1/register?overdue=perhaps",
        "/v1/subscriptions/x",
    ):
        details = problem(await all_keys.get(address), 422, "invalid")
        assert not any(
            sign in details["en"] for sign in ("^", "{", "Input", "String", "expected")
        ), details
        assert not any(sign in details["zh"] for sign in ("^", "{", " or ", "Input")), details


async def test_what_a_closed_choice_may_have_meant_is_asked(all_keys: httpx.AsyncClient) -> None:
    """In a parameter, in a list between commas and in a body; what resembles nothing asks nothing."""
    asked = (
        ("/v1/events?type=lisiting", "Did you mean listing?", "是否为纳入名单（listing）？"),
        (
            "/v1/events?type=listing,evaluaton",
            "Did you mean evaluation?",
            "考核评价（evaluation）？",
        ),
        ("/v1/events?district=haidan", "Did you mean haidian?", "是否为海淀区（haidian）？"),
        ("/v1/inbox?step=lisiting", "Did you mean listing?", "是否为纳入名单（listing）？"),
        ("/v1/inbox?district=Haidian", "Did you mean haidian?", "是否为海淀区（haidian）？"),
        ("/v1/register?stage=valdi", "Did you mean valid?", "（valid）？"),
    )
    for path, en, zh in asked:
        [error] = problem(await all_keys.get(path), 422, "invalid")["errors"]
        assert (error["en"].endswith(en), error["zh"].endswith(zh)) == (True, True), (path, error)
    [error] = problem(await all_keys.get("/v1/events?type=qqqq"), 422, "invalid")["errors"]
    assert "Did you mean" not in error["en"] and "是否为" not in error["zh"]
    body = decision("recommendation", outcome="recomended")
    answer = await all_keys.post("/v1/platforms/p-1/decisions", json=body)
    [error] = problem(answer, 422, "invalid")["errors"]
    assert ("outcome", True) == (error["field"], error["en"].endswith("Did you mean recommended?"))
    assert error["zh"].endswith("是否为推荐（recommended）？")
    answer = await all_keys.post("/v1/platforms/p-1/decisions", json=body | {"kind": "lisitng"})
    [error] = problem(answer, 422, "invalid")["errors"]
    assert ("kind", True) == (error["field"], error["en"].endswith("Did you mean listing?"))
