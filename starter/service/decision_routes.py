"""`POST /v1/platforms/{id}/decisions`: what people decide about a platform and its assessments."""

import asyncio
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from db.sqlstate import database_errors
from starter.client.interface import ToSign
from starter.client.temporal_client import PingtaiClient
from starter.desk.entry_numbers import by_entry, is_entry_number
from starter.errors import PingtaiError
from starter.service.application_routes import REPEATED
from starter.service.bodies import json_body
from starter.service.case_status import district_of, platform_status
from starter.service.idempotency_keys import IdempotencyKey, answer_once
from starter.service.key_access import Caller, Decider
from starter.service.mandates import check_decider
from starter.service.odd_writes import (
    DOUBTS,
    RefuseDoubts,
    counted,
    decision_oddities,
    refuse,
)
from starter.service.openapi_document import AnyDecision, body, written
from starter.service.parameters import PlatformId
from starter.service.problem_details import Doubt, answered_in_time
from starter.service.responses import reply
from workflows.awaited import Awaited
from workflows.bodies import Body, body_of
from workflows.decision import Decision
from workflows.decision_reading import decision_of, new_decision_of
from workflows.model import Instant, Record, Sha256, instant
from workflows.run_io import DecisionPreview
from workflows.signed_form import signed_form
from workflows.states import Receipt
from workflows.vocabulary import Kind

router = APIRouter(prefix="/v1", tags=["writes"])
SET_ASIDE_BY = "Pingtai-Set-Aside-By"
_TIMES = {
    "Pingtai-Due": {
        "description": "When what is awaited now is due, if that is known already. 办理期限",
        "schema": {"type": "string", "format": "date-time"},
    },
    SET_ASIDE_BY: {
        "description": "Of a repeat: the decision_id that set this decision aside since. 撤销该决定的编号",
        "schema": {"type": "string"},
    },
}


class DecisionAnswer(Record):
    """The receipt of a decision: the same, however often it comes."""

    decision_id: str
    platform_id: str
    term: int
    year: int | None = None
    seq: int
    at: Instant
    kind: str
    outcome: str
    stage: str
    awaited: tuple[Awaited, ...] = ()
    said_sha256: Sha256
    entry_hash: Sha256 | None = None


class DryRun(Record):
    """What would become of a decision, if it were sent now."""

    would_lead_to: str
    doubts: tuple[Doubt, ...] = ()
    """What a person would be asked about before it is sent: a date long ago, the same support twice."""
    to_sign: str | None = None
    """What its person signs, byte for byte in UTF-8: the decision, with its `case` and what it `answers` there.
    Nothing, where it was taken before. 待签内容"""
    signatures_needed: int = 0
    """How many persons sign it, where its case asks for signatures. 所需签名人数"""


@router.post(
    "/platforms/{platform_id}/decisions",
    summary="Decide about a platform. 提交决定",
    responses=written(DecisionAnswer | DryRun, "decided", 404, headers=_TIMES | DOUBTS),
    openapi_extra=body(AnyDecision, "Decision", "decision"),
)
async def decide(
    *,
    request: Request,
    platform_id: PlatformId,
    who: Decider,
    key: IdempotencyKey,
    dry_run: Annotated[
        bool, Query(description="Check only; nothing is submitted. 预检（不提交）")
    ] = False,
    refuse_doubts: RefuseDoubts = False,
) -> Response:
    """Send a decision to the platform or its open assessment, by its `kind`; the answer is its receipt.

    The same decision again (the same `decision_id` and content) is answered 200 with the same body.
    What a person would be asked about is counted in `Pingtai-Doubts`; `dry_run` lists it.
    Scope: `decide:` and the actor's role. A substitute (`acting_for`) needs a substitution in the register;
    otherwise 403.
    """
    sent = await json_body(request)

    async def work() -> Response:
        decision = new_decision_of(sent)
        await _allow(request, who, platform_id, decision)
        data = await _with_id(request, platform_id, sent)
        doubts = await decision_oddities(request, who, platform_id, decision)
        if dry_run or (refuse_doubts and doubts):
            client = await request.app.state.backends.client()
            if dry_run:
                return _preview(*await _tried(client, platform_id, data), doubts)
            preview = await client.check(platform_id, data)
            if not preview.repeated:  # what was taken is answered as it was
                refuse(doubts)
        return _answer(await _decided(request, platform_id, data), doubts)

    return await answer_once(request, who, key, sent, work)


