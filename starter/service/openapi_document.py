"""The OpenAPI document: what each route says of itself, FastAPI's frame, and the schemas of our own models.

Routes name a model where they are declared. All of them are made into schemas at once, because a model
may look different when it is sent (a default may be left out) and when it is answered.
"""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any, Literal, Union

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import Field, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from starter.service import api_examples
from starter.service.problem_details import MEDIA_TYPE, Kind, ProblemDetails
from starter.service.responses import JSON
from workflows.decisions import MODELS
from workflows.vocabulary import Kind as KindOfDecision

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
_LOCATION = {"Location": {"description": "Where to query it. 查询地址", "schema": _TEXT}}
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

SENT: Literal["validation"] = "validation"
ANSWERED: Literal["serialization"] = "serialization"

_SENT_ALONE = tuple(
    model for kind, model in MODELS.items() if kind is not KindOfDecision.BRINGING_IN
)
AnyDecision: Any = Annotated[Union[_SENT_ALONE], Field(discriminator="kind")]  # noqa: UP007
"""Any decision that is sent by itself; the kind says which."""

_PLACE = "#/to-be-made/"
_named: dict[tuple[str, JsonSchemaMode], TypeAdapter[Any]] = {}

_ABOUT = """\
Submit applications and decisions for Beijing's common technology platforms (共性技术平台), and follow
them. Every write can be repeated: you choose `application_id` and `decision_id`, and nothing is
accepted twice. Errors are problem details (RFC 9457) in English and Chinese."""


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
    first = _success(kind, example, headers, "Accepted. 已受理")
    again = _success(
        kind,
        example,
        headers | _REPEATED,
        "Accepted before: the first answer; nothing changed. 此前已受理",
    )
    usual = (400, 401, 403, 408, 409, 413, 415, 421, 422, 500, 503)
    return {201: first, 200: again, **_problems(*usual, *problems)}


def ended(*problems: int) -> Responses:
    """The responses of a call that ends something: 204, and the problems."""
    return {
        204: {"description": "Deleted. 已取消"},
        **_problems(401, 403, 421, 422, 500, 503, *problems),
    }


def unchanged() -> Responses:
    """The response to If-None-Match when nothing has changed."""
    return {304: {"description": "Not modified. 未变化", "headers": ETAG}}


def body(kind: Any, name: str, example: str) -> dict[str, Any]:
    """The body of a call, for `openapi_extra`: it is read by our own code, not by FastAPI's."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": schema(kind, SENT, name), "examples": api_examples.of(example)}
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


def schema(kind: Any, mode: JsonSchemaMode, name: str = "") -> dict[str, str]:
    """A reference to the schema of a type, which `documented` replaces by the schema itself."""
    known = name or getattr(kind, "__name__", repr(kind))
    _named.setdefault((known, mode), TypeAdapter(kind))
    return {"$ref": f"{_PLACE}{mode}/{known}"}


def _with_schemas(document: Any) -> tuple[Any, dict[str, Any]]:
    """A document with its schemas in place, and the definitions to which they refer."""
    schemas, definitions = TypeAdapter.json_schemas(
        [(name, mode, adapter) for (name, mode), adapter in _named.items()],
        ref_template="#/components/schemas/{model}",
    )
    places = {f"{_PLACE}{mode}/{name}": made for (name, mode), made in schemas.items()}
    return _replaced(document, places), definitions.get("$defs", {})


def _replaced(part: Any, places: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        if set(part) == {"$ref"} and part["$ref"] in places:
            return places[part["$ref"]]
        return {name: _replaced(value, places) for name, value in part.items()}
    if isinstance(part, list):
        return [_replaced(value, places) for value in part]
    return part


def documented(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What `app.openapi` is to be: the document, made once."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    return openapi


def _document(app: FastAPI) -> dict[str, Any]:
    document, definitions = _with_schemas(
        get_openapi(
            title="Pingtai 平台",
            version=version("pingtai"),
            openapi_version="3.1.0",
            description=_ABOUT,
            routes=app.routes,
        )
    )
    components = document.setdefault("components", {})
    components["schemas"] = dict(sorted(definitions.items()))
    whole: dict[str, Any] = api_examples.filled(document)
    return whole
