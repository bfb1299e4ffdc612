"""`GET /v1/figures`, `/v1/mechanisms`, `/v1/layout`, `/v1/support`: the programme as a whole."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.asyncpg_connections import connections
from db.figures import figures
from db.layout_queries import layout, layout_versions
from db.listing_queries import ListingRow, listings_of
from db.mechanism_queries import mechanisms
from db.programme_rows import Figures, Layout, LayoutVersion, Mechanisms
from db.row_types import SupportRow
from db.support_queries import place, support_count, support_of
from starter.clock import today
from starter.desk.page_cursors import read_support_cursor, support_cursor
from starter.service.key_access import Reader
from starter.service.openapi_document import LINK, answers
from starter.service.parameters import AfterPlace, Counted, DayText, Engine, Limit, day_of, place_of
from starter.service.problem_details import Kind, Problem
from starter.service.responses import link, next_page, reply
from workflows.model import Identifier, OfficialNumber, Record
from workflows.vocabulary import District, LegalForm, Stage, Support

router = APIRouter(prefix="/v1", tags=["reads"])
OfDistrict = Annotated[
    District | None, Query(description="A key of a district sees that one's only. 所在区")
]
OfField = Annotated[Identifier | None, Query(description="领域")]


class SupportPage(Record):
    """Support by the day it was given; `next` is the address of the page after, if there is one.

    `total` counts all that fits, if that was asked for.
    """

    items: tuple[SupportRow, ...]
    next: str | None
    total: int | None = None


@router.get(
    "/figures", summary="The programme in figures. 统计", responses=answers(Figures, "figures")
)
async def programme_figures(
    who: Reader,
    engine: Engine,
    district: OfDistrict = None,
    field: OfField = None,
    year: Annotated[
        int | None, Query(ge=2000, le=2199, description="Year of the listing. 纳入年份")
    ] = None,
) -> Response:
    """Platforms by their newest terms, how long steps took, how assessments ended. Scope: `read`."""
    asked: dict[str, Any] = {
        "district": who.district_within(district),
        "field": field,
        "year": year,
    }
    return reply(await figures(engine, **asked))


@router.get(
    "/mechanisms",
    summary="Operating mechanisms. 运行机制",
    responses=answers(Mechanisms, "mechanisms"),
)
async def programme_mechanisms(
    *,
    who: Reader,
    engine: Engine,
    district: OfDistrict = None,
    field: OfField = None,
    stage: Annotated[Stage | None, Query(description="阶段")] = None,
    legal_form: Annotated[LegalForm | None, Query(description="法人形式")] = None,
    past_date: Annotated[
        bool,
        Query(description="Only those that promised to be independent by a day that has passed."),
    ] = False,
    after: Annotated[Identifier | None, Query(description="After this platform. 下一页")] = None,
    limit: Limit = 50,
) -> Response:
    """The newest mechanisms of the platforms, counted, and a page of them by platform id. Scope: `read`."""
    found = await mechanisms(
        engine,
        today(),
        field=field,
        district=who.district_within(district),
        stage=stage and str(stage),
        legal_form=legal_form and str(legal_form),
        past_date=past_date,
        after=after or "",
        limit=limit,
    )
    return reply(found)


class ListingPage(Record):
    """Listings by platform id; `next` is the address of the page after, if there is one."""

    items: tuple[ListingRow, ...]
    next: str | None


@router.get(
    "/listings",
    summary="The platforms of a list. 名单",
    responses=answers(ListingPage, "listings", headers=LINK),
)
async def programme_listings(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    list_number: Annotated[OfficialNumber, Query(description="名单批次")],
    after: Annotated[Identifier | None, Query(description="After this platform. 下一页")] = None,
    limit: Limit = 50,
) -> Response:
    """Which platforms are in a list, in which term, under which certificate; ended ones too. Scope: `read`."""
    rows = await listings_of(
        engine,
        list_number=list_number,
        district=who.district_within(None),
        after=after or "",
        limit=limit,
    )
    following = next_page(request, rows, limit, lambda row: row.platform_id)
    return reply(ListingPage(items=tuple(rows), next=following), headers=link(following))


class LayoutVersions(Record):
    """All versions of the layout, by number."""

    items: tuple[LayoutVersion, ...]


@router.get("/layout", summary="The layout. 总体建设布局", responses=answers(Layout, "layout", 404))
async def programme_layout(
    who: Reader,
    engine: Engine,
    district: OfDistrict = None,
    field: OfField = None,
    version: Annotated[
        int | None,
        Query(ge=1, le=32_767, description="By default the one in force today. 版本"),
    ] = None,
) -> Response:
    """Each direction with its platforms by stage, and the platforms outside. Scope: `read`."""
    within = who.district_within(district)
    found = await layout(engine, day=today(), field=field, district=within, version=version)
    if found is None:
        raise Problem(
            Kind.NOT_FOUND,
            f"The layout has no version {version}",
            f"布局没有第 {version} 版",
        )
    return reply(found)


@router.get(
    "/layout/versions",
    summary="The versions of the layout. 布局版本",
    responses=answers(LayoutVersions, "layout_versions"),
)
async def programme_layout_versions(who: Reader, engine: Engine) -> Response:
    """When each was adopted, by which document, and which districts have agreed. Scope: `read`."""
    return reply(LayoutVersions(items=tuple(await layout_versions(engine))))


@router.get(
    "/support",
    summary="Support that was given. 支持记录",
    responses=answers(SupportPage, "support", headers=LINK),
)
async def programme_support(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    platform: Annotated[Identifier | None, Query(description="平台编号")] = None,
    kind: Annotated[Support | None, Query(description="支持方式")] = None,
    district: OfDistrict = None,
    first_day: Annotated[DayText, Query(alias="from")] = None,
    last_day: Annotated[DayText, Query(alias="until")] = None,
    after: AfterPlace = None,
    limit: Limit = 50,
    count: Counted = False,
) -> Response:
    """Support by the day it was given, both days included. What was set aside says so. Scope: `read`."""
    wanted: dict[str, Any] = {
        "platform_id": platform,
        "kind": kind and str(kind),
        "district": who.district_within(district),
        "first_day": day_of(first_day, "from") if first_day else None,
        "last_day": day_of(last_day, "until") if last_day else None,
    }
    async with connections(engine).connect() as reading:
        place_after = place_of(after, read_support_cursor)
        rows = await support_of(reading, **wanted, after=place_after, limit=limit)
        total = await support_count(reading, **wanted) if count else None
    following = next_page(request, rows, limit, lambda row: support_cursor(place(row)))
    page = SupportPage(items=tuple(rows), next=following, total=total)
    return reply(page, headers=link(following))
