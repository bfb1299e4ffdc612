"""`/v1/subscriptions`: webhooks, each key for itself."""

import base64
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from activities.channels.destinations import Destinations, ForbiddenDestination
from activities.channels.signature import PREFIX
from db.feed import Cursor, Feed
from db.subscription_admin import SubscriptionAdmin, SubscriptionRow, TooMany
from starter.service.bodies import json_body
from starter.service.event_routes import place
from starter.service.feed_messages import (
    NewSubscription,
    Replay,
    SubscriptionList,
    SubscriptionSecret,
    SubscriptionView,
    view_of,
)
from starter.service.idempotency_keys import Fill, IdempotencyKey, answer_once
from starter.service.key_access import Caller, Reader
from starter.service.openapi_document import answers, body, ended, written
from starter.service.parameter_words import in_words
from starter.service.parameters import Engine
from starter.service.problem_details import FieldProblem, Kind, Problem
from starter.service.responses import reply
from workflows.model import parse
from workflows.words import Words

router = APIRouter(prefix="/v1/subscriptions", tags=["events"])
_SECRET_BYTES = 32
_BODY = (400, 408, 413, 415)
"""Problems of calls that have a body."""
_OF_AN_ID = in_words(
    r"^sub_[0-9a-f]{16}$",
    Words("write sub_ and 16 digits of 0-9, a-f", "应写作 sub_ 及 16 位 0-9、a-f"),
)
SubscriptionId = Annotated[
    str, Path(pattern=_OF_AN_ID, description="The subscription's id. 订阅编号")
]


@router.post(
    "",
    summary="Subscribe to events by webhook. 订阅",
    responses=written(SubscriptionSecret, "subscribed", 410),
    openapi_extra=body(NewSubscription, "NewSubscription", "subscribe"),
)
async def subscribe(request: Request, who: Reader, engine: Engine, key: IdempotencyKey) -> Response:
    """Have each event posted to a URL, signed, in their order. Scope: `read`.

    The secret is in this answer only, and in its repeats with the same Idempotency-Key. A key of a
    district gets events of its platforms only.
    Where URLs may lead is for the operator to say: public hosts by https, if nothing was said.
    """
    data = await json_body(request)

    async def work() -> Response:
        asked = parse(NewSubscription, data, "subscription")
        for district in asked.districts:
            who.only_of(district)
        _check_url(request.app.state.destinations, asked.url)
        end, secret = await Feed(engine).end(), _new_secret()
        try:
            row = await SubscriptionAdmin(engine).make(
                f"sub_{secrets.token_hex(8)}",
                _id(who),
                url=asked.url,
                secret=secret,
                after=place(asked.after, end),
                events=asked.events,
                districts=asked.districts,
                platforms=asked.platforms,
            )
        except TooMany as error:
            raise Problem(Kind.TOO_MANY, error.words) from None
        where = {"Location": f"/v1/subscriptions/{row.id}"}
        return reply(_with_secret(row, end, secret), 201, where)

    return await answer_once(request, who, key, data, work, fill=_secret_again(engine, who))


@router.get(
    "",
    summary="The key's subscriptions. 订阅列表",
    responses=answers(SubscriptionList, "subscriptions"),
)
async def all_of_key(who: Reader, engine: Engine) -> Response:
    """The subscriptions and their state, the oldest first. Scope: `read`."""
    end = await Feed(engine).end()
    rows = await SubscriptionAdmin(engine).of_key(_id(who))
    return reply(SubscriptionList(subscriptions=tuple(view_of(row, end.feed) for row in rows)))


@router.get(
    "/{subscription_id}",
    summary="A subscription. 订阅",
    responses=answers(SubscriptionView, "subscription", 404),
)
async def one(who: Reader, engine: Engine, subscription_id: SubscriptionId) -> Response:
    """Its state: the last delivered event, and why delivery is delayed. Scope: `read`."""
    return await _shown(engine, await SubscriptionAdmin(engine).one(_id(who), subscription_id))


@router.delete(
    "/{subscription_id}",
    status_code=204,
    summary="End a subscription. 取消订阅",
    responses=ended(404),
)
async def end_one(who: Reader, engine: Engine, subscription_id: SubscriptionId) -> Response:
    """End it. What is being sent just now may still arrive. Scope: `read`."""
    if not await SubscriptionAdmin(engine).end(_id(who), subscription_id):
        raise _unknown()
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post(
    "/{subscription_id}/replay",
    summary="Go on from another place. 重放",
    responses=answers(SubscriptionView, "subscription", 404, 410, *_BODY),
    openapi_extra=body(Replay, "Replay", "replay"),
)
async def replay(
    request: Request, who: Reader, engine: Engine, subscription_id: SubscriptionId
) -> Response:
    """Deliveries after that place are repeated, or passed over. One that is paused stays so. Scope: `read`."""
    asked = parse(Replay, await json_body(request), "replay")
    start = place(asked.after, await Feed(engine).end())
    keeping = SubscriptionAdmin(engine)
    return await _shown(engine, await keeping.replay(_id(who), subscription_id, start))


@router.post(
    "/{subscription_id}/resume",
    summary="Try the next event at once. 恢复",
    responses=answers(SubscriptionView, "subscription", 404),
)
async def resume(who: Reader, engine: Engine, subscription_id: SubscriptionId) -> Response:
    """After a pause, or instead of waiting for the next try. Scope: `read`."""
    keeping = SubscriptionAdmin(engine)
    return await _shown(engine, await keeping.resume(_id(who), subscription_id))


@router.post(
    "/{subscription_id}/secret",
    summary="A new secret. 更换密钥",
    responses=answers(SubscriptionSecret, "subscribed", 400, 404, 409),
)
async def new_secret(
    request: Request,
    who: Reader,
    engine: Engine,
    subscription_id: SubscriptionId,
    key: IdempotencyKey,
) -> Response:
    """The newest secret of before signs as well for a day, or until the next change. Scope: `read`."""

    async def work() -> Response:
        secret = _new_secret()
        row = await SubscriptionAdmin(engine).new_secret(_id(who), subscription_id, secret)
        if row is None:
            raise _unknown()
        return reply(_with_secret(row, await Feed(engine).end(), secret))

    fill = _secret_again(engine, who)
    return await answer_once(request, who, key, None, work, kept_when=frozenset((200,)), fill=fill)


def _secret_again(engine: AsyncEngine, who: Caller) -> Fill:
    """Completes a kept answer with the subscription's newest secret: no second copy of it is kept."""

    async def fill(answer: dict[str, Any]) -> dict[str, Any]:
        secret = await SubscriptionAdmin(engine).secret(_id(who), answer["id"])
        if secret is None:
            raise _unknown()
        return {**answer, "secret": secret}

    return fill


def _id(who: Caller) -> str:
    return who.key.id if who.key else ""


async def _shown(engine: AsyncEngine, row: SubscriptionRow | None) -> Response:
    if row is None:
        raise _unknown()
    return reply(view_of(row, (await Feed(engine).end()).feed))


def _with_secret(row: SubscriptionRow, end: Cursor, secret: str) -> SubscriptionSecret:
    return SubscriptionSecret(**dict(view_of(row, end.feed)), secret=secret)


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _unknown() -> Problem:
    return Problem(
        Kind.NOT_FOUND, "this key has no subscription with this id", "此密钥没有该编号的订阅"
    )


def _check_url(destinations: Destinations, url: str) -> None:
    try:
        destinations.check(url)
    except ForbiddenDestination as error:
        field = FieldProblem(field="url", **error.words._asdict())
        raise Problem(Kind.INVALID, error.words.at("url"), errors=(field,)) from None
