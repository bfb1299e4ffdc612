"""The codec server: decrypts payloads for Temporal's Web UI and command line, as Temporal documents it.

    POST /decode, /encode    {"payloads": [{"metadata": {…}, "data": "…"}]}    Authorization: Bearer KEY
    POST /key/KEY/decode     for the Web UI, which cannot be given a header of ours

A page of another origin reads answers only where its origin was named.
"""

import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payload, Payloads

from starter.encryption.key_errors import MissingKey
from starter.encryption.key_names import scope_of_message
from starter.encryption.payload_codec import ENCODING, seal, unseal
from starter.encryption.term_keys import TermKeys
from starter.errors import PingtaiError
from starter.service.trusted_names import configured_names

LARGEST_BODY = 16 * 1024 * 1024
"""Of a call (bytes): a page of the Web UI's history."""
MOST_PAYLOADS = 2_000
_HEADERS = "authorization,content-type,x-namespace"


class _Refused(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def make_codec_app(keys: TermKeys, bearer: str, origins: Sequence[str] = ()) -> Starlette:
    """Return the app: `bearer` is the key of those who call it, `origins` the pages that may."""
    expected = f"Bearer {bearer}".encode()
    allowed = frozenset(origins)

    def answering(change: Callable[[Payload], Payload]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                given = request.headers.get("authorization", "")
                given = f"Bearer {request.path_params['key']}" if request.path_params else given
                if not hmac.compare_digest(given.encode(), expected):
                    raise _Refused(401, "a key is needed: Authorization: Bearer …")
                payloads = await _read(request)
                found = [MessageToDict(change(one)) for one in payloads.payloads]
                response: Response = JSONResponse({"payloads": found})
            except _Refused as refused:
                response = JSONResponse({"message": str(refused)}, refused.status)
            except MissingKey as error:
                response = JSONResponse({"message": str(error)}, 404)
            except PingtaiError as error:
                response = JSONResponse({"message": str(error)}, 400)
            return _for_page(request, response)

        return answer

    def _for_page(request: Request, response: Response) -> Response:
        origin = request.headers.get("origin")
        response.headers["cache-control"] = "no-store"
        response.headers["vary"] = "origin"
        if origin in allowed:
            response.headers["access-control-allow-origin"] = str(origin)
            response.headers["access-control-allow-headers"] = _HEADERS
            response.headers["access-control-allow-methods"] = "POST"
        return response

    async def asked_before(request: Request) -> Response:
        return _for_page(request, Response(status_code=204))

    def opened(payload: Payload) -> Payload:
        return unseal(payload, keys, None)

    def sealed(payload: Payload) -> Payload:
        if payload.metadata.get("encoding") == ENCODING:
            return payload
        return seal(payload, keys, scope_of_message(payload))

    routes = [
        Route(path, each, methods=[method])
        for work, change in (("/decode", opened), ("/encode", sealed))
        for path in (work, f"/key/{{key}}{work}")
        for method, each in (("POST", answering(change)), ("OPTIONS", asked_before))
    ]
    app = Starlette(routes=routes)
    app.state.names = configured_names()
    return app


async def _read(request: Request) -> Payloads:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _Refused(413, f"more than {LARGEST_BODY:,} bytes")
    try:
        given = json.loads(bytes(body))
        if not isinstance(given, dict):
            raise ValueError
        payloads = ParseDict(given, Payloads())
    except (ValueError, TypeError, AttributeError, RecursionError, ParseError):
        raise _Refused(400, 'no {"payloads": [...]} as Temporal writes it') from None
    if len(payloads.payloads) > MOST_PAYLOADS:
        raise _Refused(413, f"more than {MOST_PAYLOADS:,} payloads")
    return payloads
