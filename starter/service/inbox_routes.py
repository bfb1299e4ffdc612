"""`GET /v1/inbox`: what awaits a decision, a page at a time, and how much of each kind."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.inbox_queries import Inbox, InboxRow, Place, StepCount, Wanted
from starter.desk.inbox_cursor import cursor, place
from starter.errors import BadInput
from starter.service.api_examples import add
from starter.service.key_access import Reader
from starter.service.openapi_parts import LINK, answers
from starter.service.parameters import Limit
from starter.service.responses import next_page, reply
from workflows.model import Identifier, InvalidMessage, Name, Record
from workflows.vocabulary import District, Kind, Role

router = APIRouter(prefix="/v1", tags=["reads"])
_EXAMPLE = add(
    "inbox",
    {
        "items": [
            {
                "platform_id": "bj-riscv-soc",
                "term": 1,
                "year": 0,
                "role": "commission",
                "kind": "inspection",
                "stage": "inspection",
                "name": "RISC-V处理器核与软硬协同验证共性技术平台",
                "operator": "北京开沅处理器技术中心",
                "district": "haidian",
                "field": "integrated_circuits",
                "since": "2026-11-23T19:02:19.766176Z",
                "due": "2027-01-06T16:00:00.000000Z",
                "due_provisional": False,
                "overdue": False,
            }
        ],
        "counts": [{"kind": "inspection", "waiting": 1, "overdue": 0}],
        "next": None,
    },
)


class InboxPage(Record):
    """What is due first comes first; `counts` are of all that fits, whatever the page.

    `year` 0 is the platform itself, else its assessment of that year; `next` is the address of the page
    after, if there is one.
    """

    items: tuple[InboxRow, ...]
    counts: tuple[StepCount, ...]
    next: str | None


@router.get(
    "/inbox",
    summary="What awaits a decision. 待办",
    responses=answers(InboxPage, _EXAMPLE, headers=LINK),
)
async def inbox(
    *,
    request: Request,
    who: Reader,
    role: Annotated[Role | None, Query(description="Whose decision it awaits. 由谁")] = None,
    district: Annotated[District | None, Query(description="所在区")] = None,
    field: Annotated[Identifier | None, Query(description="领域")] = None,
    step: Annotated[Kind | None, Query(description="What is awaited. 事项")] = None,
    operator: Annotated[
        Name | None, Query(description="Of the platforms that this body runs. 运营单位")
    ] = None,
    overdue: Annotated[bool, Query(description="Only what is overdue. 逾期")] = False,
    after: Annotated[
        str | None,
        Query(description="The next page, as `next` says it. 下一页", max_length=200),
    ] = None,
    limit: Limit = 50,
) -> Response:
    """What awaits a decision, from the register. A key of a district sees that district's. Scope: `read`."""
    wanted = Wanted(
        role=role and str(role),
        district=who.district_within(district),
        field=field,
        kind=step and str(step),
        operator=operator,
        overdue=overdue,
    )
    found = Inbox(await request.app.state.connections.engine())
    rows = await found.page(wanted, after=_place(after) if after else None, limit=limit)
    following = next_page(request, cursor(rows[-1].place)) if len(rows) == limit else None
    page = InboxPage(items=tuple(rows), counts=tuple(await found.counts(wanted)), next=following)
    return reply(page, headers={"Link": f'<{following}>; rel="next"'} if following else {})


def _place(after: str) -> Place:
    """Where the page before ended. Raises InvalidMessage."""
    try:
        return place(after)
    except BadInput:
        problem = ("after", "take it from `next` of the page before", "请取自上一页的 next")
        raise InvalidMessage("parameters", (problem,)) from None
