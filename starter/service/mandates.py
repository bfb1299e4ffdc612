"""Acting for somebody who is absent: whether it is so stands in the register, and not in the message."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import RegisterQueries
from db.substitution_queries import SubstitutionQueries, SubstitutionRow
from starter.service.problem_details import Kind, Problem
from workflows.actors import Actor
from workflows.decision import Decision, digest_of_content
from workflows.name_comparison import same_name
from workflows.states import content_of


async def check_decider(engine: AsyncEngine, platform_id: str, decision: Decision) -> None:
    """Let a substitute decide only under a substitution that the register has for that day.

    A repeat of what was taken is answered for ever, also after the substitution was withdrawn.

    Raises:
        Problem: 403, nobody named them.
    """
    if decision.actor.acting_for is None:
        return
    if not await _is_named(engine, decision.actor, decision.decided_on):
        if await _was_taken(engine, platform_id, decision):
            return
        raise _not_named(decision.actor, decision.decided_on)


async def check_submitter(engine: AsyncEngine, actor: Actor | None, day: date) -> None:
    """The same for whoever submits an application. Raises Problem (403)."""
    if actor is None or actor.acting_for is None:
        return
    if not await _is_named(engine, actor, day):
        raise _not_named(actor, day)


async def _is_named(engine: AsyncEngine, actor: Actor, day: date) -> bool:
    assert actor.acting_for is not None  # noqa: S101 - the callers have looked
    principal = actor.acting_for.principal_id
    found = await SubstitutionQueries(engine).standing(principal, actor.id, day)
    return any(_is_this(row, actor) for row in found)


def _is_this(row: SubstitutionRow, actor: Actor) -> bool:
    """Whether an actor names a substitution as it is: its days, and the principal's office."""
    absence, principal = actor.acting_for, row.principal
    return (
        absence is not None
        and (absence.first_day, absence.last_day) == (row.first_day, row.last_day)
        and (actor.role, actor.district) == (principal.role, principal.district)
        and same_name(actor.organisation, principal.organisation)
    )


async def _was_taken(engine: AsyncEngine, platform_id: str, decision: Decision) -> bool:
    digest = digest_of_content(content_of(decision))
    return any(
        line.entry.actor == decision.actor and digest_of_content(line.entry.said) == digest
        for line in await RegisterQueries(engine).decisions(platform_id, decision.decision_id)
    )


def _not_named(actor: Actor, day: date) -> Problem:
    assert actor.acting_for is not None  # noqa: S101 - the callers have looked
    principal = actor.acting_for.principal_id
    return Problem(
        Kind.NOT_ALLOWED,
        f"the register has no substitution for {actor.id} to act for {principal} on {day}, in this"
        " office and for these days",
        f"登记中没有 {actor.id} 在 {day} 以该身份、按所列期间代 {principal} 办理的委托",
    )
