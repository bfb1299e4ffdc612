"""`GET /v1/platforms/{id}/validity`: was this platform valid on that day? Anybody may ask."""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from db.validity_queries import Validity, validity
from starter.errors import NoSuchPlatform
from starter.service.key_access import Anyone
from starter.service.openapi_parts import answers, public
from starter.service.parameters import DayText, PlatformId, day_of
from starter.service.responses import reply
from workflows.periods import beijing_date

router = APIRouter(prefix="/v1", tags=["public"])


@router.get(
    "/platforms/{platform_id}/validity",
    summary="Was a platform valid on a day? 是否有效",
    responses=answers(Validity, "validity", 404, keyed=False),
    openapi_extra=public(),
)
async def platform_validity(
    request: Request, platform_id: PlatformId, who: Anyone, on: DayText = None
) -> Response:
    """Whether a platform is valid on a day (today, by default), why or why not, by which listing.

    Without a key a platform that was never listed is answered as one that is not known.
    """
    day = day_of(on, "on") if on else beijing_date(datetime.now(UTC))
    engine = await request.app.state.connections.engine()
    found = await validity(engine, platform_id, day)
    if found is not None and found.listing is None:
        district = await RegisterQueries(engine).district(platform_id)
        if not who.sees(district or ""):
            found = None
    if found is None:
        raise NoSuchPlatform("no platform of this id was listed", "没有此编号的已纳入平台")
    return reply(found)
