"""`GET /v1/events`: what happened since a cursor."""

import time
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.feed import Cursor, Feed, Page, cursor_of
from db.reading import LARGEST_PAGE
from db.register_errors import CursorOfAnotherFeed
from starter.service.arrivals import Arrivals
from starter.service.feed_messages import EventPage, FeedCursor
from starter.service.key_access import Reader
from starter.service.openapi_document import answers
from starter.service.parameter_words import in_words
from starter.service.parameters import Engine
from starter.service.problem_details import Kind, Problem
from starter.service.responses import reply
from starter.value_names import terms_beside
from workflows.cloud_events import EVENT_NAMES, REFUSED, Wanted
from workflows.vocabulary import District, Happening
from workflows.vocabulary import Kind as DecisionKind
from workflows.words import Words, listed_zh

router = APIRouter(prefix="/v1", tags=["events"])
LONGEST_WAIT = 20
_USUAL_PAGE = 100
_LOOK_SECONDS = 3.0
"""So long one call looks for what a filter wants, stretch by stretch, before it says that there is more."""
_GONE = Words(
    "the cursor belongs to another feed: the register was rebuilt, or restored from a backup. Start again"
    " with after=beginning, and skip by id what you have already",
    "游标属于另一事件流：名册已重建或从备份恢复。请以 after=beginning 重新开始，并按 id 去重",
)
_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


def _listed(one: str, most: int, of: Words, choices: Iterable[str] = ()) -> str:
    """The pattern of a list between commas; `of`: what one may be, in words; `choices`: the only ones."""
    form = Words(f"write, between commas, {of.en}", f"应写作（逗号分隔）{of.zh}")
    return in_words(f"^({one})(,({one})){{0,{most - 1}}}$", form, choices)


_REFUSED = "不予受理"


def _any_of(words: Iterable[str]) -> str:
    return "|".join(words)


def _among(words: Iterable[str]) -> Words:
    every = tuple(words)
    terms = [
        f"{_REFUSED}（{one}）" if one == REFUSED else one
        for one in terms_beside(every, DecisionKind, Happening, District)
    ]
    return Words(f"any of {', '.join(every)}", f"以下任意项：{listed_zh(terms)}")


Names = Annotated[
    str | None,
    Query(
        alias="type",
        pattern=_listed(_any_of(EVENT_NAMES), 50, _among(EVENT_NAMES), EVENT_NAMES),
        description="Events of these names only, between commas. 事项，逗号分隔",
        examples=["listing,assessment_ended"],
    ),
]
Districts = Annotated[
    str | None,
    Query(
        pattern=_listed(_any_of(District), 20, _among(District), District),
        description="Of platforms in these districts, between commas. 所在区，逗号分隔",
        examples=["haidian"],
    ),
]
Platforms = Annotated[
    str | None,
    Query(
        pattern=_listed(_ID, 100, Words("at most 100 ids of platforms", "平台编号，最多 100 个")),
        description="Of these platforms, between commas. 平台编号，逗号分隔",
        examples=["bj-riscv-soc"],
    ),
]
After = Annotated[
    FeedCursor,
    Query(
        description="`next` of the answer before, or the `cursor` of an event; or `beginning`; or `now`,"
        " to begin with what comes next. 游标",
        examples=["6f4a7f8e7a75.4711"],
    ),
]


@router.get(
    "/events",
    summary="What happened since a cursor. 事件流",
    responses=answers(EventPage, "events", 410),
)
async def events(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    after: After = "beginning",
    names: Names = None,
    district: Districts = None,
    platform: Platforms = None,
    limit: Annotated[
        int, Query(ge=1, le=LARGEST_PAGE, description="Maximum events. 每页条数")
    ] = _USUAL_PAGE,
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=LONGEST_WAIT,
            description="If there is no event, seconds to wait for one. 等待秒数",
        ),
    ] = 0,
) -> Response:
    """Every entry of every log, in one order that only grows at its end. Scope: `read`.

    Keep `next`, whatever `events` holds; `more` says that there is more now. A key of a district sees its
    platforms only; 403 where another is asked for. 410: the cursor belongs to a feed that no longer
    exists; begin again.
    """
    for one in _words(district):
        who.only_of(one)
    feed = Feed(engine)
    arrivals: Arrivals = request.app.state.arrivals
    wanted = Wanted(
        events=_words(names),
        districts=_words(district),
        platforms=_words(platform),
        within=who.key.district if who.key else None,
    )
    end = await feed.end()
    page = await _found(feed, place(after, end), end, wanted, limit)
    until = time.monotonic() + wait
    while not page.events and not page.more and (left := until - time.monotonic()) > 0:
        later = await arrivals.beyond(feed, page.next.position, left, who.key.id if who.key else "")
        if later is None:
            break
        page = await _found(feed, page.next, later, wanted, limit)
    told = tuple(one.event for one in page.events)
    return reply(EventPage(events=told, next=str(page.next), more=page.more))


def place(text: str, end: Cursor) -> Cursor:
    """The place in the feed that a word or a cursor names.

    Raises:
        Problem: 410, it is of another feed.
    """
    if text in ("beginning", "now"):
        return end.moved(0) if text == "beginning" else end
    cursor = cursor_of(text)
    if cursor.feed != end.feed or cursor.position > end.position:
        raise _gone()
    return cursor


async def _found(feed: Feed, start: Cursor, end: Cursor, wanted: Wanted, limit: int) -> Page:
    """The first stretch with something in it that is wanted, or the last one that there was time for."""
    until = time.monotonic() + _LOOK_SECONDS
    try:
        page = await feed.read(start, end, wanted, limit)
        while not page.events and page.more and time.monotonic() < until:
            page = await feed.read(page.next, end, wanted, limit)
    except CursorOfAnotherFeed:  # the register became another while the call waited
        raise _gone() from None
    return page


def _words(listed: str | None) -> tuple[str, ...]:
    return tuple(listed.split(",")) if listed else ()


def _gone() -> Problem:
    return Problem(Kind.GONE, _GONE)
