"""The roster's log in the register against its histories: what the register lacks is written anew."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import Histories
from audit.problems import Problem
from audit.reading.roster_log_reading import (
    RosterReading,
    differing_entries,
    read_roster,
    roster_faults,
)
from audit.reconciling.differences import Difference, What
from audit.reconciling.reconciling import IN_NO_HISTORY, Reconciled
from audit.reconciling.roster_rows import held_log, row_faults
from db.roster_store import write_roster
from db.roster_tables import roster_log
from workflows.contract import ROSTER_ID
from workflows.record import LogEntry
from workflows.roster_batches import RosterBatch
from workflows.words import Words


async def reconcile_roster(
    engine: AsyncEngine, histories: Histories, *, repair: bool = False, patience: float = 0
) -> Reconciled | None:
    """Reconcile the roster; None where neither side has one.

    With `repair` the entries are written that only the histories have, where both agree in all others;
    what is missing is looked at again after `patience`.
    """
    reading, held = await read_roster(histories), await held_log(engine)
    if reading.locked:
        wrong = [one for one in reading.problems if one != reading.locked]
        return Reconciled(
            ROSTER_ID, runs=reading.runs, problems=wrong, not_checked=[reading.locked]
        )
    if patience and len(held) < len(reading.log):
        await asyncio.sleep(patience)
        held = await held_log(engine)
    if not (reading.runs or held):
        return None
    done = Reconciled(ROSTER_ID, runs=reading.runs, entries=len(reading.log or held))
    done.problems = [*reading.problems, *_differing(reading, held)]
    if not reading.runs:
        done.not_checked = [Problem(ROSTER_ID, IN_NO_HISTORY)]
    missing = reading.log[len(held) :]
    done.differences = [
        Difference(table=roster_log.name, key={"seq": one.seq}, what=What.MISSING)
        for one in missing
    ]
    if missing and not done.problems:
        done.problems = [Problem(ROSTER_ID, words) for words in roster_faults(reading.log)]
    if repair and missing and not done.problems:
        await write_roster(engine, RosterBatch(entries=tuple(missing)))
        done.repaired = True
    rows = await row_faults(engine, await held_log(engine)) if not done.problems else []
    done.problems += [Problem(ROSTER_ID, words) for words in rows]
    return done


def _differing(reading: RosterReading, held: list[LogEntry]) -> list[Problem]:
    known = {one.seq: one for one in held}
    both = [known.get(one.seq, one) for one in reading.log]
    return [
        Problem(
            ROSTER_ID,
            Words(f"entry {seq} is another in the histories", f"第 {seq} 条与历史所载不同"),
        )
        for seq in differing_entries(both, reading.log)
    ]
