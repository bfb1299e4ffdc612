"""`GET /v1/substitutions`: who acts for whom on which days."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.substitution_queries import SubstitutionQueries, SubstitutionRow
from starter.service.api_examples import add
from starter.service.key_access import Caller, Reader
from starter.service.openapi_parts import answers
from starter.service.parameters import DayText, Limit, day_of
from starter.service.responses import reply
from starter.service.scopes import deciding_as
from workflows.model import Identifier, Record
from workflows.name_comparison import same_name
from workflows.vocabulary import Role

router = APIRouter(prefix="/v1", tags=["reads"])
_EXAMPLE = add(
    "substitutions",
    {
        "items": [
            {
                "number": 12,
                "principal_id": "haidian-kw-01",
                "substitute_id": "haidian-kw-02",
                "role": "district",
                "organisation": "海淀区科技主管部门",
                "district": "haidian",
                "first_day": "2026-12-01",
                "last_day": "2026-12-11",
                "reason": "出差",
                "named_by": "haidian-kw-01",
                "named_at": "2026-11-23T19:02:19.766176Z",
                "withdrawn_at": None,
            }
        ]
    },
)


class SubstitutionList(Record):
    """Substitutions, the newest first. Role, organisation and district are the principal's."""

    items: tuple[SubstitutionRow, ...]


@router.get(
    "/substitutions",
    summary="Who acts for whom. 委托代理",
    responses=answers(SubstitutionList, _EXAMPLE),
)
async def substitutions(
    request: Request,
    who: Reader,
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
    found = SubstitutionQueries(await request.app.state.connections.engine())
    rows = await found.of(person, day, limit)
    return reply(SubstitutionList(items=tuple(row for row in rows if _sees(who, row))))


def _sees(who: Caller, row: SubstitutionRow) -> bool:
    """Whether a key may know of it: of its district and body, or of a role as which it may decide itself."""
    key = who.key
    if key is None or (key.organisation and not same_name(key.organisation, row.organisation)):
        return False
    if row.district is None:
        return key.district is None or who.may(deciding_as(Role(row.role)))
    return key.district in (None, row.district)
