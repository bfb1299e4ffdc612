"""What one may ask of the system, whichever way one comes: by Temporal itself, or by HTTP.

`starter.PingtaiClient` speaks to Temporal, `starter.PingtaiHttpClient` to `pingtai serve`. Both answer the
same, raise the same, and may be asked again.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from workflows.lifecycle import ASSESSMENT
from workflows.model import Instant, Record

if TYPE_CHECKING:  # to make all these models takes longer than a call
    from starter.plans.plan_view import PlanView
    from workflows.application import PlatformApplication
    from workflows.decision import Decision
    from workflows.record import LogEntry
    from workflows.roster_entries import RosterProof
    from workflows.run_io import CaseView, DecisionPreview
    from workflows.states import Receipt

ASSESSMENT_KINDS = frozenset(ASSESSMENT.kinds)
"""What is decided about the open assessment, and not about the platform itself."""


class Applied(Record):
    """The answer to an application: the workflow that runs it, and whether it was there before."""

    platform_id: str
    application_id: str
    term: int
    workflow_id: str
    repeated: bool = False
    begins: Instant | None = None
    """Of an application that waits for the present term to end: when its own begins."""
    odd: bool = False
    """By HTTP: its id differs only in writing from another platform's, which the key may not be told."""


class ToSign(Record):
    """A decision as its person signs it, and how many persons its case asks to sign it (0: it asks nobody)."""

    decision: dict[str, Any]
    signatures_needed: int = 0


Sign = Callable[[ToSign], Awaitable[dict[str, Any]]]
"""Returns a decision with the signatures of those who take it."""


class Pingtai(Protocol):
    """Start platforms, decide, and read where they stand, safely repeated."""

    async def apply(self, application: "PlatformApplication", sign: Sign | None = None) -> Applied:
        """Start the term that an application asks for; the same one again gives the first answer.

        `sign` signs what it brings in, or that it is for the next term, where its case asks for that.

        Raises:
            Refused: another application's term is open, or this id was used for another content.
            InvalidMessage: it does not fit, or the rules refuse what it brings in.
            Unreachable: no answer; repeat it.
        """

    async def taken_up(self, applied: Applied, within: float) -> bool:
        """Whether a worker has taken up what was just applied for, within so many seconds."""

    async def decide(self, platform_id: str, decision: "Decision | dict[str, Any]") -> "Receipt":
        """Send a decision to where it belongs; the same `decision_id` again gives the first receipt.

        Raises:
            Refused: the rules refuse it.
            InvalidMessage: it does not fit its model.
            NoSuchPlatform: nothing of this id was ever applied for.
            Unreachable: no answer; it may still be taken, so repeat it with the same `decision_id`.
        """

    async def check(
        self, platform_id: str, decision: "Decision | dict[str, Any]"
    ) -> "DecisionPreview":
        """What would become of a decision, or that it was taken before; changes nothing.

        Raises as `decide` does.
        """

    async def to_sign(
        self, platform_id: str, decision: "Decision | dict[str, Any]"
    ) -> ToSign | None:
        """The decision as its person signs it: with its case, and what it answers there.

        None where no signature is needed: an earlier case took it before, or the worker is of a release
        that knows none. What a person saw goes before what is there now: name it in `case.answers`.

        Raises as `decide` does, but `Unreachable` as NotSent.
        """

    async def roster_proof(self, person: str) -> "RosterProof | None":
        """Prove that a person stands in the roster in force; None: they do not, or there is none.

        Raises Unreachable.
        """

    async def roster_holder(self, public: str) -> str | None:
        """In whose entry a key stands, as in a file `*.pub`; "": in nobody's. None: there is no roster.

        Raises Unreachable.
        """

    async def state(self, platform_id: str) -> "CaseView":
        """Where a platform stands. Raises NoSuchPlatform, Unreachable."""

    async def assessment_state(self, platform_id: str, term: int, year: int) -> "CaseView":
        """Where a yearly assessment stands. Raises NoSuchPlatform, Unreachable."""

    async def log(self, platform_id: str) -> "list[LogEntry]":
        """The log of a platform's latest term. Raises NoSuchPlatform, Unreachable."""

    async def plan(
        self,
        platform_id: str,
        *,
        term: int | None = None,
        version: int | None = None,
        diff: Sequence[int] | None = None,
    ) -> "PlanView":
        """A version of a platform's plan, from the register; see `starter.plans.plan_view.plan_view`.

        Raises:
            NoSuchPlatform: the register does not have this platform, term or version.
            Unreachable: the register does not answer, or the client has none.
        """
