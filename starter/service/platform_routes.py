"""`GET /v1/platforms/…`: where a platform and its assessments stand."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from db.row_types import PlatformCard
from starter.errors import NoSuchPlatform
from starter.service.api_examples import add, value
from starter.service.key_access import Reader
from starter.service.openapi_parts import SOURCE, answers
from starter.service.parameters import PlatformId
from starter.service.responses import reply
from starter.service.stage_waiting import (
    Standing,
    assessment_standing,
    platform_log,
    platform_standing,
)
from workflows.record import LogEntry
from workflows.run_io import CaseView
from workflows.vocabulary import Happening

router = APIRouter(prefix="/v1", tags=["reads"])
_TIMES = {"since": "2026-11-23T19:02:19.766176Z", "applied_at": "2026-11-23T18:40:02.000000Z"}
_CARD = add(
    "card",
    {
        "platform": {
            "platform_id": "bj-riscv-soc",
            "term": 1,
            "name": "RISC-V处理器核与软硬协同验证共性技术平台",
            "operator": "北京开沅处理器技术中心",
            "lead_unit": "沅渚计算技术研究所",
            "lead_unit_kind": "research_institute",
            "district": "haidian",
            "field": "integrated_circuits",
            "services": ["research", "design"],
            "direction": "开放指令集处理器",
        },
        "terms": [
            {
                "term": 1,
                "application_id": "2026-hd-0096",
                "stage": "inspection",
                **_TIMES,
                "overdue": False,
                "due": "2027-01-06T16:00:00.000000Z",
                "due_provisional": False,
                "open_assessment": None,
                "plan_version": 1,
                "list_number": None,
                "certificate_number": None,
                "listed_on": None,
                "valid_until": None,
                "ended_at": None,
                "log_seq": 2,
                "log_hash": value("platform")["log_hash"],
            }
        ],
        "log": value("timeline")["items"],
    },
)


@router.get(
    "/platforms/{platform_id}",
    summary="Where a platform stands. 平台状态",
    responses=answers(CaseView, "platform", 404, headers=SOURCE),
)
async def platform(request: Request, platform_id: PlatformId, who: Reader) -> Response:
    """Where the newest term stands, what is awaited from whom, and until when. Scope: `read`."""
    standing = await platform_standing(request.app.state.connections, platform_id)
    who.only_of(standing.district)
    return _reply(standing)


@router.get(
    "/platforms/{platform_id}/assessments/{year}",
    summary="Where a yearly assessment stands. 年度考核状态",
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
    """Where the assessment of a year stands, open or ended. Scope: `read`."""
    standing = await assessment_standing(request.app.state.connections, platform_id, year, term)
    who.only_of(standing.district)
    return _reply(standing)


@router.get(
    "/platforms/{platform_id}/card",
    summary="All that the register holds of a platform. 平台卡片",
    responses=answers(PlatformCard, _CARD, 404),
)
async def card(request: Request, platform_id: PlatformId, who: Reader) -> Response:
    """The platform, its terms, its assessments with their findings, support, and all entries. Scope: `read`.

    What was just applied for may take a moment to be there.
    """
    queries = RegisterQueries(await request.app.state.connections.engine())
    found = await queries.platform(platform_id)
    if found is None:
        raise NoSuchPlatform(
            "the register knows no platform of this id", "登记库中没有此编号的平台"
        )
    who.only_of(found.platform.district)
    return reply(found)


@router.get(
    "/platforms/{platform_id}/log",
    summary="The log of the newest term. 最近一期记录",
    responses=answers(list[LogEntry], "log", 404, headers=SOURCE),
)
async def log(request: Request, platform_id: PlatformId, who: Reader) -> Response:
    """The platform's own log, each entry sealed with the hash of the one before. Scope: `read`."""
    entries, source = await platform_log(request.app.state.connections, platform_id)
    assert entries[0].name == Happening.APPLIED  # noqa: S101 - by this it is known whose it is
    who.only_of(entries[0].said["district"])
    return reply(
        [entry.model_dump(mode="json") for entry in entries],
        headers={"Pingtai-Source": source},
    )


def _reply(standing: Standing) -> Response:
    return reply(standing.view, headers={"Pingtai-Source": standing.source})
