"""The activities behind the schedules of the archive, of the daily digests and of their time stamps."""

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client

from audit.anchoring.digest_signing import sign_missing
from audit.anchoring.digests import make_missing
from audit.anchoring.stamping import Authority, stamp_missing
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import Store
from audit.archive.archiver import ArchivingNotes, archive_now
from audit.archive.server_histories import ServerHistories
from starter.clock import today
from starter.errors import PingtaiError
from starter.signing.signer import Signer
from workflows.contract import ARCHIVE_HISTORIES, MAKE_DIGESTS, STAMP_DIGESTS
from workflows.scheduled_workflows import Archived, Digested, StampedDigests

_log = structlog.stdlib.get_logger("pingtai.auditing")


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
    """Making digests, signing them and having them stamped, with what it needs."""

    def __init__(
        self,
        engine: AsyncEngine,
        authority: Authority | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._engine = engine
        self._authority = authority
        self._signer = signer

    @activity.defn(name=MAKE_DIGESTS)
    async def make_digests(self) -> Digested:
        """Make the digests of the days that are over and have none, and sign what is not signed yet."""
        made = await make_missing(self._engine, today())
        if self._signer:
            try:
                await sign_missing(self._engine, self._signer)
            except PingtaiError as error:  # digests wait for no signature
                _log.warning("digests are not signed", why=error.words.en)
        return Digested(roots=tuple(one.root for one in made))

    @activity.defn(name=STAMP_DIGESTS)
    async def stamp_digests(self) -> StampedDigests:
        """Have the digests stamped that have no stamp; the schedule asks again where one cannot be had."""
        if self._authority is None:
            return StampedDigests()
        done = await stamp_missing(self._engine, self._authority)
        trouble = done.trouble.words.en if done.trouble else None
        if trouble:
            _log.warning("no time stamp", why=trouble)
        return StampedDigests(stamped=len(done.days), trouble=trouble)
