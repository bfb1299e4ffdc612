"""The whole register, rebuilt from histories into a database that has none."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import Histories
from audit.problems import Problem
from audit.reading.case_logs import readings
from audit.reading.check_histories import check_reading
from audit.reading.roster_log_reading import read_roster, roster_faults
from audit.reconciling.differences import DERIVED
from audit.reconciling.expected_register import expected_register
from db.register_errors import RegisterConflict
from db.register_store import write_on
from db.roster_store import write_roster
from db.roster_tables import roster_log
from starter.errors import BadInput
from workflows.contract import ROSTER_ID
from workflows.roster_batches import RosterBatch
from workflows.words import Words


@dataclass
class Rebuilt:
    """What came of a platform."""

    platform_id: str
    runs: int = 0
    entries: int = 0
    """Log entries that were written."""
    problems: list[Problem] = field(default_factory=list)
    """What does not hold in its histories."""
    written: bool = True


async def rebuild(
    engine: AsyncEngine, histories: Histories, *, with_problems: bool = False
) -> AsyncIterator[Rebuilt]:
    """Write what the histories tell, a platform at a time, as its workflows wrote it.

    A platform whose histories do not hold is left out; `with_problems` writes its logs that are whole.

    Raises:
        BadInput: the register is not empty.
    """
    await expect_empty(engine)
    async for reading in readings(histories):
        problems = check_reading(reading)
        expected = expected_register(reading)
        done = Rebuilt(reading.platform_id, len(reading.runs), problems=problems)
        done.written = bool(expected.logs) and (with_problems or not problems)
        if done.written:
            try:
                async with engine.begin() as connection:
                    for batch in expected.as_written():
                        await write_on(connection, batch)
            except RegisterConflict as error:  # someone writes there at the same time
                done.written = False
                words = Words(str(error), "名册中已有其他内容：另有程序同时写入")
                problems.append(Problem(reading.platform_id, words))
            else:
                done.entries = sum(len(log.entries) for log in expected.logs.values())
        yield done
    if (roster := await _rebuilt_roster(engine, histories)) is not None:
        yield roster


async def _rebuilt_roster(engine: AsyncEngine, histories: Histories) -> Rebuilt | None:
    """Write the roster's log, if it holds; None where the histories have none."""
    reading = await read_roster(histories)
    if not reading.runs:
        return None
    faults = (Problem(ROSTER_ID, words) for words in roster_faults(reading.log))
    done = Rebuilt(ROSTER_ID, reading.runs, problems=[*reading.problems, *faults])
    done.written = bool(reading.log) and not done.problems
    if done.written:
        await write_roster(engine, RosterBatch(entries=tuple(reading.log)))
        done.entries = len(reading.log)
    return done


async def expect_empty(engine: AsyncEngine) -> None:
    """See that no derived table has a row.

    Raises:
        BadInput: one has; names it.
    """
    async with engine.connect() as connection:
        for table in (*DERIVED, roster_log):
            if (await connection.execute(select(exists().select_from(table)))).scalar_one():
                raise BadInput(
                    f"The register is not empty: {table.name} has rows. It is rebuilt into an empty database"
                    " only; to repair single rows: `pingtai audit reconcile --repair`",
                    f"名册不为空：{table.name} 中已有数据。重建只能写入空数据库；修复个别数据请用"
                    " pingtai audit reconcile --repair",
                )
