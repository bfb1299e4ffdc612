"""Compare what was acknowledged with what stands in the logs. Pure, so that it can be tested itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.campaign.ledger import Acknowledgement, Channel
from workflows.record import KEPT_REFUSALS, EntryKind


@dataclass(frozen=True)
class Entry:
    """What the checker needs of a log's entry."""

    platform_id: str
    term: int
    year: int
    opening: int
    seq: int
    kind: str
    decision_id: str | None


def violations(acknowledged: Iterable[Acknowledgement], entries: Iterable[Entry]) -> Iterator[str]:
    """Say what was promised and is not there, or is there twice; nothing where all promises hold."""
    by_id: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    refusals: Counter[tuple[str, int]] = Counter()
    for entry in entries:
        if entry.decision_id:
            by_id[entry.platform_id, entry.decision_id].append(entry)
        refusals[entry.platform_id, entry.year] += entry.kind == EntryKind.REFUSED
    for answer in dict.fromkeys(acknowledged):
        found = by_id[answer.platform_id, answer.decision_id]
        taken = [entry for entry in found if entry.kind == EntryKind.DECISION]
        what = f"{answer.channel} {answer.decision_id} of {answer.platform_id}"
        if answer.channel is Channel.SIGNAL:
            # After so many refusals a case only counts them: no entry need tell of this one.
            full = refusals[answer.platform_id, answer.year or 0] >= KEPT_REFUSALS
            if not found and not full:
                yield f"lost: {what} was acknowledged and left no entry"
        elif not taken:
            yield f"lost: {what} has a receipt and no entry"
        elif not any(
            (entry.year or None, entry.seq) == (answer.year, answer.seq) for entry in taken
        ):
            yield f"moved: {what} has a receipt for entry {answer.seq}, which is another"
    for (platform_id, decision_id), found in by_id.items():
        times = sum(entry.kind == EntryKind.DECISION for entry in found)
        if times > 1:
            yield f"doubled: {decision_id} of {platform_id} was taken {times} times"