async def _tried(
    client: PingtaiClient, platform_id: str, data: Any
) -> tuple[DecisionPreview, ToSign | None]:
    """What would become of a decision, and what is signed of it: asked at once, for a person waits.

    Raises as `Pingtai.check`, which says why before `Pingtai.to_sign` does.
    """
    preview, to_sign = await asyncio.gather(
        client.check(platform_id, data), client.to_sign(platform_id, data), return_exceptions=True
    )
    if isinstance(preview, BaseException):
        raise preview
    if preview.repeated:
        return preview, None
    if isinstance(to_sign, BaseException):
        raise to_sign
    return preview, to_sign


async def _with_id(request: Request, platform_id: str, sent: Any) -> Any:
    """The same, with the id of the decision that a setting aside calls by its entry's number.

    What comes signed stays as it is: whoever signed it saw the id. While the register is away nothing is
    changed either, and the case says that no decision is called so.
    """
    target = sent.get("target")
    if sent.get("kind") != Kind.SET_ASIDE or sent.get("signatures") or not is_entry_number(target):
        return sent
    with suppress(PingtaiError, *database_errors()):
        register = RegisterQueries(await request.app.state.backends.engine())
        return {**sent, **by_entry(await register.log(platform_id), target)}
    return sent


async def _allow(request: Request, who: Caller, platform_id: str, decision: Decision) -> None:
    who.speak_as(decision.actor)
    if who.is_named_otherwise(body_of(decision.actor)):
        await _allow_by_code(request, who, platform_id, body_of(decision.actor))
    if decision.actor.acting_for is not None:
        engine = await request.app.state.backends.engine()
        await check_decider(engine, platform_id, decision)
    if who.key and who.key.district:
        who.only_of(await district_of(request.app.state.backends, platform_id))


async def _allow_by_code(request: Request, who: Caller, platform_id: str, body: Body) -> None:
    """Let a key's body have another name only where the platform's bodies have codes: else names decide."""
    platform = (await platform_status(request.app.state.backends, platform_id)).view.platform
    judged = (platform.facts.operator, platform.facts.lead_unit) if platform else ()
    if not judged or any(one.credit_code is None for one in judged):
        who.speak_for(Body(body.name))


async def _decided(request: Request, platform_id: str, data: Any) -> Receipt:
    client = await request.app.state.backends.client()
    with answered_in_time():
        receipt: Receipt = await client.decide(platform_id, data)
    return receipt


def _preview(
    preview: DecisionPreview, to_sign: ToSign | None, doubts: tuple[Doubt, ...]
) -> Response:
    headers = REPEATED if preview.repeated else {}
    if preview.set_aside_by is not None:
        headers = headers | {SET_ASIDE_BY: preview.set_aside_by}
    answer = DryRun(
        would_lead_to=preview.stage or "",
        doubts=() if preview.repeated else doubts,
        to_sign=signed_form(decision_of(to_sign.decision)).decode() if to_sign else None,
        signatures_needed=to_sign.signatures_needed if to_sign else 0,
    )
    return reply(answer, 200, headers)


def _answer(receipt: Receipt, doubts: tuple[Doubt, ...]) -> Response:
    where = f"/v1/platforms/{receipt.platform_id}"
    if receipt.year is not None:
        where += f"/assessments/{receipt.year}?term={receipt.term}"
    headers = {"Location": where}
    if receipt.due is not None:
        headers["Pingtai-Due"] = instant(receipt.due)
    if receipt.set_aside_by is not None:
        headers[SET_ASIDE_BY] = receipt.set_aside_by
    kept = receipt.model_dump(exclude={"repeated", "due", "set_aside_by"})
    answer = DecisionAnswer(**kept)
    return (
        reply(answer, 200, headers | REPEATED)
        if receipt.repeated
        else reply(answer, 201, headers | counted(doubts))
    )
