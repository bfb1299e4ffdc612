"""The body of a request: bounded, JSON, in well-formed UTF-8, each name once."""

import asyncio
import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from starter.bounds import TooMuch, check_depth
from starter.service.problem_details import Kind, Problem
from starter.tables.strict_json import strict_loads
from workflows.model import MAX_MESSAGE_BYTES
from workflows.words import Words

WITHIN_SECONDS = 10.0
"""A body is half a megabyte at most: whoever needs longer for it only keeps a place from others."""


async def json_body(request: Request) -> Any:
    """What was sent, as plain JSON data.

    Raises:
        Problem: 415 it is not said to be JSON, 413 it is too large, 400 it cannot be read, 408 it is slow.
    """
    _check_kind(request)
    raw = bytearray()
    length = request.headers.get("content-length", "")
    if (
        length.isascii()
        and length.isdigit()
        and (len(length) > 12 or int(length) > MAX_MESSAGE_BYTES)
    ):
        raise _too_large()
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            async for part in request.stream():
                raw += part
                if len(raw) > MAX_MESSAGE_BYTES:
                    raise _too_large()
    except TimeoutError:
        raise _too_slow() from None
    except ClientDisconnect:
        raise _unreadable("the request broke off", "请求中断") from None
    request.state.sent = _read(bytes(raw))
    return request.state.sent


def _check_kind(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    encoded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if (
        kind.strip().lower() != "application/json"
        or charset not in ("", "charset=utf-8")
        or encoded
    ):
        raise Problem(
            Kind.MEDIA_TYPE,
            "send application/json in UTF-8, not compressed",
            "请求内容应为 application/json（UTF-8，不压缩）",
            headers={"Accept": "application/json"},
        )


def _read(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8")
        check_depth(text)
        data = strict_loads(text)
        # An escape can name half a character, which no text may hold; and 1e999 is read as infinity.
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeError:
        raise _unreadable("not valid UTF-8", "不是有效的 UTF-8") from None
    except RecursionError:
        raise _unreadable("nested too deep", "嵌套过深") from None
    except json.JSONDecodeError as error:
        where = f"{error.msg} at line {error.lineno} column {error.colno}"
        raise _unreadable(where, f"第 {error.lineno} 行第 {error.colno} 列有误") from None
    except TooMuch as error:
        raise _unreadable(error.words) from None
    except ValueError as error:
        raise _unreadable(str(error)[:200], str(error)[:200]) from None
    return data


def _unreadable(en: str | Words, zh: str = "") -> Problem:
    why = en if isinstance(en, Words) else Words(en, zh)
    return Problem(
        Kind.BAD_REQUEST, f"Invalid JSON: {why.en}", f"请求内容不是有效的 JSON：{why.zh}"
    )


def _too_large() -> Problem:
    most = f"{MAX_MESSAGE_BYTES:,}"
    return Problem(
        Kind.TOO_LARGE,
        f"the body is larger than {most} bytes",
        f"请求内容超过 {most} 字节",
        headers={"Connection": "close"},
    )


def _too_slow() -> Problem:
    return Problem(
        Kind.SLOW_BODY,
        f"the body did not arrive within {WITHIN_SECONDS:.0f} seconds",
        f"请求内容未在 {WITHIN_SECONDS:.0f} 秒内到达",
        headers={"Connection": "close"},
    )
