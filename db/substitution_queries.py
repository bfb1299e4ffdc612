"""Reading absences: who acts for whom on which days."""

from collections.abc import Sequence
from datetime import date

from db.asyncpg_connections import Parameters, Source, connections, where
from db.reading import LARGEST_PAGE, columns, read
from workflows.actors import Actor
from workflows.model import Instant, Record


class SubstitutionRow(Record):
    """A substitute for a period, both days included (Beijing time). The role is the principal's."""

    number: int
    principal_id: str
    substitute_id: str
    role: str
    organisation: str
    district: str | None
    first_day: date
    last_day: date
    reason: str | None
    named_by: str
    named_at: Instant
    withdrawn_at: Instant | None

    @property
    def principal(self) -> Actor:
        """The one who is absent, as decisions name who takes them."""
        said = {"role": self.role, "organisation": self.organisation, "district": self.district}
        return Actor.model_validate({"id": self.principal_id, **said}, strict=False)


class SubstitutionQueries:
    """Finds substitutes."""

    def __init__(self, source: Source) -> None:
        self._connections = connections(source)

    async def find(self, number: int) -> SubstitutionRow | None:
        """The substitution of a number; None when there is none."""
        part = Parameters()
        found = await self._found(part, [part("s.number = {}", number)])
        return found[0] if found else None

    async def standing(
        self, principal_id: str, substitute_id: str, day: date
    ) -> Sequence[SubstitutionRow]:
        """Under what somebody may act for somebody on a day, the newest first."""
        part = Parameters()
        conditions = [
            part("s.principal_id = {} AND s.substitute_id = {}", principal_id, substitute_id),
            part("s.first_day <= {} AND s.last_day >= {}", day, day),
            "s.withdrawn_at IS NULL",
        ]
        return await self._found(part, conditions)

    async def of(
        self, person: str | None = None, since: date | None = None, limit: int = 50
    ) -> Sequence[SubstitutionRow]:
        """Those of a person, as principal or substitute, or of everybody, the newest first.

        With `since` only those that count on that day or later.
        """
        part, conditions = Parameters(), []
        if person is not None:
            conditions.append(part("(s.principal_id = {} OR s.substitute_id = {})", person, person))
        if since is not None:
            conditions.append(part("s.last_day >= {} AND s.withdrawn_at IS NULL", since))
        return await self._found(part, conditions, max(0, min(limit, LARGEST_PAGE)))

    async def _found(
        self, part: Parameters, conditions: Sequence[str], limit: int = LARGEST_PAGE
    ) -> list[SubstitutionRow]:
        end = part("ORDER BY s.number DESC LIMIT {}", limit)
        query = part.query("SELECT", _COLUMNS, "FROM substitutions AS s", where(conditions), end)
        rows = await self._connections.fetch(query.sql, *query.values)
        return [read(SubstitutionRow, row) for row in rows]


_COLUMNS = columns(SubstitutionRow, of="s")
