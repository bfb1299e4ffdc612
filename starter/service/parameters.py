"""The parameters that several calls have, each with what it may be."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Path, Query
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query as QueryParameter
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from db.reading import LARGEST_PAGE
from starter.errors import BadInput
from starter.service.error_handlers import unknown_parameters
from starter.service.parameter_words import in_words
from workflows.model import Day, Identifier, InvalidMessage, invalid, problem_in
from workflows.words import Words

T = TypeVar("T")
PlatformId = Annotated[Identifier, Path(description="The platform's id. 平台编号")]
Limit = Annotated[
    int, Query(ge=1, le=LARGEST_PAGE, description="Maximum rows. 每页行数", examples=[50])
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="The ETag of an answer that you have.")
]
Counted = Annotated[bool, Query(description="Count all that fits, too, as `total`. 同时统计总数")]
AfterPlace = Annotated[
    str | None, Query(description="Next page: `next` of the page before. 下一页", max_length=200)
]
_DAY: TypeAdapter[date] = TypeAdapter(Day)
_OF_A_DAY = in_words(
    r"^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$",
    Words("write a day as YYYY-MM-DD", "应写作日期 YYYY-MM-DD"),
)
DayText = Annotated[
    str | None,
    Query(
        description="A day in Beijing, 2000-01-01 to 2199-12-31. 日期（北京时间）",
        pattern=_OF_A_DAY,
        examples=["2026-11-24"],
        json_schema_extra={"format": "date"},
    ),
]


def day_of(text: str, name: str) -> date:
    """The day that a parameter names.

    Raises:
        InvalidMessage: there is no such day.
    """
    try:
        return _DAY.validate_json(f'"{text}"')
    except ValidationError as error:
        problem = problem_in(error.errors()[0] | {"loc": (name,)})
        raise InvalidMessage("parameters", problem) from None


def place_of(after: str | None, read: Callable[[str], T]) -> T | None:
    """Where the page before ended, read from `next` as it was given out; None: the first page.

    Raises:
        InvalidMessage: it was not given out so.
    """
    try:
        return read(after) if after else None
    except BadInput:
        en, zh = "copy it from `next` of the page before", "请取自上一页的 next"
        raise invalid("parameters", "after", en, zh) from None


async def _engine(request: Request) -> AsyncEngine:
    engine: AsyncEngine = await request.app.state.backends.engine()
    return engine


Engine = Annotated[AsyncEngine, Depends(_engine)]
"""The register's. A call that needs it is 503 where the register is away."""


def known_parameters(request: Request) -> None:
    """Refuse parameters that the call does not have, and those that are given twice.

    Raises:
        Problem: 422.
    """
    given = [name for name, _ in request.query_params.multi_items()]
    if not given:
        return
    parameters = get_flat_params(request.scope["route"].dependant)
    known = {one.alias for one in parameters if isinstance(one.field_info, QueryParameter)}
    wrong = sorted({name for name in given if name not in known or given.count(name) > 1})
    if wrong:
        raise unknown_parameters(wrong)
