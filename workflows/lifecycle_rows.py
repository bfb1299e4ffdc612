"""Rows of the lifecycle tables that belong to several stages: what may happen or be decided at many times."""

from dataclasses import replace

from workflows.circumstances import Edition
from workflows.steps import AnyStage, Arrow, Trigger
from workflows.vocabulary import (
    Happening,
    Kind,
    NextTermOutcome,
    Role,
    SecondSignature,
    SoleOutcome,
    Stage,
)


def happens(
    name: Happening,
    to: AnyStage | None = None,
    *,
    lasting: bool = False,
    suspended: bool | None = None,
    since: Edition = Edition.V0_1,
) -> Trigger:
    """A happening that has one outcome."""
    assert name.outcome, "it has several"  # noqa: S101
    arrow = Arrow(name.outcome, to)
    return Trigger(
        name, None, name.article, (arrow,), lasting=lasting, suspended=suspended, since=since
    )


NOTICES = tuple(
    happens(name, suspended=False)
    for name in (Happening.REMINDED, Happening.OVERDUE, Happening.ESCALATED)
)
ROSTER_LEARNED = happens(Happening.ROSTER_LEARNED, lasting=True, since=Edition.V0_5)
"""A later version of the roster, signed by officers of the one before; it decides nothing."""
RECOVERED = happens(Happening.RECOVERED, lasting=True, since=Edition.V0_5)
"""The engine that had the case is lost, and it goes on from its log; it decides nothing, and moves nothing."""
NOTED = (ROSTER_LEARNED, RECOVERED)
"""What a case notes of what is around it, whenever that happens."""
STARTED = happens(Happening.CLOCK_STARTED, suspended=False)

SET_ASIDE = Trigger(
    Kind.SET_ASIDE,
    Role.COMMISSION,
    "§四, §六",
    (Arrow(SoleOutcome.SET_ASIDE, None, second=SecondSignature.SET_ASIDE),),
    awaited=False,
    suspended=None,
)
"""撤销更正. Where it leads is no arrow of this table: the case stands again where the decision that is
set aside was awaited, which is the fold of the log before it (`state_folding.py`). It is accepted in the
stages that name it: also in those that ended by a decision, and never once validity has ended."""

BRINGING_IN = Trigger(
    Kind.BRINGING_IN,
    Role.COMMISSION,
    "§四",
    (Arrow(SoleOutcome.BROUGHT_IN, Stage.VALID),),
    awaited=False,
)
"""既有平台转入. Nobody waits for it: an application carries it, of a platform that was listed before it
came here. It states what was decided elsewhere, and can be set aside and taken again as any decision."""

SUPPORT = tuple(
    Trigger(
        Kind.SUPPORT,
        role,
        "§四",
        (Arrow(SoleOutcome.RECORDED, None),),
        awaited=False,
        alone=True,
    )
    for role in (Role.COMMISSION, Role.DISTRICT)
)

CASE_CHANGES = (
    Trigger(
        Kind.FACTS_CHANGE,
        Role.COMMISSION,
        "§四",
        (Arrow(SoleOutcome.CHANGED, None),),
        awaited=False,
        lasting=True,
        suspended=None,
        followed_as=Happening.FACTS_CHANGED,
        since=Edition.V0_5,
    ),
    Trigger(
        Kind.SUSPENSION,
        Role.COMMISSION,
        "§四",
        (Arrow(SoleOutcome.SUSPENDED, None),),
        awaited=False,
        lasting=True,
        followed_as=Happening.PLATFORM_SUSPENDED,
        since=Edition.V0_5,
    ),
    Trigger(
        Kind.RESUMPTION,
        Role.COMMISSION,
        "§四",
        (Arrow(SoleOutcome.RESUMED, None),),
        lasting=True,
        suspended=True,
        followed_as=Happening.PLATFORM_RESUMED,
        since=Edition.V0_5,
    ),
    Trigger(
        Kind.TERMINATION,
        Role.COMMISSION,
        "§四",
        (Arrow(SoleOutcome.TERMINATED, Stage.TERMINATED, second=SecondSignature.TERMINATION),),
        awaited=False,
        suspended=None,
        followed_as=Happening.PLATFORM_TERMINATED,
        since=Edition.V0_5,
    ),
)
"""变更, 暂停, 恢复, 终止: the commission's, on a document, in every open stage. The open assessment follows."""

SET_ASIDE_LATER = replace(SET_ASIDE, for_the_record=True)
"""Of a term that ended before its time: also after what would have been its end. It then reads as valid
until that day, and expired; nothing of it is decided anew."""

NEXT_TERM = Trigger(
    Kind.NEXT_TERM,
    Role.OPERATOR,
    "§四",
    (
        Arrow(NextTermOutcome.FILED, None),
        Arrow(NextTermOutcome.TAKEN_BACK, None),
    ),
    awaited=False,
    apart=True,
    suspended=None,
    since=Edition.V0_5,
)
"""须重新申请: handed in while the platform is still valid, it begins the moment its validity ends."""

CORRECTED = (SET_ASIDE, ROSTER_LEARNED)
CORRECTED_LATER = (SET_ASIDE_LATER, ROSTER_LEARNED)
"""Of cases that have ended: who sets aside may stand in a later version of the roster."""
