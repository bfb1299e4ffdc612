"""To which platform each certificate number belongs (§四(四)): one row for a number, which cannot be raced."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.tables import certificate_numbers
from workflows.activity_messages import NumberClaim, RegisterBatch
from workflows.lifecycle import LISTING_OUTCOMES

WRITE_NUMBERS = insert(certificate_numbers).on_conflict_do_nothing()
"""Of listings that are sealed: whoever had the number first keeps it; `pingtai doctor` tells of the other."""
_HOLDER = text("SELECT platform_id FROM certificate_numbers WHERE number = :number")
_RELEASE = text(
    """DELETE FROM certificate_numbers AS held
    WHERE number = :number AND platform_id = :platform_id AND NOT EXISTS (
        SELECT 1 FROM log_entries AS log
        WHERE log.platform_id = held.platform_id AND log.year = 0
          AND log.said ->> 'certificate_number' = held.number
    )"""
)
_DOUBLED = text(
    """SELECT certificate_number AS number, array_agg(DISTINCT platform_id ORDER BY platform_id) AS platforms
    FROM listings GROUP BY 1 HAVING count(DISTINCT platform_id) > 1 ORDER BY 1"""
)


def number_rows(batch: RegisterBatch) -> list[dict[str, Any]]:
    """Return the rows of `certificate_numbers` that the listings of a batch make."""
    return [
        {
            "number": entry.said["certificate_number"],
            "platform_id": batch.platform.facts.platform_id,
        }
        for entry in batch.entries
        if entry.outcome == LISTING_OUTCOMES.get(entry.name)
        and entry.said.get("certificate_number")
    ]


async def claim_number(engine: AsyncEngine, claim: NumberClaim) -> str:
    """Claim a number, or release one that no listing has; returns the platform that has it.

    A number that was released belongs to nobody, and the answer is an empty text.

    Raises:
        sqlalchemy.exc.DBAPIError, OSError, TimeoutError: the database is away; try again later.
    """
    row = {"number": claim.number, "platform_id": claim.platform_id}
    async with engine.begin() as connection:
        if claim.release:
            await connection.execute(_RELEASE, row)
        else:
            await connection.execute(WRITE_NUMBERS, row)
        found = await connection.scalar(_HOLDER, {"number": claim.number})
    return str(found or "")


async def doubled_numbers(connection: AsyncConnection) -> list[tuple[str, list[str]]]:
    """Return the certificate numbers under which several platforms are listed, with the platforms."""
    found = await connection.execute(_DOUBLED)
    return [(row.number, list(row.platforms)) for row in found]
