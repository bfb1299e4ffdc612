"""The direct way to decide: the client of Temporal, which asks the register; `reach` chooses it."""

from starter.client.ended_term import ended_term
from starter.client.register_access import decided_before, due_after
from starter.client.register_lookups import LastTerm, TermAppliedFor
from starter.client.temporal_client import PingtaiClient
from workflows.states import Receipt


async def connected(
    *, due: bool, last_term: LastTerm | None, applied_before: TermAppliedFor | None
) -> PingtaiClient:
    """The client of Temporal; see `starter.desk.reach.open_pingtai`."""
    return await PingtaiClient.connect(
        last_term,
        applied_before=applied_before,
        ended_term=ended_term,
        decided_before=decided_before,
        due_after=due_after if due else _not_shown,
    )


async def _not_shown(receipt: Receipt) -> None:
    """What follows each of many decisions is in the inbox: it is not looked up for each."""
