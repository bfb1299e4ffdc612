"""Idempotency-Key: the same call again gets the answer that was given first."""

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import structlog
from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from db.idempotency import Claim, KeptAnswer, KeptAnswers, sweep
from starter.service.key_access import Caller
from starter.service.problem_details import Kind, Problem
from starter.service.responses import written
from workflows.model import sha256

_log = structlog.stdlib.get_logger("pingtai.http")
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
DONE = frozenset((201,))
"""What is kept: what was done by this call. What changed nothing may simply be asked again."""
_WAITS = (0.05, 0.1, 0.2, 0.4, *([0.5] * 18))
"""How long a repeat waits for the answer to the first (seconds)."""
_SWEEP_ONE_IN = 64

Work = Callable[[], Awaitable[Response]]
Fill = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""Completes an answer that was kept without what must not lie about."""


def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Yours, for this call: 1 to 255 visible ASCII characters. The same call again"
            " with it gets the answer that was given first, for 30 days; what changed nothing is not kept.",
            json_schema_extra={"minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
        ),
    ] = None,
) -> str | None:
    """The header, or None.

    Raises:
        Problem: 400, it is not written so.
    """
    if key is not None and not _VISIBLE.fullmatch(key):
        raise Problem(
            Kind.BAD_REQUEST,
            "Idempotency-Key is 1 to 255 visible ASCII characters",
            "Idempotency-Key 应为 1 至 255 个可见 ASCII 字符",
        )
    return key


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]


async def answer_once(
    request: Request,
    who: Caller,
    idempotency_key: str | None,
    body: Any,
    work: Work,
    *,
    kept_when: frozenset[int] = DONE,
    fill: Fill | None = None,
) -> Response:
    """Do the work of a call, or answer what was answered to the same call before.

    With `fill` the answer is kept without its `secret`, which is looked up for a repeat.

    Raises:
        Problem: 409 the Idempotency-Key was used for another call; 503 the first is still at work.
    """
    if idempotency_key is None or who.key is None:
        return await work()
    engine = await request.app.state.backends.engine()
    kept = KeptAnswers(engine, who.key.id, idempotency_key)
    digest = sha256([request.method, request.url.path, request.url.query, body])
    for pause in (*_WAITS, None):
        found = await kept.claim(digest)
        match found:
            case KeptAnswer():
                return await _again(found, fill)
            case Claim.OURS:
                if secrets.randbelow(_SWEEP_ONE_IN) == 0:
                    await sweep(engine, who.key.id)
                return await _kept(kept, work, kept_when, fill)
            case Claim.OTHER_CALL:
                raise Problem(
                    Kind.KEY_REUSED,
                    "this Idempotency-Key was used for another call, or another body",
                    "此 Idempotency-Key 已用于其他调用或其他内容",
                )
        if pause is not None:
            await asyncio.sleep(pause)
    raise Problem(
        Kind.BUSY,
        "the same call is still being answered: try again",
        "相同的调用仍在处理，请稍后重试",
    )


async def _kept(
    kept: KeptAnswers, work: Work, kept_when: frozenset[int], fill: Fill | None
) -> Response:
    """Do the work, and keep its answer where something was done."""
    keeping = False
    try:
        response = await work()
        keeping = response.status_code in kept_when
    finally:
        if not keeping:
            await asyncio.shield(kept.give_up())
    if not keeping:
        return response
    body = bytes(response.body)
    try:
        await kept.keep(
            KeptAnswer(
                status=response.status_code,
                content_type=response.headers["content-type"],
                location=response.headers.get("location"),
                body=_without_secret(body) if fill else body,
            )
        )
    except Exception as error:  # it is done: that a repeat does it again does no harm
        _log.warning("an answer could not be kept", why=type(error).__name__)
    return response


def _without_secret(body: bytes) -> bytes:
    return written({name: value for name, value in json.loads(body).items() if name != "secret"})


async def _again(kept: KeptAnswer, fill: Fill | None) -> Response:
    headers = {
        "content-type": kept.content_type,
        "Idempotency-Replayed": "true",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if kept.location:
        headers["Location"] = kept.location
    body = written(await fill(json.loads(kept.body))) if fill else kept.body
    return Response(body, kept.status, headers=headers)
