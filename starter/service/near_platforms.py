"""What a caller may have meant who named a platform that is not there: part of the answer 404."""

import asyncio

from starlette.requests import Request

from db.name_search import platform_of_id, similar_platforms
from db.sqlstate import database_errors
from starter.desk.did_you_mean import joined, near_words
from starter.errors import NoSuchPlatform, PingtaiError
from starter.service.scopes import Scope

_AWAY: tuple[type[Exception], ...] = (TimeoutError, PingtaiError, *database_errors())
_PATIENCE = 2.0
"""Seconds that a 404 waits at most for what was perhaps meant."""


async def with_near(request: Request, error: NoSuchPlatform) -> NoSuchPlatform:
    """The same, with the platforms that may have been meant; only for whom may read them."""
    given = request.path_params.get("platform_id")
    who = getattr(request.state, "caller", None)
    if given is None or who is None or not who.may(Scope.READ):
        return error
    try:
        async with asyncio.timeout(_PATIENCE):
            engine = await request.app.state.backends.engine()
            if (await platform_of_id(engine, given)).total:
                return error  # it is there: what is not is its assessment, or that it is listed
            near = await similar_platforms(engine, given, district=who.district_within(None))
    except _AWAY:  # it is no more than a help
        return error
    return NoSuchPlatform(joined(error.words, near_words(near)))
