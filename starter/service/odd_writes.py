"""What is odd in a write: nobody can be asked by HTTP, so the answer says it; or it is refused, on request."""

import asyncio
from typing import Annotated

from fastapi import Query
from starlette.requests import Request

from db.name_search import ids_alike, platform_of_id
from db.queries import RegisterQueries
from db.sqlstate import database_errors
from starter.clock import today
from starter.desk.did_you_mean import only_written_alike
from starter.doubts.decision_doubts import (
    KnownPlatform,
    decision_doubts,
    is_held_against_platform,
    known_platform,
)
from starter.doubts.unchanged_plan import files_plan
from starter.errors import PingtaiError
from starter.plans.plan_view import plan_view
from starter.service.key_access import Caller
from starter.service.problem_details import Doubt, Kind, Problem
from starter.service.scopes import Scope
from workflows.decision import Decision
from workflows.model import as_sent
from workflows.words import Words

RefuseDoubts = Annotated[
    bool,
    Query(
        description="Refuse (409, `doubtful`) what a person would be asked about; nothing is submitted."
        " 存疑时不受理"
    ),
]
DOUBTS = {
    "Pingtai-Doubts": {
        "description": "How many things a person would have been asked about before it was sent; absent: none."
        " `dry_run` and `refuse_doubts` say which. 存疑项数",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    }
}
_AWAY: tuple[type[Exception], ...] = (TimeoutError, PingtaiError, *database_errors())
_PATIENCE = 2.0
"""Seconds that a write waits at most for what is odd about it beside the register."""


async def decision_oddities(
    request: Request, who: Caller, platform_id: str, decision: Decision
) -> tuple[Doubt, ...]:
    """Return what a person would be asked about a decision; beside the register only for whom may read it."""
    raw = as_sent(decision)
    known: KnownPlatform | None = None
    if who.may(Scope.READ) and is_held_against_platform(raw, today()):
        known = await _known(request, platform_id, with_plan=files_plan(raw))
    return _doubts(*decision_doubts(raw, today(), known))


async def _known(request: Request, platform_id: str, *, with_plan: bool) -> KnownPlatform | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            register = RegisterQueries(await request.app.state.backends.engine())
            card = await register.platform(platform_id)
            plan = (
                await plan_view(register.plan_queries, platform_id) if card and with_plan else None
            )
    except _AWAY:  # the rules judge it all the same
        return None
    return known_platform(card, plan.shown if plan else None) if card else None


async def alike_ids(
    request: Request, who: Caller, platform_id: str, *, submitted: bool
) -> tuple[Doubt, ...]:
    """Return whether the id of a new platform differs only in writing from one that there is.

    Which one that is, and what it is called, is said to whom may read it.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            engine = await request.app.state.backends.engine()
            if (await platform_of_id(engine, platform_id)).total:
                return ()  # its id is not new
            found = await ids_alike(engine, platform_id)
    except _AWAY:
        return ()
    told = (
        only_written_alike(
            platform_id, one if who.sees(one.district) else None, submitted=submitted
        )
        for one in found
    )
    return _doubts(*dict.fromkeys(told))


def refuse(doubts: tuple[Doubt, ...]) -> None:
    """Refuse a write about which there is something to be asked. Raises Problem (409)."""
    if doubts:
        raise Problem(
            Kind.DOUBTFUL,
            " ".join(one.en for one in doubts),
            "".join(one.zh for one in doubts),
            doubts=doubts,
        )


def counted(doubts: tuple[Doubt, ...]) -> dict[str, str]:
    """Return the header of an answer to a write that was accepted all the same."""
    return {"Pingtai-Doubts": str(len(doubts))} if doubts else {}


def _doubts(*found: Words) -> tuple[Doubt, ...]:
    return tuple(Doubt(en=one.en, zh=one.zh) for one in found)
