"""`GET /v1/platforms?q=`: platforms by a part of their name, operator or id."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.name_search import Found, find_platforms, platform_of_id
from starter.service.key_access import Reader
from starter.service.openapi_document import LINK, answers
from starter.service.parameters import Engine, Limit
from starter.service.responses import link, next_page, reply
from workflows.model import Identifier, invalid

router = APIRouter(prefix="/v1", tags=["reads"])


class FoundPage(Found):
    """What fits whole comes first; `total` counts all that fit; `near` is for where none does.

    `next` is the address of the page after, if there is one.
    """

    next: str | None


@router.get(
    "/platforms",
    summary="Find platforms. 查找平台",
    responses=answers(FoundPage, "found", headers=LINK),
)
async def platforms(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="A part of the name, operator or id. 名称、运营单位或编号的一部分",
            examples=["RISC-V"],
        ),
    ] = None,
    id: Annotated[Identifier | None, Query(description="Exactly this id. 平台编号")] = None,
    after: Annotated[Identifier | None, Query(description="After this platform. 下一页")] = None,
    limit: Limit = 50,
) -> Response:
    """Platforms of whose name, operator or id `q` is a part; or the one whose id is `id`. Scope: `read`.

    Letter case, width and spaces do not count. A key of a district sees that district's.
    """
    if (q is None) == (id is None):
        raise invalid("parameters", "q", "give one of q and id", "应填写 q 或 id 之一")
    within = who.district_within(None)
    if q is None:
        found = await platform_of_id(engine, str(id), district=within)
    else:
        found = await find_platforms(engine, q, district=within, after=after, limit=limit)
    following = next_page(request, found.items, limit, lambda one: one.platform_id)
    return reply(FoundPage(**dict(found), next=following), headers=link(following))
