"""The OpenAPI document: FastAPI's, with the schemas of our own models."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from starter.service.api_examples import filled
from starter.service.response_schemas import made

_ABOUT = """\
Applications and decisions for Beijing's common technology platforms (共性技术平台) come in here, and
are followed. Every write may be repeated: `application_id` and `decision_id` are yours, and what was
taken once is never taken twice. Errors are problem details (RFC 9457) in English and Chinese."""


def documented(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What `app.openapi` is to be: the document, made once."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _made(app)
        return app.openapi_schema

    return openapi


def _made(app: FastAPI) -> dict[str, Any]:
    document, definitions = made(
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
    whole: dict[str, Any] = filled(document)
    return whole
