"""Whose validity on a past day is otherwise by what was entered since: `register --on` shows the day itself.

The register of a day is what the logs held at its end. Whether a platform was valid goes by the days of
the decisions, whenever they were entered (`db.validity_queries`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from db.asyncpg_connections import Source, connections
from db.reading import LOG_COLUMNS, log_line
from db.row_types import LogLine
from db.validity_queries import DECIDING_NAMES, Why, deciding, listings, on
from workflows.model import Record
from workflows.periods import end_of

_LINES = f"""SELECT {LOG_COLUMNS} FROM log_entries AS log
JOIN platforms AS p ON p.platform_id = log.platform_id
WHERE {deciding("log", 1)}
AND ($5::text IS NULL OR p.district = $5) AND ($6::text IS NULL OR p.field = $6)
AND log.platform_id IN (SELECT e.platform_id FROM log_entries AS e
    WHERE e.at >= $7 AND {deciding("e", 1)})
ORDER BY log.platform_id, log.term, log.year, log.opening, log.seq"""  # noqa: S608 - of constants
_POLICIES = "SELECT platform_id, term, policy FROM terms WHERE platform_id = ANY($1)"


class KnownLater(Record):
    """Platforms whose validity on a day is otherwise by what was entered later."""

    valid: tuple[str, ...]
    """They were valid, and the register of that day does not have them as that."""
    not_valid: tuple[str, ...]
    """They were not, although the register of that day has them as valid."""


async def known_later(
    source: Source, day: date, *, district: str | None = None, field: str | None = None
) -> KnownLater:
    """Return the platforms, of a district and field, for which both answers differ."""
    moment = end_of(day)
    async with connections(source).connect() as reading:
        rows = await reading.fetch(_LINES, *DECIDING_NAMES, district, field, moment)
        logs = {
            name: [log_line(row) for row in log]
            for name, log in groupby(rows, key=lambda row: str(row["platform_id"]))
        }
        policies = await reading.fetch(_POLICIES, list(logs))
    years = {
        (row["platform_id"], row["term"]): int(row["policy"].get("validity_years", 3))
        for row in policies
    }
    valid: list[str] = []
    not_valid: list[str] = []
    for name, lines in logs.items():
        of_terms = {term: count for (one, term), count in years.items() if one == name}
        then, now = (
            on(listings(known, of_terms), day)[1] is Why.VALID
            for known in (_known_at(lines, moment), lines)
        )
        if then != now:
            (valid if now else not_valid).append(name)
    return KnownLater(valid=tuple(valid), not_valid=tuple(not_valid))


def _known_at(lines: Sequence[LogLine], moment: datetime) -> list[LogLine]:
    """The lines that a log had before a moment; what set one aside later had not done so then."""
    before = [line for line in lines if line.entry.at < moment]
    there = {(line.log, line.entry.seq) for line in before}
    return [
        line if (line.log, line.set_aside_by) in there else line.model_copy(update=_IN_FORCE)
        for line in before
    ]


_IN_FORCE = {"set_aside_by": None}
