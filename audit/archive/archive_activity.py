"""The activity behind the schedule of the archive."""

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import Store
from audit.archive.archiver import archive_now
from audit.archive.notes import ArchivingNotes
from audit.archive.server_histories import ServerHistories
from workflows.archive_workflow import Archived
from workflows.contract import ARCHIVE_HISTORIES


class ArchiveActivities:
    """Archiving, with what it needs."""

    def __init__(self, client: Client, engine: AsyncEngine, store: Store | None) -> None:
        """Take from this server into the register's database, or into the store."""
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
