"""`/v1/roster`: who may sign decisions, the proofs of it, and what is decided on it."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from db.roster_queries import holders_of, people_page, proof_of, roots_after
from starter.client.roster_sender import RosterSender
from starter.service.application_routes import REPEATED
from starter.service.bodies import json_body
from starter.service.idempotency_keys import IdempotencyKey, answer_once
from starter.service.key_access import Decider, Reader
from starter.service.openapi_document import LINK, answers, body, written
from starter.service.parameters import Engine, Limit
from starter.service.problem_details import answered_in_time
from starter.service.responses import link, next_page, reply
from workflows.model import Identifier, Record
from workflows.roster_decisions import (
    RosterChange,
    RosterConfirmation,
    RosterItem,
    roster_decision_of,
)
from workflows.roster_entries import PublicKeyLine, RosterEntry, RosterProof
from workflows.roster_log import RosterReceipt, RosterView
from workflows.signed_roots import MOST_ROOTS, SignedRoot
from workflows.vocabulary import District, Role

router = APIRouter(prefix="/v1/roster")


class RosterDraft(Record):
    """What the next version is made of: how the roster stands, the hashes of its entries, what waits."""

    view: RosterView
    leaves: dict[str, str]
    """The hash of each entry by its id, with what waits."""
    waiting: tuple[RosterItem, ...]


class RosterPeople(Record):
    """People by their ids; `next` is the address of the page after, if there is one."""

    items: tuple[RosterEntry, ...]
    next: str | None


class RosterRoots(Record):
    """Versions of the roster, the oldest first, each with the signatures of two officers."""

    items: tuple[SignedRoot, ...]


class ProvenPerson(Record):
    """The proof of a person under the version in force; null for both: nobody of that id or key."""

    proof: RosterProof | None = None
    signed_root: SignedRoot | None = None


async def _roster(request: Request) -> RosterSender:
    return RosterSender(await request.app.state.backends.temporal())


@router.get(
    "",
    tags=["reads"],
    summary="The roster. 人员目录",
    responses=answers(RosterView, "roster_view", 404),
)
async def roster_view(request: Request, who: Reader) -> Response:
    """The version in force, and what waits to be confirmed. 404: none is set up. Scope: `read`."""
    return reply(await (await _roster(request)).view())


@router.get(
    "/draft",
    tags=["reads"],
    summary="What the next version of the roster is made of. 拟稿依据",
    responses=answers(RosterDraft, "roster_draft", 404),
)
async def roster_draft(request: Request, who: Reader) -> Response:
    """The view, the hashes of all entries and the changes that wait: who changes it signs what follows.

    404: none is set up. Scope: `read`.
    """
    roster = await _roster(request)
    view = await roster.view()
    waiting = tuple(await roster.waiting())
    return reply(RosterDraft(view=view, leaves=await roster.leaves(), waiting=waiting))


@router.get(
    "/people",
    tags=["reads"],
    summary="People of the roster. 人员列表",
    responses=answers(RosterPeople, "roster_people", headers=LINK),
)
async def roster_people(
    *,
    request: Request,
    who: Reader,
    engine: Engine,
    role: Annotated[Role | None, Query(description="身份")] = None,
    district: Annotated[District | None, Query(description="所在区")] = None,
    platform_id: Annotated[
        Identifier | None, Query(description="The operator's people of this platform. 平台编号")
    ] = None,
    after: Annotated[
        Identifier | None, Query(description="The next page: after this person. 下一页")
    ] = None,
    limit: Limit = 50,
) -> Response:
    """The people in force, also those whose days have ended. Scope: `read`."""
    page = await people_page(
        engine,
        role=role and str(role),
        district=district and str(district),
        platform_id=platform_id,
        after=after or "",
        limit=limit,
    )
    following = next_page(request, page.people, limit, lambda one: one.id)
    return reply(RosterPeople(items=page.people, next=following), headers=link(following))


@router.get(
    "/proof",
    tags=["reads"],
    summary="The proof that a person is in the roster. 人员证明",
    responses=answers(ProvenPerson, "roster_proof"),
)
async def roster_proof(
    *,
    who: Reader,
    engine: Engine,
    person: Annotated[Identifier | None, Query(description="By their id. 人员编号")] = None,
    key: Annotated[
        PublicKeyLine | None,
        Query(description="By a public key that they ever had, as in a file `*.pub`. 公钥"),
    ] = None,
) -> Response:
    """The entry of a person, its way to the root, and the version in force: a decision carries the first two.

    Scope: `read`.
    """
    holder = person or (key and (await holders_of(engine, [key])).get(key))
    found = await proof_of(engine, holder) if holder else None
    if found is None:
        return reply(ProvenPerson())
    return reply(ProvenPerson(proof=found[0], signed_root=found[1]))


@router.get(
    "/roots",
    tags=["reads"],
    summary="Versions of the roster. 各版本",
    responses=answers(RosterRoots, "roster_roots"),
)
async def roster_roots(
    *,
    who: Reader,
    engine: Engine,
    after: Annotated[
        int | None, Query(ge=0, le=1_000_000, description="Those after this version. 起始版本")
    ] = None,
) -> Response:
    """The versions after one, 50 at most; without one the version in force alone. Scope: `read`."""
    found = await roots_after(engine, after, 1 if after is None else MOST_ROOTS)
    return reply(RosterRoots(items=tuple(found)))


@router.post(
    "/decisions",
    tags=["writes"],
    summary="Decide on the roster. 变更人员目录",
    responses=written(RosterReceipt, "roster_receipt", 404),
    openapi_extra=body(RosterChange | RosterConfirmation, "RosterDecision", "roster_change"),
)
async def roster_decide(request: Request, who: Decider, key: IdempotencyKey) -> Response:
    """Send a change, or its confirmation, as its people have signed it; the answer is its receipt.

    The same decision again is answered 200. Scope: `decide:` and the actor's role.
    """
    data = await json_body(request)

    async def work() -> Response:
        who.speak_as(roster_decision_of(data).actor)
        with answered_in_time():
            receipt = await (await _roster(request)).decide(data)
        where = {"Location": "/v1/roster"}
        answer = receipt.model_copy(update={"repeated": False})
        return (
            reply(answer, 200, where | REPEATED) if receipt.repeated else reply(answer, 201, where)
        )

    return await answer_once(request, who, key, data, work)
