"""What a life costs that depends on no machine: events and bytes of its histories, statements and rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.events import Run, name_of, payload_bytes, runs_of, undisturbed
from db import register_store
from db.register_errors import RegisterConflict
from tests.workflows.world import Life
from workflows.activity_messages import RegisterBatch
from workflows.contract import assessment_workflow_id

ROWS = text("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
_KINDS = {
    "WORKFLOW_TASK_COMPLETED": "tasks",
    "ACTIVITY_TASK_SCHEDULED": "activities",
    "TIMER_STARTED": "timers",
}
_NEXT_RUN = "WORKFLOW_EXECUTION_CONTINUED_AS_NEW"
_ACCEPTED = "WORKFLOW_EXECUTION_UPDATE_ACCEPTED"
_ITS_TASK = 3
"""Events of the task in which an update comes: scheduled, started, completed."""


class CountedWrites:
    """Writes batches, and counts what each costs."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Write to the register on an engine."""
        self._engine = engine
        self.of: list[tuple[RegisterBatch, Counter[str]]] = []
        """Each batch with its statements, and the rows that they wrote."""

    async def write(self, batch: RegisterBatch) -> None:
        """Write as `PostgresRegister.write` does, and count it where nothing conflicts.

        On a busy machine a log may be sent again with other moments (`db.retimed_log`).
        """
        cost: Counter[str] = Counter()

        def note(*_about: Any) -> None:
            cost["statements"] += 1

        try:
            async with self._engine.begin() as connection:
                before = await _rows(connection)
                event.listen(connection.sync_connection, "before_cursor_execute", note)
                try:
                    await register_store.write_on(connection, batch)
                finally:
                    event.remove(connection.sync_connection, "before_cursor_execute", note)
                cost["rows"] = await _rows(connection) - before
        except RegisterConflict:
            await register_store.PostgresRegister(self._engine).write(batch)
        else:
            self.of.append((batch, cost))

    def cost(self, platform_id: str, seq: int | None = None) -> Counter[str]:
        """What a platform's batches cost in all, with its assessments; or the one that ends with an entry."""
        return sum(
            (
                cost
                for batch, cost in self.of
                if batch.platform.facts.platform_id == platform_id
                if seq is None or (batch.assessment is None and batch.entries[-1].seq == seq)
            ),
            Counter[str](),
        )


async def _rows(connection: AsyncConnection) -> int:
    return int((await connection.execute(ROWS)).scalar_one() or 0)


async def histories(life: Life, year: int = 0) -> list[Run]:
    """The histories of all runs of a platform, the last first; or of its assessment of a year."""
    workflow_id = assessment_workflow_id(life.id, 1, year) if year else life.handle.id
    return [undisturbed(run) for run in await runs_of(life.world.temporal, workflow_id)]


def counted(runs: Sequence[Run]) -> dict[str, int]:
    """What stands in histories."""
    events = [event for run in runs for event in run]
    kinds = Counter(_KINDS.get(name_of(event), "others") for event in events)
    return {
        "events": len(events),
        **{kind: kinds[kind] for kind in _KINDS.values()},
        "bytes": sum(map(payload_bytes, events)),
    }


def carried(runs: Sequence[Run]) -> int:
    """The bytes that the longest step to a next run carries."""
    return max(payload_bytes(event) for run in runs for event in run if name_of(event) == _NEXT_RUN)


def of_the_update(number: int, run: Run) -> Run:
    """The events of an update and what follows from it, until the next one; of a case that was at rest."""
    begins = [n - _ITS_TASK for n, event in enumerate(run) if name_of(event) == _ACCEPTED]
    return run[begins[number - 1] : begins[number]]
