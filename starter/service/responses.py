"""Answers as they go out: JSON in well-formed UTF-8, whatever others wrote into it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from starter.service.problem_details import MEDIA_TYPE, Problem
from starter.service.web_pages import problem_page, wants_page
from starter.tables.strict_json import encodable
from workflows.words import Language

Row = TypeVar("Row")
JSON = "application/json"
_ALWAYS = {"X-Content-Type-Options": "nosniff"}


def written(data: Any) -> bytes:
    """A model or plain data as JSON; half a character, which UTF-8 cannot hold, is escaped."""
    plain = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
    return encodable(json.dumps(plain, ensure_ascii=False, allow_nan=False)).encode("utf-8")


def reply(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON that nobody on the way keeps."""
    return raw_reply(written(data), status, headers)


def raw_reply(body: bytes, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(
        body,
        status,
        media_type=JSON,
        headers=_ALWAYS | {"Cache-Control": "no-store"} | (headers or {}),
    )


def tagged_reply(content: bytes, if_none_match: str | None, headers: dict[str, str]) -> Response:
    """An answer with its ETag; 304 without a body for who has it already. It is of one key alone."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization",
    } | headers
    if if_none_match is not None and _known(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return raw_reply(content, 200, headers)


def _known(given: str, etag: str) -> bool:
    """Whether If-None-Match names this ETag; a weak one does as well (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return etag in tags or given.strip() == "*"


def problem_reply(problem: Problem, request: Request) -> Response:
    language = wanted_language(request.headers.get("accept-language", ""))
    if wants_page(request):
        kind = problem.kind
        return problem_page(kind.status, kind.title, problem.words, language, problem.headers)
    details = problem.details(request.url.path[:500], language)
    return Response(
        written(details),
        problem.kind.status,
        media_type=MEDIA_TYPE,
        headers=_ALWAYS
        | {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
        | problem.headers,
    )


def next_page(
    request: Request, rows: Sequence[Row], limit: int, place: Callable[[Row], str]
) -> str | None:
    """The address of the page after these rows, with the same filters; None where they are the last.

    `place` says how a row is named as the place where the page after goes on.
    """
    if len(rows) < limit:
        return None
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    return f"{request.url.path}?{urlencode([*kept, ('after', place(rows[-1]))])}"


def link(following: str | None) -> dict[str, str]:
    """The header that names the next page."""
    return {"Link": f'<{following}>; rel="next"'} if following else {}


def wanted_language(accepted: str) -> Language:
    """`zh` when Accept-Language asks for Chinese before English; else `en`."""
    best = {"zh": 0.0, "en": 0.0}
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        prefix = tag.lower().partition("-")[0]
        if prefix in best:
            best[prefix] = max(best[prefix], _weight(weight))
    return "zh" if best["zh"] > best["en"] else "en"


def _weight(given: str) -> float:
    try:
        return min(max(float(given), 0.0), 1.0) if given else 1.0
    except ValueError:
        return 0.0
