"""What a route says of itself in the OpenAPI document: its body, and each answer with an example."""

from typing import Any

from starter.service import api_examples
from starter.service.problem_details import MEDIA_TYPE, Kind, ProblemDetails
from starter.service.response_schemas import ANSWERED, SAID, schema
from starter.service.responses import JSON

Responses = dict[int | str, dict[str, Any]]

_TEXT = {"type": "string"}
SOURCE = {
    "Pingtai-Source": {
        "description": "`workflow`; or `register`, when the workflow cannot be asked: then it may be a"
        " few seconds behind. 数据来源",
        "schema": {"type": "string", "enum": ["workflow", "register"]},
    }
}
LINK = {"Link": {"description": 'The next page: rel="next". 下一页', "schema": _TEXT}}
ETAG = {"ETag": {"description": "For If-None-Match.", "schema": _TEXT}}
_LOCATION = {"Location": {"description": "Where it stands. 查询地址", "schema": _TEXT}}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "The answer that was given first to this Idempotency-Key. 重放的应答",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_REPEATED = {
    "Pingtai-Repeated": {
        "description": "It had been taken before, and nothing changed. 重复提交",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_OF_PROBLEMS = {
    401: {"WWW-Authenticate": {"description": "How to give a key.", "schema": _TEXT}},
    503: {
        "Retry-After": {
            "description": "Seconds after which to try again.",
            "schema": {"type": "string", "pattern": "^[0-9]+$"},
        }
    },
}


def answers(
    kind: Any,
    example: str,
    *problems: int,
    headers: dict[str, Any] | None = None,
    keyed: bool = True,
    media_type: str = JSON,
) -> Responses:
    """The responses of a call that reads: 200 with a type, and the problems that may come instead.

    `problems` are further than those of each call; `keyed`: also 403, for a key that may not.
    """
    usual = (401, 403, 421, 422, 500, 503) if keyed else (401, 421, 422, 500, 503)
    found = _success(kind, example, headers, media_type=media_type)
    return {200: found, **_problems(*usual, *problems)}


def unkeyed(kind: Any, example: str) -> Responses:
    """The responses of a call at which no key is looked."""
    return {200: _success(kind, example, {}), **_problems(421, 422, 500, 503)}


def written(
    kind: Any, example: str, *problems: int, headers: dict[str, Any] | None = None
) -> Responses:
    """The responses of a call that writes: 201 the first time, 200 for a repeat, and the problems."""
    headers = {**_LOCATION, **_REPLAYED, **(headers or {})}
    first = _success(kind, example, headers, "Taken. 已受理")
    again = _success(
        kind,
        example,
        headers | _REPEATED,
        "Taken before: the first answer, and nothing changed. 此前已受理",
    )
    usual = (400, 401, 403, 408, 409, 413, 415, 421, 422, 500, 503)
    return {201: first, 200: again, **_problems(*usual, *problems)}


def ended(*problems: int) -> Responses:
    """The responses of a call that ends something: 204, and the problems."""
    return {
        204: {"description": "It is ended. 已结束"},
        **_problems(401, 403, 421, 422, 500, 503, *problems),
    }


def unchanged() -> Responses:
    """The response to If-None-Match when nothing has changed."""
    return {304: {"description": "What you have is still right. 未变化", "headers": ETAG}}


def body(kind: Any, name: str, example: str) -> dict[str, Any]:
    """The body of a call, for `openapi_extra`: it is read by our own code, not by FastAPI's."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": schema(kind, SAID, name), "examples": api_examples.of(example)}
            },
        }
    }


def public() -> dict[str, Any]:
    """For `openapi_extra`: the call can be made without a key."""
    return {"security": [{}]}


def _success(
    kind: Any,
    example: str,
    headers: dict[str, Any] | None,
    description: str = "The answer. 应答",
    media_type: str = JSON,
) -> dict[str, Any]:
    return {
        "description": description,
        "headers": headers or {},
        "content": {
            media_type: {
                "schema": schema(kind, ANSWERED, "" if isinstance(kind, type) else example),
                "examples": api_examples.of(example),
            }
        },
    }


def _problems(*statuses: int) -> Responses:
    return {status: _problem(status) for status in sorted(set(statuses))}


def _problem(status: int) -> dict[str, Any]:
    kinds = [kind for kind in Kind if kind.status == status]
    return {
        "description": "; ".join(" ".join(kind.title) for kind in kinds),
        "headers": _OF_PROBLEMS.get(status, {}),
        "content": {
            MEDIA_TYPE: {
                "schema": schema(ProblemDetails, ANSWERED),
                "examples": {str(kind): {"value": api_examples.problem(kind)} for kind in kinds},
            }
        },
    }
