"""What of the inbox is a person's: by their roles, and by those of people they stand in for today.

It decides what is offered. What may be decided, the rules say in the workflow.
"""

from collections.abc import Iterable
from datetime import date

from db.inbox_queries import Wanted
from starter.desk.profile import Profile
from starter.desk.register_reads import RegisterReads
from workflows.actors import Actor
from workflows.vocabulary import Role


def seat(actor: Actor) -> Wanted:
    """What awaits somebody: the commission's is one desk, a district's and an operator's are their own."""
    if actor.role is Role.DISTRICT:
        return Wanted(role=str(actor.role), district=str(actor.district))
    if actor.role is Role.OPERATOR:
        return Wanted(role=str(actor.role), operator=actor.organisation)
    return Wanted(role=str(actor.role))


async def seats_of(register: RegisterReads, profile: Profile, day: date) -> list[Wanted]:
    """What awaits a person in all their roles, and in those of people they stand in for on a day."""
    own = (profile.actor(role) for role in profile.roles)
    named = await register.substitutions(profile.id, since=day)
    absent = (
        row.principal
        for row in named
        if row.substitute_id == profile.id and row.first_day <= day <= row.last_day
    )
    return _different(seat(actor) for actor in (*own, *absent))


def _different(seats: Iterable[Wanted]) -> list[Wanted]:
    return list(dict.fromkeys(seats))
