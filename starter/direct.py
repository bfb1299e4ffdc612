"""The direct way: Temporal's client, and the register read from PostgreSQL. `starter.reach` chooses it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date

from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import RegisterQueries
from db.rows import LogLine, SubstitutionRow
from db.substitutions import Substitutions
from starter.client import PingtaiClient
from starter.ended_term import ended_term
from starter.register import decided_before, due_after, open_engine
from starter.register_answers import LastTerm, TermAppliedFor
from workflows.state import Receipt


async def connected(
    *, due: bool, last_term: LastTerm | None, applied_before: TermAppliedFor | None
) -> PingtaiClient:
    """The client of Temporal; see `starter.reach.open_pingtai`."""
    return await PingtaiClient.connect(
        last_term,
        applied_before=applied_before,
        ended_term=ended_term,
        decided_before=decided_before,
        due_after=due_after if due else _not_shown,
    )


@asynccontextmanager
async def direct_reads(*, start: bool) -> AsyncIterator["DirectReads"]:
    """The register; see `starter.register.open_engine`."""
    async with open_engine(start=start) as engine:
        yield DirectReads(engine)


class DirectReads:
    """See `starter.register_reads.RegisterReads`."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Ask through an engine of `db.engine.create_engine`."""
        self._engine = engine

    async def log(self, platform_id: str) -> Sequence[LogLine]:
        """See `RegisterReads`."""
        return await RegisterQueries(self._engine).log(platform_id)

    async def substitutions(
        self, principal_id: str, substitute_id: str, day: date
    ) -> Sequence[SubstitutionRow]:
        """See `RegisterReads`."""
        return await Substitutions(self._engine).standing(principal_id, substitute_id, day)

    async def named_like(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """See `RegisterReads`."""
        return await RegisterQueries(self._engine).named_like(beginning, limit)


async def _not_shown(receipt: Receipt) -> None:
    """What follows each of many decisions is in the inbox: it is not looked up for each."""
