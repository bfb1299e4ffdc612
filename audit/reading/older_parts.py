"""Logs that go from run to run by reference, put together from what the histories have of them.

What a run read back from the register stands in its own history, and counts only if its hashes lead to what the
run before handed on. What a run hands on by reference it has written, or was begun with.
"""

from typing import TYPE_CHECKING

from workflows.older_entries import whole_record
from workflows.record import LogEntry
from workflows.reopening import BrokenLog
from workflows.run_io import CarriedPlatform
from workflows.words import Words

if TYPE_CHECKING:
    from audit.reading.runs import Run


def put_together(run: "Run") -> None:
    """Make what a run was begun with, and what it hands on, whole; note in `faults` where it does not fit.

    What could not be made whole is None: it is not known here. Other runs have those entries, too.
    """
    if isinstance(run.carried, CarriedPlatform) and run.carried.record.older:
        run.carried = _begun_with(run, run.carried)
    if isinstance(run.carried_on, CarriedPlatform) and run.carried_on.record.older:
        run.carried_on = _handed_on(run, run.carried_on)


def _begun_with(run: "Run", carried: CarriedPlatform) -> CarriedPlatform | None:
    """Return it with the first answer of the register that fits, as the run itself took it."""
    wrong: Words | None = None
    for entries in run.older_logs:
        try:
            return carried.model_copy(update={"record": whole_record(carried.record, entries)})
        except BrokenLog as error:
            wrong = error.words
    if wrong is None and not (run.register_writes or run.carried_on or run.result):
        return None  # it has not read them yet, and has done nothing
    wrong = wrong or Words("no event has them", "没有任何事件载有")
    words = Words(
        "the older entries of its log, which were handed on by reference, are not those that it read back:"
        f" {wrong.en}",
        f"以引用方式移交的此前记录与其读回的不符：{wrong.zh}",
    )
    run.faults.append((1, words))
    return None


def _handed_on(run: "Run", carried: CarriedPlatform) -> CarriedPlatform | None:
    known: dict[int, LogEntry] = {}
    for entry in run.carried.record.log if run.carried else ():
        known[entry.seq] = entry
    for write in run.register_writes:
        known |= {entry.seq: entry for entry in write.batch.entries}
    try:
        entries = [known[seq] for seq in sorted(known)]
        return carried.model_copy(update={"record": whole_record(carried.record, entries)})
    except BrokenLog as error:
        if not run.faults:  # else it follows from what was said of its beginning
            words = Words(
                f"what it hands on by reference is not the log that it has: {error.words.en}",
                f"其以引用方式移交的记录与自身记录不符：{error.words.zh}",
            )
            run.faults.append((run.last_event, words))
        return None
