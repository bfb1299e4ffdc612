"""Reading how plaques 牌子 stand (`db.plaque_types`)."""

from collections.abc import Sequence
from datetime import date

from db.asyncpg_connections import Parameters, Reading, Source, connections, where
from db.plaque_types import PlaqueEntry, PlaqueRow
from db.reading import LARGEST_PAGE, columns, read
from workflows.actors import Actor, Document
from workflows.name_comparison import name_key

_COUNTING = """e.event <> 'cancelled' AND NOT EXISTS (
    SELECT 1 FROM plaque_entries AS c WHERE c.cancels = e.number)"""
_LAST = "ORDER BY e.happened_on DESC, e.number DESC LIMIT 1"
_STATE = """CASE WHEN e.event = 'returned' THEN 'returned'
    WHEN t.listed_on IS NOT NULL AND t.ended_at IS NULL THEN 'issued' ELSE 'overdue' END"""
"""As `plaque_state`, of the newest term `t`: a test holds the two together."""
PLAQUE = f"""(SELECT {_STATE} FROM plaque_entries AS e
    WHERE e.platform_id = p.platform_id AND {_COUNTING} {_LAST})"""  # noqa: S608 - of constants
"""How the plaque of platform `p` with its newest term `t` stands; null where none was ever issued."""
_ROWS = f"""SELECT p.platform_id, p.name, p.operator, p.district, t.stage, t.ended_at,
    {_STATE} AS state, e.happened_on AS since
FROM platforms AS p JOIN terms AS t ON t.platform_id = p.platform_id AND t.term = p.term
JOIN LATERAL (SELECT e.event, e.happened_on FROM plaque_entries AS e
    WHERE e.platform_id = p.platform_id AND {_COUNTING} {_LAST}) AS e ON true"""  # noqa: S608
HAS_ENTRIES = "p.platform_id IN (SELECT platform_id FROM plaque_entries)"
"""Of platforms: so that a question about plaques does not go through all that never had one."""
_ENTRIES = f"""SELECT {columns(PlaqueEntry, of="e", but=("cancelled_by",))}, c.number AS cancelled_by
FROM plaque_entries AS e LEFT JOIN plaque_entries AS c ON c.cancels = e.number
WHERE e.platform_id = $1 ORDER BY e.number"""  # noqa: S608 - of constants
_EVENTS_ON = f"""SELECT DISTINCT ON (e.platform_id) e.platform_id, e.event FROM plaque_entries AS e
WHERE e.platform_id = ANY($1) AND e.happened_on <= $2 AND {_COUNTING}
ORDER BY e.platform_id, e.happened_on DESC, e.number DESC"""  # noqa: S608 - of constants


async def plaque_entries_of(reading: Reading, platform_id: str) -> list[PlaqueEntry]:
    """The log of a platform's plaques, in the order of recording."""
    return [_entry(row) for row in await reading.fetch(_ENTRIES, platform_id)]


async def plaque_of(reading: Reading, platform_id: str) -> str | None:
    """How the plaque of one platform stands; None: none was issued."""
    found = await reading.fetch(_OF_ONE, platform_id)
    state: str | None = found[0]["state"] if found else None
    return state


_OF_ONE = f"""SELECT {PLAQUE} AS state FROM platforms AS p
JOIN terms AS t ON t.platform_id = p.platform_id AND t.term = p.term
WHERE p.platform_id = $1"""  # noqa: S608 - of constants


async def plaque_events_on(
    reading: Reading, platform_ids: Sequence[str], day: date
) -> dict[str, str]:
    """The last event of each platform's plaque on a day or before."""
    rows = await reading.fetch(_EVENTS_ON, list(platform_ids), day)
    return {row["platform_id"]: row["event"] for row in rows}


async def plaques(
    source: Source,
    *,
    state: str | None = None,
    district: str | None = None,
    operator: str | None = None,
    after: str = "",
    limit: int = LARGEST_PAGE,
) -> list[PlaqueRow]:
    """Plaques by platform id, of those that fit; `after`: the last platform of the page before."""
    part = Parameters()
    wanted = (
        ("p.platform_id > {}", after),
        ("p.district = {}", district),
        ("p.operator_key = {}", operator and name_key(operator)),
    )
    conditions = [HAS_ENTRIES, *(part(sql, value) for sql, value in wanted if value)]
    inner = part.query(_ROWS, where(conditions))
    outer = where([part("found.state = {}", state)] if state else [])
    page = part("ORDER BY platform_id LIMIT {}", max(0, min(limit, LARGEST_PAGE)))
    sql = f"SELECT * FROM ({inner.sql}) AS found {outer} {page}"  # noqa: S608 - of constants
    rows = await connections(source).fetch(sql, *part.query().values)
    return [read(PlaqueRow, row) for row in rows]


def _entry(row: dict[str, object]) -> PlaqueEntry:
    document = row["document"]
    return read(
        PlaqueEntry,
        row,
        actor=Actor.model_validate(row["actor"], strict=False),
        document=Document.model_validate(document, strict=False) if document else None,
    )
