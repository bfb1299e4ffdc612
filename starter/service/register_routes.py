"""`GET /v1/register` and `…/validity`: the platforms, the listed ones for anybody; valid on that day or not."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.plaque_types import PlaqueState
from db.queries import RegisterQueries
from db.row_types import RegisterFilter, RegisterRow
from db.validity_queries import Validity, validity
from starter.clock import today
from starter.errors import no_such_platform
from starter.service.key_access import Anyone
from starter.service.openapi_document import ETAG, LINK, answers, public, unchanged
from starter.service.parameters import (
    Counted,
    DayText,
    Engine,
    IfNoneMatch,
    Limit,
    PlatformId,
    day_of,
)
from starter.service.responses import (
    link,
    next_page,
    reply,
    tagged_reply,
    wanted_language,
    written,
)
from starter.service.scopes import Scope
from starter.service.web_pages import validity_page, wants_page
from workflows.model import Identifier, Instant, OfficialNumber, Record
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
    """Platforms by their ids; `next` is the address of the page after, if there is one.

    `total` counts all that fit, if that was asked for.
    """

    items: tuple[RegisterRow | ListedRow, ...]
    next: str | None
    total: int | None = None


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
    engine: Engine,
    district: Annotated[District | None, Query(description="所在区")] = None,
    field: Annotated[Identifier | None, Query(description="领域")] = None,
    stage: Annotated[Stage | None, Query(description="阶段")] = None,
    list_number: Annotated[OfficialNumber | None, Query(description="名单批次")] = None,
    year: Annotated[
        int | None, Query(ge=2000, le=2199, description="Year of the listing. 纳入年份")
    ] = None,
    overdue: Annotated[
        bool, Query(description="Only those with an overdue step; needs the scope `read`. 逾期")
    ] = False,
    plaque: Annotated[
        PlaqueState | None,
        Query(description="How the plaque stands; needs the scope `read`. 牌子状态"),
    ] = None,
    after: Annotated[
        Identifier | None, Query(description="The next page: after this platform. 下一页")
    ] = None,
    limit: Limit = 50,
    count: Counted = False,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Platforms with their newest terms, by platform id.

    Without a key, or without the scope `read`: those whose newest term was listed, in fewer columns.
    A key of a district sees that district's.
    """
    reader = who.may(Scope.READ)
    if overdue or plaque:
        who.require(Scope.READ)
    wanted = RegisterFilter(
        district=who.district_within(district) if reader else district,
        field=field,
        stage=stage,
        list_number=list_number,
        year=year,
        overdue=overdue,
        plaque=plaque and str(plaque),
        listed=not reader,
    )
    queries = RegisterQueries(engine)
    rows = await queries.register(**wanted, after=after, limit=limit)
    total = await queries.register_count(**wanted) if count else None
    following = next_page(request, rows, limit, lambda row: row.platform_id)
    items = tuple(row if reader else ListedRow(**row.model_dump(include=_LISTED)) for row in rows)
    content = written(RegisterPage(items=items, next=following, total=total))
    cached = "no-cache" if reader is False and who.key is None else "private, no-cache"
    return tagged_reply(content, if_none_match, {"Cache-Control": cached} | link(following))


_LISTED = set(ListedRow.model_fields)


class ValidityAnswer(Validity):
    """Whether a platform is valid; `certificate_counts`: and the certificate asked about is its own."""

    certificate_counts: bool | None = None


@router.get(
    "/platforms/{platform_id}/validity",
    summary="Was a platform valid on a day? 是否有效",
    responses=answers(ValidityAnswer, "validity", 404, keyed=False),
    openapi_extra=public(),
)
async def platform_validity(
    *,
    request: Request,
    platform_id: PlatformId,
    who: Anyone,
    engine: Engine,
    on: DayText = None,
    certificate: Annotated[
        OfficialNumber | None,
        Query(description="Does this certificate count, too? Its QR code asks so. 证书编号"),
    ] = None,
) -> Response:
    """Whether a platform is valid on a day (today, by default), why or why not, by which listing.

    Without a key a platform that was never listed is answered as one that is not known. A browser
    (`Accept: text/html`) gets a page.
    """
    day = day_of(on, "on") if on else today()
    found = await validity(engine, platform_id, day)
    if found is not None and found.listing is None:
        owner = await RegisterQueries(engine).whose(platform_id)
        if not who.sees(owner.district if owner else ""):
            found = None
    if found is None:
        raise no_such_platform(platform_id)
    if wants_page(request):
        language = wanted_language(request.headers.get("accept-language", ""))
        return validity_page(found, certificate, language)
    own = found.listing.certificate_number if found.listing else None
    counts = None if certificate is None else found.valid and certificate == own
    return reply(ValidityAnswer(**dict(found), certificate_counts=counts))
