"""The activities of an erasure: how the term stands, the erasure itself, and its log into the register."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from audit.erasing.term_standing import standing_of
from db.erased_entries import digest_of_remains
from db.erasure_store import ErasureStore
from db.register_errors import ErasureConflict
from starter.encryption.encrypted_converter import configured_keys
from starter.errors import BadInput
from workflows.contract import ERASE_TERM, ERASURE_STANDING, WRITE_ERASURE
from workflows.erasure_decisions import Erased, ErasedTerm, ErasureBatch
from workflows.erasure_log import TermStanding
from workflows.model import record_from
from workflows.record import LogEntry


class ErasureActivities:
    """What an erasure does, with the register and the keys that the settings name."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @activity.defn(name=ERASURE_STANDING)
    async def erasure_standing(self, of: ErasedTerm) -> TermStanding:
        """Look up how the term stands now.

        Raises:
            ApplicationError: `InvalidMessage`, not to be retried: a setting of this worker cannot be used.
        """
        try:
            return await standing_of(self._engine, configured_keys(), of)
        except BadInput as error:
            raise ApplicationError(
                *error.words, type="InvalidMessage", non_retryable=True
            ) from None

    @activity.defn(name=ERASE_TERM)
    async def erase_term(self, of: ErasedTerm) -> Erased:
        """Erase the register's rows, then destroy the keys. Done again, it does what is left.

        Raises:
            BadInput: the keys cannot be destroyed here; it is tried again until somebody has looked.
        """
        keys = configured_keys()
        standing = await standing_of(self._engine, keys, of)
        if keys is None or not standing.keys or standing.broken:
            why = standing.broken or "its keys are not here"
            raise BadInput(
                f"{of.platform_id}, term {of.term}: cannot be erased here: {why}",
                f"{of.platform_id} 第 {of.term} 期：无法在此删除：{why}",
            )
        # First what can fail and be rolled back; a term without its key could not be read to be erased.
        remains, rows = await ErasureStore(self._engine).erase(of)
        destroyed = await asyncio.to_thread(keys.destroy, of.platform_id, of.term)
        return Erased(
            entries=len(remains),
            remains=digest_of_remains(remains),
            rows=rows,
            keys=destroyed,
        )

    @activity.defn(name=WRITE_ERASURE)
    async def write_erasure(self, batch: ErasureBatch) -> None:
        """Write entries of an erasure's log; retried until the register is back.

        Raises:
            ApplicationError: `RegisterConflict`, not to be retried.
        """
        entries = [record_from(LogEntry, one) for one in batch.entries]
        try:
            await ErasureStore(self._engine).write(batch.of, entries)
        except ErasureConflict as error:
            raise ApplicationError(
                str(error), type="RegisterConflict", non_retryable=True
            ) from None
