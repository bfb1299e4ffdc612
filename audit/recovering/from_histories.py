"""What histories have of logs and the register has not, written into it, before terms go on from it."""

from collections.abc import AsyncIterator, Collection
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import Histories
from audit.problems import Problem
from audit.reading.case_logs import readings
from audit.reading.check_histories import check_reading
from audit.reconciling.expected_register import expected_register
from db.open_cases import HeldLog, held_logs
from db.register_errors import RegisterConflict
from db.register_store import write_on
from workflows.log_id import LogId
from workflows.words import Words


class TakenOver(NamedTuple):
    """What histories brought of a platform."""

    platform_id: str
    runs: int
    entries: int
    """How many entries the register did not have."""
    problem: Words | None = None
    """Why nothing was written."""


async def take_over(
    engine: AsyncEngine, histories: Histories, wanted: Collection[str], *, dry_run: bool
) -> AsyncIterator[TakenOver]:
    """Write what the register lacks, a platform at a time; `wanted` none: of all.

    A platform whose histories do not hold is left as it is.
    """
    held = await held_logs(engine)
    async for reading in readings(histories):
        platform, runs = reading.platform_id, len(reading.runs)
        if wanted and platform not in wanted:
            continue
        problem = next(iter(check_reading(reading)), None)
        if problem:
            yield TakenOver(platform, runs, 0, _left(problem))
            continue
        expected = expected_register(reading)
        lacking = {
            place: len(log.entries) - held.get((platform, place), HeldLog(0, 0)).last
            for place, log in expected.logs.items()
        }
        entries = sum(max(0, number) for number in lacking.values())
        if entries and not dry_run:
            try:
                async with engine.begin() as connection:
                    for batch in expected.as_written():
                        place = LogId(
                            batch.platform.facts.term,
                            batch.assessment.year if batch.assessment else 0,
                            batch.assessment.opening if batch.assessment else 0,
                        )
                        if lacking[place] > 0:
                            await write_on(connection, batch)
            except RegisterConflict:
                yield TakenOver(platform, runs, 0, _OTHER)
                continue
        yield TakenOver(platform, runs, entries)


def _left(problem: Problem) -> Words:
    return problem.line


_OTHER = Words(
    "the register has other entries than these histories: people decide which are right",
    "名册与这些历史的条目不同，须由人员判定何者为准",
)
