"""Reading the keys of the HTTP API, without their hashes."""

from datetime import datetime

from db.asyncpg_connections import Source, connections
from db.reading import LARGEST_PAGE, columns, read
from workflows.model import Instant, Record


class ApiKey(Record):
    """A key, without its secret. `district` and `organisation` narrow it; None: any."""

    id: str
    name: str
    scopes: tuple[str, ...]
    district: str | None
    organisation: str | None
    created_at: Instant
    created_by: str
    expires_at: Instant
    last_used_at: Instant | None = None
    revoked_at: Instant | None = None
    revoked_by: str | None = None
    credit_code: str | None = None
    """Of the organisation: where the body that speaks has one, too, that decides, not the names."""

    def standing(self, at: datetime) -> str:
        """Whether it is `valid`, `expired` or `revoked` at a moment."""
        if self.revoked_at is not None:
            return "revoked"
        return "valid" if at < self.expires_at else "expired"


async def keys_page(source: Source, after: str = "") -> list[ApiKey]:
    """The keys by id, a page of them."""
    rows = await connections(source).fetch(_PAGE, after, LARGEST_PAGE)
    return [read(ApiKey, row, scopes=tuple(row["scopes"])) for row in rows]


_PAGE = (
    f"SELECT {columns(ApiKey, of='k')} FROM api_keys AS k WHERE k.id > $1 ORDER BY k.id LIMIT $2"  # noqa: S608
)
