"""The activities behind the schedules of the archive and of the daily digests."""

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client

from audit.anchoring.digests import make_missing
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import Store
from audit.archive.archiver import ArchivingNotes, archive_now
from audit.archive.server_histories import ServerHistories
from starter.clock import today
from workflows.contract import ARCHIVE_HISTORIES, MAKE_DIGESTS
from workflows.scheduled_workflows import Archived, Digested


class ArchiveActivities:
    """Archiving, with what it needs."""

    def __init__(self, client: Client, engine: AsyncEngine, store: Store | None) -> None:
        self._server = ServerHistories(client)
        self._archive = PostgresArchive(engine, store)
        self._notes = ArchivingNotes(engine)

    @activity.defn(name=ARCHIVE_HISTORIES)
    async def archive_histories(self) -> Archived:
        """Archive what is due: what has ended since the last time, or once a day everything.

        Raises:
            OSError: the store is away; it is tried again.
        """
        done = await archive_now(
            self._server,
            self._archive,
            self._notes,
            on_the_way=lambda taken: activity.heartbeat(taken.looked),
        )
        return Archived(looked=done.looked, kept=done.kept, gone=done.gone)


class DigestActivities:
    """Making digests, with what it needs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @activity.defn(name=MAKE_DIGESTS)
    async def make_digests(self) -> Digested:
        """Make the digests of the days that are over and have none."""
        made = await make_missing(self._engine, today())
        return Digested(roots=tuple(one.root for one in made))
