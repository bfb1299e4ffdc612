"""`GET /v1/register`: the platforms, a page at a time; the listed ones for anybody."""

import hashlib
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from db.row_types import RegisterRow
from starter.service.key_access import Anyone
from starter.service.openapi_parts import ETAG, LINK, answers, public, unchanged
from starter.service.parameters import Limit
from starter.service.responses import next_page, raw_reply, written
from starter.service.scopes import Scope
from workflows.model import Identifier, Instant, Record
from workflows.vocabulary import District, Stage

router = APIRouter(prefix="/v1", tags=["public"])


class ListedRow(Record):
    """A listed platform, as anybody may know it."""

    platform_id: str
    name: str
    operator: str
    lead_unit: str
    district: str
    field: str
    term: int
    stage: str
    list_number: str | None
    certificate_number: str | None
    listed_on: date | None
    valid_until: Instant | None


class RegisterPage(Record):
    """Platforms by their ids; `next` is the address of the page after, if there is one."""

    items: tuple[RegisterRow | ListedRow, ...]
    next: str | None


@router.get(
    "/register",
    summary="The platforms. 平台名册",
    responses=answers(RegisterPage, "register", headers={**ETAG, **LINK}) | unchanged(),
    openapi_extra=public(),
)
async def register(
    *,
    request: Request,
    who: Anyone,
    district: Annotated[District | None, Query(description="所在区")] = None,
    field: Annotated[Identifier | None, Query(description="领域")] = None,
    stage: Annotated[Stage | None, Query(description="阶段")] = None,
    list_number: Annotated[Identifier | None, Query(description="名单批次")] = None,
    year: Annotated[
        int | None, Query(ge=2000, le=2199, description="Of the listing. 纳入年份")
    ] = None,
    overdue: Annotated[
        bool, Query(description="Only those with an overdue step; needs the scope `read`. 逾期")
    ] = False,
    after: Annotated[
        Identifier | None, Query(description="The next page: after this platform. 下一页")
    ] = None,
    limit: Limit = 50,
    if_none_match: Annotated[
        str | None,
        Header(alias="If-None-Match", description="The ETag of an answer that you have."),
    ] = None,
) -> Response:
    """Platforms with their newest terms, by platform id.

    Without a key, or without the scope `read`: those whose newest term was listed, in fewer columns.
    A key of a district sees that district's.
    """
    reader = who.may(Scope.READ)
    if overdue:
        who.require(Scope.READ)
    rows = await RegisterQueries(await request.app.state.connections.engine()).register(
        district=who.district_within(district) if reader else district,
        field=field,
        stage=stage,
        list_number=list_number,
        year=year,
        overdue=overdue,
        listed=not reader,
        after=after,
        limit=limit,
    )
    following = next_page(request, rows[-1].platform_id) if len(rows) == limit else None
    items = tuple(row if reader else ListedRow(**row.model_dump(include=_LISTED)) for row in rows)
    content = written(RegisterPage(items=items, next=following))
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": "no-cache" if reader is False and who.key is None else "private, no-cache",
        "Vary": "Authorization",
    }
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    if if_none_match is not None and _known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return raw_reply(content, 200, headers)


_LISTED = set(ListedRow.model_fields)


def _known(given: str, etag: str) -> bool:
    """Whether If-None-Match names this ETag; a weak one does as well (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return etag in tags or given.strip() == "*"
