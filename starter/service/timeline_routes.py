"""`GET /v1/platforms/{id}/timeline`: all that happened to a platform, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.row_types import LogLine
from db.timeline_queries import Place, place_of, timeline
from starter.service.key_access import Reader
from starter.service.openapi_parts import LINK, answers
from starter.service.parameters import Limit, PlatformId
from starter.service.responses import next_page, reply
from starter.service.stage_waiting import district_of
from workflows.model import Record

router = APIRouter(prefix="/v1", tags=["reads"])
_PLACE = r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,9}$"
After = Annotated[
    str | None,
    Query(
        description="The next page: after this entry, as `next` says it. 下一页",
        pattern=_PLACE,
        examples=["1.0.0.4"],
    ),
]


class TimelinePage(Record):
    """Entries by their moments, the oldest first; `next` is the address of the page after, if there is one."""

    items: tuple[LogLine, ...]
    next: str | None


@router.get(
    "/platforms/{platform_id}/timeline",
    summary="All that happened to a platform. 平台历程",
    responses=answers(TimelinePage, "timeline", 404, headers=LINK),
)
async def platform_timeline(
    request: Request,
    platform_id: PlatformId,
    who: Reader,
    after: After = None,
    limit: Limit = 100,
) -> Response:
    """The entries of all terms, the platform's own and its assessments', from the register. Scope: `read`."""
    connections = request.app.state.connections
    engine = await connections.engine()
    # Where the register has not heard of it yet, the page is empty.
    who.only_of(await district_of(connections, platform_id))
    place = Place(*(int(part) for part in after.split("."))) if after else None
    lines = await timeline(engine, platform_id, after=place, limit=limit)
    following = None
    if len(lines) == limit:
        last = ".".join(str(part) for part in place_of(lines[-1]))
        following = next_page(request, last)
    page = TimelinePage(items=tuple(lines), next=following)
    return reply(page, headers={"Link": f'<{following}>; rel="next"'} if following else {})
