"""The whole register, rebuilt from histories into a database that has none."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.erasing.check_remains import check_remains
from audit.erasing.erased_file import ErasedFile
from audit.erasing.erasure_histories import read_erasures
from audit.histories import Histories
from audit.problems import Problem
from audit.reading.case_logs import readings
from audit.reading.check_histories import check_reading
from audit.reading.roster_log_reading import read_roster, roster_faults
from audit.reconciling.differences import DERIVED
from audit.reconciling.expected_register import erased_batches, expected_register
from db.erasure_store import ErasureStore
from db.register_errors import RegisterConflict
from db.register_store import write_on
from db.roster_store import write_roster
from db.roster_tables import roster_log
from starter.errors import BadInput
from workflows.contract import ROSTER_ID
from workflows.erasure_decisions import ErasedTerm, ErasureOutcome
from workflows.record import LogEntry
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
    engine: AsyncEngine,
    histories: Histories,
    *,
    with_problems: bool = False,
    erased: Sequence[ErasedFile] = (),
) -> AsyncIterator[Rebuilt]:
    """Write what the histories tell, a platform at a time, as its workflows wrote it.

    A platform whose histories do not hold is left out; `with_problems` writes its logs that are whole.
    `erased` is what is left of erased terms (`pingtai erase show -o`): no history says that any more.

    Raises:
        BadInput: the register is not empty.
    """
    await expect_empty(engine)
    left = {one.of: one for one in erased}
    async for reading in readings(histories):
        own = [one for of, one in left.items() if of.platform_id == reading.platform_id]
        reading.erased_logs = {place: log for one in own for place, log in one.logs.items()}
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
        if reading.runs or problems or not own:
            yield done
    async for one in _rebuilt_terms(engine, histories, left):
        yield one
    if (roster := await _rebuilt_roster(engine, histories)) is not None:
        yield roster


async def _rebuilt_terms(
    engine: AsyncEngine, histories: Histories, left: Mapping[ErasedTerm, ErasedFile]
) -> AsyncIterator[Rebuilt]:
    """Write what is left of erased terms, and then the logs of their erasures."""
    reading, store = await read_erasures(histories), ErasureStore(engine)
    logs = {of: list(one.erasure) for of, one in left.items()} | reading.logs
    for problem in reading.problems:
        yield Rebuilt(problem.where, problems=[problem], written=False)
    for of, log in sorted(logs.items(), key=lambda one: (one[0].platform_id, one[0].term)):
        name, file = f"{of.platform_id}, term {of.term}", left.get(of)
        done = Rebuilt(name, problems=[Problem(name, one) for one in _faults(of, log, file)])
        done.written = not done.problems
        if done.written and file is not None:
            async with engine.begin() as connection:
                for batch in erased_batches(file.logs):
                    await write_on(connection, batch)
            await store.erase(of)  # what is worded anew, such as notices
            done.entries = len(file.entries)
        if done.written:
            await store.write(of, log)
        yield done


def _faults(of: ErasedTerm, log: Sequence[LogEntry], file: ErasedFile | None) -> Iterator[Words]:
    """Say why a term is not written as erased."""
    if file is not None:
        if [one.hash for one in file.erasure] != [one.hash for one in log]:
            yield Words(
                "the erasure has another log in its own history than in the file of what is left",
                "删除记录在历史中与在所余文件中不同",
            )
        yield from check_remains(file.erasure, file.remains)
    elif log and log[-1].outcome == ErasureOutcome.ERASED:
        yield Words(
            f"it was erased, and no history says what is left of it: give the file that `pingtai erase show"
            f" {of.platform_id} --term {of.term} -o` wrote (--erased)",
            f"该期已删除，历史中没有其所余内容：请提供 `pingtai erase show {of.platform_id}"
            f" --term {of.term} -o` 写出的文件（--erased）",
        )


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
                    " only; `pingtai audit reconcile --repair` writes what it lacks into one that has some",
                    f"名册不为空：{table.name} 中已有数据。重建只能写入空数据库；名册中所缺内容由"
                    " pingtai audit reconcile --repair 补写",
                )
