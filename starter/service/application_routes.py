"""`POST /v1/applications`: a platform's application comes in."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from starter.clock import today
from starter.errors import NoSuchPlatform
from starter.service.bodies import json_body
from starter.service.case_status import platform_status
from starter.service.idempotency_keys import IdempotencyKey, answer_once
from starter.service.key_access import Applicant, Caller
from starter.service.mandates import check_submitter
from starter.service.odd_writes import DOUBTS, RefuseDoubts, alike_ids, counted, refuse
from starter.service.openapi_document import body, written
from starter.service.problem_details import answered_in_time
from starter.service.responses import reply
from starter.service.scopes import Scope, deciding_as
from workflows.application import PlatformApplication
from workflows.bodies import Body, body_of
from workflows.model import Instant, Record, parse
from workflows.policy import Policy, policy_for_new_cases
from workflows.vocabulary import Role

router = APIRouter(prefix="/v1", tags=["writes"])
REPEATED = {"Pingtai-Repeated": "true"}


class AppliedAnswer(Record):
    """The answer to an application: the same, however often it comes."""

    platform_id: str
    application_id: str
    term: int
    workflow_id: str
    begins: Instant | None = None
    """Of an application for the next term that waits for the present one to end: when it begins."""


class ApplicationDryRun(Record):
    """What is to be signed of an application, where its case asks for that."""

    to_sign: dict[str, Any] | None = None
    """The decision that its person signs: what it brings in, or that it is for the next term. 待签决定"""
    signatures_needed: int = 0
    """How many persons sign it. 所需签名人数"""


@router.post(
    "/applications",
    summary="Apply for a platform. 提交申请",
    responses=written(AppliedAnswer | ApplicationDryRun, "applied", headers=DOUBTS),
    openapi_extra=body(PlatformApplication, "PlatformApplication", "application"),
)
async def apply(
    *,
    request: Request,
    who: Applicant,
    key: IdempotencyKey,
    dry_run: Annotated[
        bool, Query(description="Only say what is to be signed. 预检（不提交）")
    ] = False,
    refuse_doubts: RefuseDoubts = False,
) -> Response:
    """Start the term that an application asks for; in the last days of a valid platform, keep it until then.

    The same application again (the same `application_id` and content) is answered 200 with the same
    body. `term` and `previous` are filled in. With `dry_run` nothing is sent: the answer is the decision that
    its person signs, if any (`brought_in`, or one of the kind `next_term` for `…/decisions`).

    Scope: `apply`; with `brought_in`, or a `policy` other than the usual one, also `decide:commission`,
    because that is the commission's word.
    """
    data = await json_body(request)

    async def work() -> Response:
        application = parse(PlatformApplication, data)
        allow(who, application)
        await _allow_submitter(request, application)
        await _allow_platform(request, who, application.platform_id)
        submitted = not (refuse_doubts or dry_run)
        doubts = await alike_ids(request, who, application.platform_id, submitted=submitted)
        if refuse_doubts:
            refuse(doubts)
        client = await request.app.state.backends.client()
        if dry_run:
            with answered_in_time():
                form = await client.application_to_sign(application)
            return reply(
                ApplicationDryRun(to_sign=form.decision, signatures_needed=form.signatures_needed)
                if form
                else ApplicationDryRun()
            )
        with answered_in_time():
            applied = await client.apply(application)
        answer = AppliedAnswer(**applied.model_dump(exclude={"repeated"}))
        where = {"Location": f"/v1/platforms/{applied.platform_id}"}
        if applied.repeated:
            return reply(answer, 200, where | REPEATED)
        return reply(answer, 201, where | counted(doubts))

    return await answer_once(request, who, key, data, work)


async def _allow_submitter(request: Request, application: PlatformApplication) -> None:
    """Let whoever acts for another do so only where the register says it. Raises Problem (403)."""
    brought = application.brought_in
    named = [(application.submitted_by, today())]
    if brought is not None:
        named.append((brought.actor, brought.decided_on))
    if all(actor is None or actor.acting_for is None for actor, _ in named):
        return
    engine = await request.app.state.backends.engine()
    for actor, day in named:
        await check_submitter(engine, actor, day)


async def _allow_platform(request: Request, who: Caller, platform_id: str) -> None:
    """Let a key that is narrowed begin a term only of a platform that was of its district and body.

    With the new term a district would see the old one; and an operator would take another's platform
    over, and lock it out. What changes hands does so by the commission.
    """
    key = who.key
    body = key and key.organisation and not who.may(Scope.DECIDE_COMMISSION)
    if key is None or not (key.district or body):
        return
    backends = request.app.state.backends
    known = await RegisterQueries(await backends.engine()).whose(platform_id)
    if known is not None and not (body and key.credit_code):
        who.only_of(known.district)
        if body:
            who.ran(Body(known.operator))
        return
    # The register may not have heard of it yet, and has no credit codes.
    try:
        facts = (await platform_status(backends, platform_id)).view.platform
    except NoSuchPlatform:
        return
    if facts is None:
        return
    who.only_of(facts.facts.district)
    if body:
        who.ran(body_of(facts.facts.operator))


def allow(who: Caller, application: PlatformApplication) -> None:
    """Let a key apply for what is of its district and body only. Raises Problem (403).

    What the guideline leaves open (years, days, quorum) is the commission's to decide: an upstream that
    may only apply must not give its platform ten years. Stricter than `workflows.policy.is_own`: neither
    may it switch off that decisions name their case.
    """
    who.only_of(application.district)
    if policy_for_new_cases(application.policy) != policy_for_new_cases(Policy()):
        who.require(Scope.DECIDE_COMMISSION)
    if application.brought_in is not None:
        who.require(Scope.DECIDE_COMMISSION)
        who.speak_as(application.brought_in.actor)
        return
    who.speak_for(body_of(application.operator))
    by = application.submitted_by
    if by is not None:
        who.speak_for(body_of(by))
        if (
            by.role is not Role.OPERATOR
        ):  # who submits is the operator, or whom the key may speak as
            who.require(deciding_as(by.role))
        if by.district is not None:
            who.only_of(by.district)
