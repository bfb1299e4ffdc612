"""`/v1/countersign-drafts`: decisions that wait for a second signature. No case knows of them yet."""

from typing import Annotated

from fastapi import APIRouter, Path, Security
from starlette.requests import Request
from starlette.responses import Response

from db.countersign_queries import CountersignDraft
from starter.desk.countersigning import (
    DirectCountersignDrafts,
    already_signed,
    leave_in_place,
    signed_by_another,
    signed_once,
)
from starter.service.bodies import json_body
from starter.service.case_status import district_of
from starter.service.idempotency_keys import IdempotencyKey, answer_once
from starter.service.key_access import Caller, needs
from starter.service.openapi_document import AnyDecision, answers, body, ended, written
from starter.service.parameters import Engine
from starter.service.problem_details import answered_in_time
from starter.service.responses import reply
from starter.service.scopes import Scope
from workflows.decision import Decision
from workflows.model import Record, invalid

router = APIRouter(prefix="/v1/countersign-drafts")
Commission = Annotated[Caller, Security(needs(Scope.DECIDE_COMMISSION))]
Number = Annotated[int, Path(ge=1, le=2**62, description="Of the draft. 编号")]


class CountersignDraftList(Record):
    """Decisions that wait for a second signature, the oldest first."""

    items: tuple[CountersignDraft, ...]


@router.get(
    "",
    tags=["reads"],
    summary="Decisions that wait for a second signature. 待会签",
    responses=answers(CountersignDraftList, "countersign_drafts"),
)
async def countersign_drafts(request: Request, who: Commission, engine: Engine) -> Response:
    """Whole decisions, each with its first signature. A key of a district sees that district's.

    To countersign: sign the same form, add the signature as the second of `signatures`, and send the
    decision. Scope: `decide:commission`.
    """
    waiting = await DirectCountersignDrafts(engine, engine).waiting()
    if who.key and who.key.district:
        own, backends = who.key.district, request.app.state.backends
        waiting = [one for one in waiting if await district_of(backends, one.platform_id) == own]
    return reply(CountersignDraftList(items=tuple(waiting)))


@router.post(
    "",
    tags=["writes"],
    summary="Leave a decision for a second signature. 提交会签",
    responses=written(CountersignDraft, "countersign_draft", 404),
    openapi_extra=body(AnyDecision, "Decision", "decision"),
)
async def leave_countersign_draft(
    request: Request, who: Commission, engine: Engine, key: IdempotencyKey
) -> Response:
    """Keep a decision that its first person has signed, for its case and what it answers there.

    The same person's next decision on the same step takes the place of what was left before. What would be
    refused is refused now; so is what another person has signed in the same words: it is countersigned.
    Scope: `decide:commission`.
    """
    data = await json_body(request)

    async def work() -> Response:
        decision = signed_once(data)
        who.speak_as(decision.actor)
        if who.key and who.key.district and decision.case:
            platform = decision.case.platform_id
            who.only_of(await district_of(request.app.state.backends, platform))
        drafts = DirectCountersignDrafts(engine, engine)
        waiting = await drafts.waiting()
        if theirs := signed_by_another(waiting, decision.sent):
            raise invalid("decision", "signatures", *already_signed(theirs))
        await _expect_accepted(request, decision)
        left = await leave_in_place(drafts, waiting, data)
        return reply(left, 201, {"Location": str(router.prefix)})

    return await answer_once(request, who, key, data, work)


async def _expect_accepted(request: Request, decision: Decision) -> None:
    """Raise what its case would answer: Refused, InvalidMessage or NoSuchPlatform."""
    assert decision.case  # noqa: S101 - what is signed names its case
    client = await request.app.state.backends.client()
    with answered_in_time():
        unsigned = decision.model_copy(update={"signatures": ()})
        await client.check(decision.case.platform_id, unsigned)


@router.delete(
    "/{number}",
    tags=["writes"],
    summary="Drop a decision that waits for a second signature. 撤回",
    responses=ended(),
)
async def drop_countersign_draft(
    request: Request, number: Number, who: Commission, engine: Engine
) -> Response:
    """Drop it, because it was sent, or its case moved on. Scope: `decide:commission`."""
    drafts = DirectCountersignDrafts(engine, engine)
    if who.key and who.key.district:
        found = [one for one in await drafts.waiting() if one.number == number]
        for draft in found:
            who.only_of(await district_of(request.app.state.backends, draft.platform_id))
    await drafts.drop(number)
    return Response(status_code=204)
