"""The table of the roster: who may change it, who confirms, and where that leads.

Two officers of the commission sign each version. A change that two have signed is in force at once;
any other waits for them, whoever proposed it.
"""

from workflows.roster_words import RULE, RosterKind, RosterOutcome, RosterStage
from workflows.steps import Arrow, Lifecycle, Step, Trigger
from workflows.vocabulary import Role

_WAITS = Arrow(RosterOutcome.WAITING, RosterStage.CONFIRMATION)
_APPLIES = Arrow(RosterOutcome.IN_FORCE, RosterStage.IN_FORCE)


def _change(role: Role, *arrows: Arrow) -> Trigger:
    return Trigger(RosterKind.CHANGE, role, RULE, arrows, awaited=False)


_CHANGES = (
    _change(Role.COMMISSION, _APPLIES, _WAITS),
    _change(Role.DISTRICT, _WAITS),
    _change(Role.OPERATOR, _WAITS),
)
_CONFIRMATION = Trigger(
    RosterKind.CONFIRMATION,
    Role.COMMISSION,
    RULE,
    (
        Arrow(RosterOutcome.CONFIRMED, RosterStage.IN_FORCE),
        Arrow(RosterOutcome.SIGNED, None),
        Arrow(RosterOutcome.REJECTED, RosterStage.IN_FORCE),
    ),
)
ROSTER_LIFECYCLE = Lifecycle(
    "roster",
    (
        Step(RosterStage.UNSET, (_change(Role.COMMISSION, _APPLIES),)),
        Step(RosterStage.IN_FORCE, _CHANGES),
        Step(RosterStage.CONFIRMATION, (*_CHANGES, _CONFIRMATION)),
    ),
    anytime=(),
)
