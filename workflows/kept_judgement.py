"""A judgement that is kept until the decision is taken, so that nothing is judged twice on the same grounds.

An update is judged before it enters the history and when it is taken, nearly always in one step of one task.
A replay judges it only when it is taken, and comes to the same: `judge` is pure.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.circumstances import Edition
from workflows.decision import Decision

if TYPE_CHECKING:
    from workflows.case import Case


@dataclass(frozen=True)
class KeptJudgement:
    """That a decision may be taken, and on what grounds: everything that judging it looks at."""

    decision: Decision
    state: Any
    others: tuple[Any, ...]

    @classmethod
    def of(
        cls,
        case: "Case[Any]",
        decision: Decision,
        at: datetime,
        deadline: datetime | None,
        edition: Edition,
    ) -> "KeptJudgement":
        """Note the grounds as they are. Of what is only ever added to, how much there is says enough."""
        return cls(
            decision,
            case.state,
            (
                at,
                deadline,
                edition,
                case.closed,
                case.sent_on,
                len(case.log),
                len(case.receipts),
                len(case.roles),
                case.recorded,
                dict(case.holders),
                tuple(plan.sha256 for plan in case.plans),
                case.next_application,
            ),
        )

    def stands(self, now: "KeptJudgement") -> bool:
        """Whether the grounds are the same now.

        The same object: decisions that are equal may leave out other fields, and so be signed otherwise.
        """
        return (
            self.decision is now.decision and self.state is now.state and self.others == now.others
        )
