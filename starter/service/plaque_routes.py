"""`GET /v1/plaques` and `POST /v1/platforms/{id}/plaques`: how plaques 牌子 stand, and recording it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Security
from starlette.requests import Request
from starlette.responses import Response

from db.plaque_queries import plaques
from db.plaque_types import PlaqueEntry, PlaqueRow, PlaqueState
from starter.clock import today
from starter.desk.plaques import PlaqueRecord, record_plaque
from starter.service.application_routes import REPEATED
from starter.service.bodies import json_body
from starter.service.case_status import district_of
from starter.service.idempotency_keys import IdempotencyKey, answer_once
from starter.service.key_access import Caller, Reader, needs
from starter.service.mandates import check_submitter
from starter.service.openapi_document import LINK, answers, body, written
from starter.service.parameters import Engine, Limit, PlatformId
from starter.service.responses import link, next_page, reply
from starter.service.scopes import Scope
from workflows.model import Identifier, Name, Record, parse
from workflows.vocabulary import District

router = APIRouter(prefix="/v1")
Commission = Annotated[Caller, Security(needs(Scope.DECIDE_COMMISSION))]


class PlaquePage(Record):
    """Plaques by platform id; `next` is the address of the page after, if there is one."""

    items: tuple[PlaqueRow, ...]
    next: str | None


@router.get(
    "/plaques",
    tags=["reads"],
    summary="Plaques. 牌子",
    responses=answers(PlaquePage, "plaques", headers=LINK),
)
async def plaque_list(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    state: Annotated[
        PlaqueState | None,
        Query(
            description="`overdue`: the platform's term has ended, and it was not returned. 状态"
        ),
    ] = None,
    district: Annotated[District | None, Query(description="所在区")] = None,
    operator: Annotated[
        Name | None, Query(description="Of the platforms that this body runs. 运营单位")
    ] = None,
    after: Annotated[
        Identifier | None, Query(description="The next page: after this platform. 下一页")
    ] = None,
    limit: Limit = 50,
) -> Response:
    """How the plaques of the platforms stand. A key of a district sees that district's. Scope: `read`."""
    rows = await plaques(
        engine,
        state=state and str(state),
        district=who.district_within(district),
        operator=operator,
        after=after or "",
        limit=limit,
    )
    following = next_page(request, rows, limit, lambda row: row.platform_id)
    return reply(PlaquePage(items=tuple(rows), next=following), headers=link(following))


@router.post(
    "/platforms/{platform_id}/plaques",
    tags=["writes"],
    summary="Record what became of a plaque. 登记牌子",
    responses=written(PlaqueEntry, "plaque_entry", 404),
    openapi_extra=body(PlaqueRecord, "PlaqueRecord", "plaque_record"),
)
async def plaque_record(
    request: Request, platform_id: PlatformId, who: Commission, engine: Engine, key: IdempotencyKey
) -> Response:
    """Record that a plaque was issued or returned, or that an entry is in error (`cancelled`).

    The same again is answered 200 with the same body. No decision of a case: the log of plaques is kept in
    the register alone. Scope: `decide:commission`.
    """
    data = await json_body(request)

    async def work() -> Response:
        said = parse(PlaqueRecord, data)
        who.speak_as(said.actor)
        await check_submitter(engine, said.actor, today())
        if who.key and who.key.district:
            who.only_of(await district_of(request.app.state.backends, platform_id))
        entry, before = await record_plaque(
            engine, platform_id, said, at=datetime.now(UTC), day=today()
        )
        where = {"Location": f"/v1/platforms/{platform_id}/card"}
        return reply(entry, 200, where | REPEATED) if before else reply(entry, 201, where)

    return await answer_once(request, who, key, data, work)
