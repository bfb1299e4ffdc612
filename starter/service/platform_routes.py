"""`GET /v1/platforms/…`: where a platform and its assessments stand, and all that happened to it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from db.row_types import PlatformCard
from db.timeline_queries import TimelineCursor, TimelineLine, place_of, timeline
from starter.errors import no_such_platform
from starter.service.case_status import (
    CaseStatus,
    assessment_status,
    district_of,
    platform_log,
    platform_status,
)
from starter.service.key_access import Reader
from starter.service.openapi_document import LINK, SOURCE, answers
from starter.service.parameter_words import in_words
from starter.service.parameters import Engine, Limit, PlatformId
from starter.service.responses import link, next_page, reply
from workflows.model import Record
from workflows.record import LogEntry
from workflows.run_io import CaseView
from workflows.vocabulary import Happening
from workflows.words import Words

router = APIRouter(prefix="/v1", tags=["reads"])
_PLACE = in_words(
    r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,9}$",
    Words("copy it from `next` of the page before", "请取自上一页的 next"),
)
After = Annotated[
    str | None,
    Query(
        description="Next page: `next` of the page before. 下一页",
        pattern=_PLACE,
        examples=["1.0.0.4"],
    ),
]


@router.get(
    "/platforms/{platform_id}",
    summary="State of a platform. 平台状态",
    responses=answers(CaseView, "platform", 404, headers=SOURCE),
)
async def platform(request: Request, platform_id: PlatformId, who: Reader) -> Response:
    """Stage of the newest term, the pending decision, by whom and until when. Scope: `read`."""
    standing = await platform_status(request.app.state.backends, platform_id)
    who.only_of(standing.district)
    return _reply(standing)


@router.get(
    "/platforms/{platform_id}/assessments/{year}",
    summary="State of a yearly assessment. 年度考核状态",
    responses=answers(CaseView, "assessment", 404, headers=SOURCE),
)
async def assessment(
    request: Request,
    platform_id: PlatformId,
    who: Reader,
    year: Annotated[int, Path(ge=1, le=10, description="Counts 1, 2, 3 in the term. 第几年")],
    term: Annotated[
        int | None, Query(ge=1, le=99, description="By default the newest. 第几期")
    ] = None,
) -> Response:
    """Stage of the assessment of a year, open or ended. Scope: `read`."""
    standing = await assessment_status(request.app.state.backends, platform_id, year, term)
    who.only_of(standing.district)
    return _reply(standing)


@router.get(
    "/platforms/{platform_id}/card",
    summary="All that the register holds of a platform. 平台卡片",
    responses=answers(PlatformCard, "card", 404),
)
async def card(platform_id: PlatformId, who: Reader, engine: Engine) -> Response:
    """The platform, its terms, its assessments with their findings, support, and all entries. Scope: `read`.

    What was just applied for may take a moment to be there.
    """
    found = await RegisterQueries(engine).platform(platform_id)
    if found is None:
        raise no_such_platform(platform_id)
    who.only_of(found.platform.district)
    return reply(found)


@router.get(
    "/platforms/{platform_id}/log",
    summary="The log of the newest term. 最近一期记录",
    responses=answers(list[LogEntry], "log", 404, headers=SOURCE),
)
async def log(request: Request, platform_id: PlatformId, who: Reader) -> Response:
    """The platform's own log, each entry sealed with the hash of the one before. Scope: `read`."""
    entries, source = await platform_log(request.app.state.backends, platform_id)
    assert entries[0].name == Happening.APPLIED  # noqa: S101 - by this it is known whose it is
    who.only_of(entries[0].said["district"])
    return reply(
        [entry.model_dump(mode="json") for entry in entries],
        headers={"Pingtai-Source": source},
    )


class TimelinePage(Record):
    """Entries by their moments, the oldest first; `next` is the address of the page after, if there is one."""

    items: tuple[TimelineLine, ...]
    next: str | None


@router.get(
    "/platforms/{platform_id}/timeline",
    summary="All that happened to a platform. 平台历程",
    responses=answers(TimelinePage, "timeline", 404, headers=LINK),
)
async def platform_timeline(
    *,
    request: Request,
    platform_id: PlatformId,
    who: Reader,
    engine: Engine,
    after: After = None,
    limit: Limit = 100,
) -> Response:
    """The entries of all terms, the platform's own and its assessments', from the register. Scope: `read`."""
    # Where the register has not heard of it yet, the page is empty.
    who.only_of(await district_of(request.app.state.backends, platform_id))
    place = TimelineCursor(*(int(part) for part in after.split("."))) if after else None
    lines = await timeline(engine, platform_id, after=place, limit=limit)
    following = next_page(request, lines, limit, lambda one: ".".join(map(str, place_of(one))))
    return reply(TimelinePage(items=tuple(lines), next=following), headers=link(following))


def _reply(standing: CaseStatus) -> Response:
    return reply(standing.view, headers={"Pingtai-Source": standing.source})
