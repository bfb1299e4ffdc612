"""The older entries of a long log go from run to run by reference; the next run reads them back.

What is carried is bounded, since the engine takes 2 MB at the most. The register has the older entries, and the
hash of the last one binds them all: what it answers is taken only if it leads there. So each run's history has
the whole log, carried or read back. Pure (docs/decisions/0027-older-entries-by-reference.md).
"""

from collections.abc import Sequence

from workflows.activity_messages import CaseLog
from workflows.case_record import CaseRecord, OlderEntries
from workflows.circumstances import NEWEST, Edition
from workflows.record import EntryKind, LogEntry, find_chain_break
from workflows.reopening import BrokenLog, receipt_from_log
from workflows.run_io import CarriedPlatform
from workflows.state_folding import states
from workflows.states import Receipt
from workflows.words import Words

CARRIED_BYTES = 1_000_000
"""What a run hands on of its case (bytes of JSON) without its application. It may be lowered, and never raised:
a history in which entries went by reference would no longer replay."""
MOST_WHOLE_BYTES = 1_400_000
"""While the register is behind, so much is handed on whole: the next run need not wait for it. With an
application of 512 KiB it is below what the engine takes."""
ANSWER_BYTES = 1_500_000
"""How much of a log one answer holds: a longer one is asked for in parts."""


def exceeds_bound(carried: CarriedPlatform) -> bool:
    """Whether so much is carried that the older entries go by reference."""
    size = len(carried.model_dump_json().encode())
    in_step = carried.recorded == len(carried.record.log) and not carried.record.plans
    return size > (CARRIED_BYTES if in_step else MOST_WHOLE_BYTES)


def shortened(carried: CarriedPlatform, edition: Edition = NEWEST) -> CarriedPlatform:
    """Return what is carried without the entries that the register has, and without what follows from them.

    It is left whole where more receipts would follow than there are.
    """
    record, count = carried.record, carried.recorded
    older = record.log[:count]
    if not older:
        return carried
    follow = {receipt.seq: receipt for receipt in _receipts_of(older, edition)}
    if not follow.keys() <= {receipt.seq for receipt in record.receipts}:
        return carried
    short = record.model_copy(
        update={
            "log": record.log[count:],
            "receipts": tuple(one for one in record.receipts if one != follow.get(one.seq)),
            "older": OlderEntries(entries=count, log_hash=older[-1].hash),
        }
    )
    return carried.model_copy(update={"record": short})


def starting_with(carried: CarriedPlatform) -> CarriedPlatform:
    """Return with what a term is started again from its log: as it is, or by reference where it is long."""
    return shortened(carried) if exceeds_bound(carried) else carried


def whole_record(
    record: CaseRecord, older: Sequence[LogEntry], edition: Edition = NEWEST
) -> CaseRecord:
    """Return a record with the entries that went by reference, and the receipts that follow from them.

    Raises:
        BrokenLog: they are not those that the record names.
    """
    stated = record.older
    assert stated, "nothing went by reference"  # noqa: S101
    if wrong := objection_to_older(older, stated, record.before):
        raise BrokenLog(wrong)
    older = older[: stated.entries]
    if record.log and (record.log[0].seq, record.log[0].previous) != (
        stated.entries + 1,
        stated.log_hash,
    ):
        raise BrokenLog(_NOT_JOINED)
    carried = {receipt.seq: receipt for receipt in record.receipts}
    follow = {receipt.seq: receipt for receipt in _receipts_of(older, edition)}
    receipts = follow | carried
    return record.model_copy(
        update={
            "log": (*older, *record.log),
            "receipts": tuple(receipts[seq] for seq in sorted(receipts)),
            "older": None,
        }
    )


def objection_to_older(
    log: Sequence[LogEntry], stated: OlderEntries, before: str | None = None
) -> Words | None:
    """Return why a log does not begin with the entries that were handed on by reference; None where it does.

    `before` is the hash that it goes on from, where that is known.
    """
    if len(log) < stated.entries:
        return Words(
            f"there are {len(log)} of the {stated.entries} entries that were handed on by reference",
            f"以引用方式移交的 {stated.entries} 条中仅有 {len(log)} 条",
        )
    if log[stated.entries - 1].hash != stated.log_hash:
        return Words(
            f"entry {stated.entries} is not the one that was handed on by its hash",
            f"第 {stated.entries} 条与所移交的哈希不符",
        )
    return find_chain_break(log[: stated.entries], before or log[0].previous)


def _receipts_of(log: Sequence[LogEntry], edition: Edition) -> list[Receipt]:
    """Return the receipts that follow from a log alone: that of a plan takes its text, and is carried."""
    return [
        receipt_from_log(entry, state, {}, edition)
        for entry, state in zip(log, states(log), strict=True)
        if entry.kind is EntryKind.DECISION and "plan_sha256" not in entry.said
    ]


def in_one_answer(log: CaseLog, after: int = 0) -> CaseLog:
    """Return as much of a log, after a number, as one answer holds; `more` says that it is not all."""
    entries = tuple(entry for entry in log.entries if entry.seq > after)
    part = first_part(entries)
    more = len(part) < len(entries)
    if after:  # what else was asked for came with the first part
        return CaseLog(entries=part, more=more)
    return log.model_copy(update={"entries": part, "more": more})


def first_part(entries: Sequence[LogEntry]) -> tuple[LogEntry, ...]:
    """Return as many entries as one answer holds, one at the least."""
    size = 0
    for number, entry in enumerate(entries):
        size += len(entry.model_dump_json().encode())
        if number and size > ANSWER_BYTES:
            return tuple(entries[:number])
    return tuple(entries)


_NOT_JOINED = Words(
    "what was handed on does not follow the entries that went by reference",
    "所移交的记录与以引用方式移交的部分不衔接",
)
