"""What commands ask of the register, whichever way they reach it (`starter.desk.reach`)."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, Unpack

if TYPE_CHECKING:  # who asks for one of them loads what it needs
    from db.inbox_queries import InboxRow, Place, StepCount, Wanted
    from db.programme_rows import Figures, Layout, Mechanisms
    from db.row_types import LogLine, PlatformCard, RegisterFilter, RegisterRow, SupportRow
    from db.substitution_queries import SubstitutionRow
    from db.support_queries import After
    from db.validity_queries import Validity
    from starter.plans.plan_view import PlanView


class InboxReads(Protocol):
    """The inbox; see `db.inbox_queries.Inbox`."""

    async def page(
        self, *wanted: "Wanted", after: "Place | None" = None, limit: int = 50
    ) -> "list[InboxRow]":
        """What fits any of `wanted`, by due date, at most `limit`."""

    async def counts(self, *wanted: "Wanted") -> "list[StepCount]":
        """How many await each kind of decision."""


class RegisterReads(Protocol):
    """The register's answers. Each call raises `starter.errors.Unreachable` while it is away."""

    def inbox(self) -> InboxReads:
        """What awaits a decision."""

    async def platform(self, platform_id: str) -> "PlatformCard | None":
        """All that the register holds of a platform; None: it is not known."""

    async def register(
        self,
        *,
        after: str | None = None,
        limit: int = 50,
        **wanted: "Unpack[RegisterFilter]",
    ) -> "Sequence[RegisterRow]":
        """Platforms with their newest terms, by platform id; see `db.queries.RegisterQueries.register`."""

    async def named_like(self, beginning: str, limit: int) -> Sequence[tuple[str, str]]:
        """Platforms whose ids begin so, with their names, by id."""

    async def plan(
        self,
        platform_id: str,
        *,
        term: int | None = None,
        version: int | None = None,
        diff: Sequence[int] | None = None,
    ) -> "PlanView | None":
        """A version of a plan, see `starter.plans.plan_view`; None: the platform or the term is not known."""

    async def log(self, platform_id: str) -> "Sequence[LogLine]":
        """All that was written about a platform, in all its terms; empty: it is not known."""

    async def validity(self, platform_id: str, day: date) -> "Validity | None":
        """Whether a platform is valid on a day, and why; None: it is not known."""

    async def substitutions(
        self, person: str | None = None, since: date | None = None, limit: int = 500
    ) -> "Sequence[SubstitutionRow]":
        """Those of a person, as principal or substitute, or of all; see `db.substitutions`."""

    async def standing_in(
        self, principal_id: str, substitute_id: str, day: date
    ) -> "Sequence[SubstitutionRow]":
        """Under what somebody may act for somebody on a day, the newest first."""

    async def support(
        self,
        *,
        platform_id: str | None = None,
        kind: str | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
        district: str | None = None,
        after: "After | None" = None,
        limit: int = 50,
    ) -> "Sequence[SupportRow]":
        """Support by the day it was given; see `db.support_queries.support_of`."""

    async def figures(
        self, *, field: str | None = None, district: str | None = None, year: int | None = None
    ) -> "Figures":
        """The programme in figures; see `db.figures.figures`."""

    async def mechanisms(self, today: date, **wanted: Any) -> "Mechanisms":
        """The platforms' newest mechanisms; see `db.mechanism_queries.mechanisms`."""

    async def layout(self, *, field: str | None = None, district: str | None = None) -> "Layout":
        """The layout with its platforms; see `db.layout_queries.layout`."""
