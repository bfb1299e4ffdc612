"""The direct way to read: the register in PostgreSQL. `starter.desk.reach` chooses it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from db.asyncpg_connections import Source, connections
from db.inbox_queries import Inbox
from db.programme_rows import Figures, Layout, Mechanisms
from db.queries import RegisterQueries
from db.row_types import LogLine, PlatformCard, RegisterRow, SupportRow
from db.substitution_queries import LARGEST_LIST, SubstitutionQueries, SubstitutionRow
from db.support_queries import support_of
from db.validity_queries import Validity, validity
from starter.client.register_access import open_connections

if TYPE_CHECKING:
    from starter.plans.plan_view import PlanView


@asynccontextmanager
async def direct_reads(*, start: bool, patient: bool = False) -> AsyncIterator["DirectReads"]:
    """The register; see `starter.client.register_access.open_connections`."""
    async with open_connections(start=start, patient=patient) as source:
        yield DirectReads(source)


class DirectReads:
    """See `starter.desk.register_reads.RegisterReads`."""

    def __init__(self, source: Source) -> None:
        """Ask over connections, or through an engine of `db.engine.create_engine`."""
        self._source = source
        self._queries = RegisterQueries(source)

    def inbox(self) -> Inbox:
        """See `RegisterReads`."""
        return Inbox(self._source)

    async def platform(self, platform_id: str) -> PlatformCard | None:
        """See `RegisterReads`."""
        return await self._queries.platform(platform_id)

    async def register(self, **wanted: Any) -> list[RegisterRow]:
        """See `RegisterReads`."""
        return await self._queries.register(**wanted)

    async def named_like(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """See `RegisterReads`."""
        return await self._queries.named_like(beginning, limit)

    async def plan(self, platform_id: str, **wanted: Any) -> "PlanView | None":
        """See `RegisterReads`."""
        from starter.plans.plan_view import plan_view  # noqa: PLC0415 - one command needs it

        return await plan_view(self._queries.plan_queries, platform_id, **wanted)

    async def log(self, platform_id: str) -> Sequence[LogLine]:
        """See `RegisterReads`."""
        return await self._queries.log(platform_id)

    async def validity(self, platform_id: str, day: date) -> Validity | None:
        """See `RegisterReads`."""
        return await validity(self._source, platform_id, day)

    async def substitutions(
        self, person: str | None = None, since: date | None = None, limit: int = LARGEST_LIST
    ) -> Sequence[SubstitutionRow]:
        """See `RegisterReads`."""
        return await SubstitutionQueries(self._source).of(person, since, limit)

    async def standing_in(
        self, principal_id: str, substitute_id: str, day: date
    ) -> Sequence[SubstitutionRow]:
        """See `RegisterReads`."""
        return await SubstitutionQueries(self._source).standing(principal_id, substitute_id, day)

    async def support(self, **wanted: Any) -> list[SupportRow]:
        """See `RegisterReads`."""
        async with connections(self._source).connect() as reading:
            return await support_of(reading, **wanted)

    async def figures(self, **wanted: Any) -> Figures:
        """See `RegisterReads`."""
        from db.figures import figures  # noqa: PLC0415 - one command needs it

        return await figures(self._source, **wanted)

    async def mechanisms(self, today: date, **wanted: Any) -> Mechanisms:
        """See `RegisterReads`."""
        from db.mechanism_queries import mechanisms  # noqa: PLC0415 - as above

        return await mechanisms(self._source, today, **wanted)

    async def layout(self, **wanted: Any) -> Layout:
        """See `RegisterReads`."""
        from db.layout_queries import layout  # noqa: PLC0415 - as above

        return await layout(self._source, **wanted)
