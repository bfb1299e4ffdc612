"""The activity behind the schedule of the daily digests."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from audit.anchoring.digests import make_missing
from workflows.contract import MAKE_DIGESTS
from workflows.digest_workflow import Digested
from workflows.periods import beijing_date


class DigestActivities:
    """Making digests, with what it needs."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Make them in the register's database; the engine must set no limit to a statement."""
        self._engine = engine

    @activity.defn(name=MAKE_DIGESTS)
    async def make_digests(self) -> Digested:
        """Make the digests of the days that are over and have none."""
        made = await make_missing(self._engine, beijing_date(datetime.now(UTC)))
        return Digested(roots=tuple(one.root for one in made))
