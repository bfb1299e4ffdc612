"""All counts that are kept beside what they count: whether they are right, and counting anew."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from db.count_comparison import WrongCount
from db.inbox_counts import recount, wrong_counts
from db.register_counts import recount_platforms, wrong_platform_counts


async def check_counts(engine: AsyncEngine, *, repair: bool) -> Sequence[WrongCount]:
    """Return the counts that are, or with `repair` were, not those of the rows."""
    wrong: list[WrongCount] = []
    for find, mend in ((wrong_counts, recount), (wrong_platform_counts, recount_platforms)):
        async with engine.begin() as connection:
            found = await find(connection)
            if found and repair:
                await mend(connection)
        wrong += found
    return wrong
