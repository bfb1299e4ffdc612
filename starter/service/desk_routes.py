"""`GET /v1/inbox` and `/v1/substitutions`: what awaits a decision, and who acts for whom on which days."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.inbox_queries import Inbox, InboxRow, StepCount, Wanted
from db.substitution_queries import SubstitutionQueries, SubstitutionRow
from starter.desk.page_cursors import inbox_cursor, read_inbox_cursor
from starter.service.key_access import Caller, Reader
from starter.service.openapi_document import LINK, answers
from starter.service.parameters import AfterPlace, DayText, Engine, Limit, day_of, place_of
from starter.service.responses import link, next_page, reply
from starter.service.scopes import deciding_as
from workflows.model import Identifier, Name, Record
from workflows.name_comparison import same_name
from workflows.vocabulary import District, Kind, Role

router = APIRouter(prefix="/v1", tags=["reads"])


class InboxPage(Record):
    """Earliest due first; `counts` are of all that fits, whatever the page.

    `year` 0 is the platform itself, else its assessment of that year; `next` is the address of the page
    after, if there is one.
    """

    items: tuple[InboxRow, ...]
    counts: tuple[StepCount, ...]
    next: str | None


@router.get(
    "/inbox",
    summary="What awaits a decision. 待办",
    responses=answers(InboxPage, "inbox", headers=LINK),
)
async def inbox(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    role: Annotated[Role | None, Query(description="Whose decision it awaits. 由谁")] = None,
    district: Annotated[District | None, Query(description="所在区")] = None,
    field: Annotated[Identifier | None, Query(description="领域")] = None,
    step: Annotated[Kind | None, Query(description="What is awaited. 事项")] = None,
    operator: Annotated[
        Name | None, Query(description="Of the platforms that this body runs. 运营单位")
    ] = None,
    overdue: Annotated[bool, Query(description="Only what is overdue. 逾期")] = False,
    after: AfterPlace = None,
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
    found = Inbox(engine)
    rows = await found.page(wanted, after=place_of(after, read_inbox_cursor), limit=limit)
    following = next_page(request, rows, limit, lambda row: inbox_cursor(row.place))
    page = InboxPage(items=tuple(rows), counts=tuple(await found.counts(wanted)), next=following)
    return reply(page, headers=link(following))


class SubstitutionList(Record):
    """Substitutions, the newest first. Role, organisation and district are the principal's."""

    items: tuple[SubstitutionRow, ...]


@router.get(
    "/substitutions",
    summary="Who acts for whom. 委托代理",
    responses=answers(SubstitutionList, "substitutions"),
)
async def substitutions(
    who: Reader,
    engine: Engine,
    person: Annotated[
        Identifier | None, Query(description="Principal or substitute. 委托人或受托人")
    ] = None,
    since: DayText = None,
    limit: Limit = 50,
) -> Response:
    """Substitutions as the register has them; `since`: those that count on that day or later.

    A key of a district, or of one body, sees those of its own. Scope: `read`.
    """
    day = day_of(since, "since") if since else None
    rows = await SubstitutionQueries(engine).of(person, day, limit)
    return reply(SubstitutionList(items=tuple(row for row in rows if _sees(who, row))))


def _sees(who: Caller, row: SubstitutionRow) -> bool:
    """Whether a key may know of it: of its district and body, or of a role as which it may decide itself."""
    key = who.key
    if key is None or (key.organisation and not same_name(key.organisation, row.organisation)):
        return False
    if row.district is None:
        return key.district is None or who.may(deciding_as(Role(row.role)))
    return key.district in (None, row.district)
