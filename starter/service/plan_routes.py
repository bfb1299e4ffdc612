"""`GET /v1/platforms/{id}/plan`: a version of the plan with its text, and what changed since another."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.plan_queries import PlanQueries
from starter.errors import no_such_platform
from starter.plans.plan_view import LAST_TWO, PlanView, plan_view
from starter.service.case_status import district_of
from starter.service.key_access import Reader
from starter.service.openapi_document import ETAG, answers, unchanged
from starter.service.parameter_words import in_words
from starter.service.parameters import Engine, IfNoneMatch, PlatformId
from starter.service.responses import tagged_reply, written
from workflows.words import Words

router = APIRouter(prefix="/v1", tags=["reads"])
_LAST = "last"
_COMPARED = in_words(
    r"^(last|[1-9][0-9]{0,3}(,[1-9][0-9]{0,3})?)$",
    Words("write last, N or N,M: numbers of versions", "应写作 last、N 或 N,M（版本号）"),
)


@router.get(
    "/platforms/{platform_id}/plan",
    summary="The plan, and what changed in it. 建设方案",
    responses=answers(PlanView, "plan", 404, headers=ETAG) | unchanged(),
)
async def platform_plan(
    *,
    request: Request,
    platform_id: PlatformId,
    who: Reader,
    engine: Engine,
    term: Annotated[
        int | None, Query(ge=1, le=99, description="By default the newest. 第几期")
    ] = None,
    version: Annotated[
        int | None,
        Query(ge=1, le=9_999, description="By default the newest that was not set aside. 版本"),
    ] = None,
    diff: Annotated[
        str | None,
        Query(
            description="Also what changed: `1,2` from version 1 to version 2; `1` from version 1 to"
            " `version`; `last` from the version before. 版本差异",
            pattern=_COMPARED,
            examples=["1,2"],
        ),
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A version of the plan, all versions with the entries that filed them, what changed. Scope: `read`.

    From the register. `text` is `whole` where the text is the one that the log binds by its SHA-256;
    otherwise `plan` is null: the register does not have it yet (`absent`), or it was changed (`changed`).
    """
    who.only_of(await district_of(request.app.state.backends, platform_id))
    compared = None if diff is None else LAST_TWO
    if diff and diff != _LAST:
        compared = tuple(int(number) for number in diff.split(","))
    found = await plan_view(
        PlanQueries(engine), platform_id, term=term, version=version, diff=compared
    )
    if found is None:
        raise no_such_platform(platform_id)
    # A long text takes a moment to be written and hashed, which others need not wait for.
    return tagged_reply(await asyncio.to_thread(written, found), if_none_match, {})
