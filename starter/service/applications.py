"""`POST /v1/applications`: a platform's application comes in."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from db.queries import RegisterQueries
from starter.errors import Unreachable
from starter.service import problems
from starter.service.access import Applicant, Caller
from starter.service.bodies import json_body
from starter.service.documented import body, written
from starter.service.repeats import IdempotencyKey, once
from starter.service.replies import reply
from starter.service.scopes import Scope, deciding_as
from workflows.application import PlatformApplication
from workflows.model import Record, parse
from workflows.policy import Policy
from workflows.vocabulary import Role

router = APIRouter(prefix="/v1", tags=["writes"])
REPEATED = {"Pingtai-Repeated": "true"}


class AppliedAnswer(Record):
    """The answer to an application: the same, however often it comes."""

    platform_id: str
    application_id: str
    term: int
    workflow_id: str


@router.post(
    "/applications",
    summary="Apply for a platform. 提交申请",
    responses=written(AppliedAnswer, "applied"),
    openapi_extra=body(PlatformApplication, "PlatformApplication", "application"),
)
async def apply(request: Request, who: Applicant, key: IdempotencyKey) -> Response:
    """Start the term that an application asks for.

    The same application again (the same `application_id` and content) is answered 200 with the same
    body. `term` and `previous` are filled in. Scope: `apply`; with `brought_in`, or a `policy` other
    than the usual one, also `decide:commission`, because that is the commission's word.
    """
    data = await json_body(request)

    async def work() -> Response:
        application = parse(PlatformApplication, data)
        allow(who, application)
        await _allow_platform(request, who, application.platform_id)
        client = await request.app.state.connections.client()
        try:
            applied = await client.apply(application)
        except Unreachable:
            raise problems.away(
                "no answer came; the application may have been taken. Repeat it as it is, with the same"
                " application_id: it is never taken twice",
                "没有应答，该申请可能已受理；请以同一 application_id 原样重发，不会重复受理",
            ) from None
        answer = AppliedAnswer(**applied.model_dump(exclude={"repeated"}))
        where = {"Location": f"/v1/platforms/{applied.platform_id}"}
        if applied.repeated:
            return reply(answer, 200, where | REPEATED)
        return reply(answer, 201, where)

    return await once(request, who, key, data, work)


async def _allow_platform(request: Request, who: Caller, platform_id: str) -> None:
    """Let a key of a district take no platform of another's over: with the new term it would see the old."""
    if who.key is None or who.key.district is None:
        return
    register = RegisterQueries(await request.app.state.connections.engine())
    district = await register.district(platform_id)
    if district is not None:
        who.only_of(district)


def allow(who: Caller, application: PlatformApplication) -> None:
    """Let a key apply for what is of its district and body only. Raises Problem (403).

    What the guideline leaves open (years, days, quorum) is the commission's to decide: an upstream that
    may only apply must not give its platform ten years.
    """
    who.only_of(application.district)
    if application.policy != Policy():
        who.require(Scope.DECIDE_COMMISSION)
    if application.brought_in is not None:
        who.require(Scope.DECIDE_COMMISSION)
        who.speak_as(application.brought_in.actor)
        return
    who.speak_for(application.operator.name)
    by = application.submitted_by
    if by is not None:
        who.speak_for(by.organisation)
        if (
            by.role is not Role.OPERATOR
        ):  # who submits is the operator, or whom the key may speak as
            who.require(deciding_as(by.role))
        if by.district is not None:
            who.only_of(by.district)
