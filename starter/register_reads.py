"""What commands ask of the register, whichever way they reach it (`starter.reach`)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from db.rows import LogLine, SubstitutionRow


class RegisterReads(Protocol):
    """The register's answers. Each call raises `starter.errors.Unreachable` while it is away."""

    async def log(self, platform_id: str) -> Sequence[LogLine]:
        """All that was written about a platform, in all its terms; empty: it is not known."""

    async def substitutions(
        self, principal_id: str, substitute_id: str, day: date
    ) -> Sequence[SubstitutionRow]:
        """Under what somebody may act for somebody on a day, the newest first."""

    async def named_like(self, beginning: str, limit: int) -> Sequence[tuple[str, str]]:
        """Platforms whose ids begin so, with their names, by id."""
