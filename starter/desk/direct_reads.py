"""The direct way to read: the register in PostgreSQL. `starter.desk.reach` chooses it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from db.inbox_queries import Inbox
from db.listing_queries import ListingRow, listings_of
from db.name_search import Found, find_platforms
from db.organisation_queries import Known, organisations_of
from db.plaque_queries import plaques
from db.plaque_types import PlaqueRow
from db.queries import RegisterQueries
from db.reading import LARGEST_PAGE
from db.row_types import SupportRow
from db.substitution_queries import SubstitutionQueries, SubstitutionRow
from db.support_queries import support_count, support_of
from db.validity_queries import Validity, validity
from starter.client.register_access import open_connections
from starter.clock import today

if TYPE_CHECKING:
    from db.programme_rows import Figures, Layout, LayoutVersion, Mechanisms
    from starter.plans.plan_view import PlanView


@asynccontextmanager
async def direct_reads(*, start: bool, patient: bool = False) -> AsyncIterator["DirectReads"]:
    """The register; see `starter.client.register_access.open_connections`."""
    async with open_connections(start=start, patient=patient) as source:
        yield DirectReads(source)


class DirectReads(RegisterQueries):
    """The register's answers. Each call raises `starter.errors.Unreachable` while it is away."""

    def inbox(self) -> Inbox:
        """What awaits a decision."""
        return Inbox(self._connections)

    async def plan(self, platform_id: str, **wanted: Any) -> "PlanView | None":
        """A version of a plan, see `starter.plans.plan_view`; None: the platform is not known."""
        from starter.plans.plan_view import plan_view  # noqa: PLC0415 - one command needs it

        return await plan_view(self.plan_queries, platform_id, **wanted)

    async def find(self, words: str, *, after: str | None = None, limit: int = 20) -> Found:
        """Platforms by a part of name, operator or id; see `db.name_search.find_platforms`."""
        return await find_platforms(self._connections, words, after=after, limit=limit)

    async def knows(self, platform_id: str) -> bool:
        """Whether there is a platform of exactly this id."""
        return await self.whose(platform_id) is not None

    async def validity(self, platform_id: str, day: date) -> Validity | None:
        """Whether a platform is valid on a day, and why; None: it is not known."""
        return await validity(self._connections, platform_id, day)

    async def substitutions(
        self, person: str | None = None, since: date | None = None, limit: int = LARGEST_PAGE
    ) -> Sequence[SubstitutionRow]:
        """Those of a person, as principal or substitute, or of all; see `db.substitutions`."""
        return await SubstitutionQueries(self._connections).of(person, since, limit)

    async def standing_in(
        self, principal_id: str, substitute_id: str, day: date
    ) -> Sequence[SubstitutionRow]:
        """Under what somebody may act for somebody on a day, the newest first."""
        queries = SubstitutionQueries(self._connections)
        return await queries.standing(principal_id, substitute_id, day)

    async def organisations(self, role: str) -> list[Known]:
        """The organisations that act in a role; see `db.organisation_queries`."""
        async with self._connections.connect() as reading:
            return await organisations_of(reading, role)

    async def support(self, **wanted: Any) -> list[SupportRow]:
        """Support by the day it was given; see `db.support_queries.support_of`."""
        async with self._connections.connect() as reading:
            return await support_of(reading, **wanted)

    async def support_count(self, **wanted: Any) -> int:
        """How many rows `support` would list on all its pages."""
        async with self._connections.connect() as reading:
            return await support_count(reading, **wanted)

    async def figures(self, **wanted: Any) -> "Figures":
        """The programme in figures; see `db.figures.figures`."""
        from db.figures import figures  # noqa: PLC0415 - one command needs it

        return await figures(self._connections, **wanted)

    async def mechanisms(self, today: date, **wanted: Any) -> "Mechanisms":
        """The platforms' newest mechanisms; see `db.mechanism_queries.mechanisms`."""
        from db.mechanism_queries import mechanisms  # noqa: PLC0415 - as above

        return await mechanisms(self._connections, today, **wanted)

    async def layout(self, **wanted: Any) -> "Layout | None":
        """A version of the layout with its platforms; see `db.layout_queries.layout`."""
        from db.layout_queries import layout  # noqa: PLC0415 - as above

        return await layout(self._connections, day=today(), **wanted)

    async def layout_versions(self) -> "list[LayoutVersion]":
        """All versions of the layout."""
        from db.layout_queries import layout_versions  # noqa: PLC0415 - as above

        return await layout_versions(self._connections)

    async def plaques(self, **wanted: Any) -> list[PlaqueRow]:
        """How plaques stand; see `db.plaque_queries.plaques`."""
        return await plaques(self._connections, **wanted)

    async def listings(self, **wanted: Any) -> list[ListingRow]:
        """The listings of a list; see `db.listing_queries.listings_of`."""
        return await listings_of(self._connections, **wanted)
