"""Compare what was promised with what stands in the logs and was delivered. Pure, so that it can be tested."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.campaign.call_history import Call, Channel, Loss, Result
from workflows.record import KEPT_REFUSALS, EntryKind

Log = tuple[str, int, int, int]


@dataclass(frozen=True)
class Entry:
    """What the checker needs of a log's entry, as the register has it."""

    platform_id: str
    term: int
    year: int
    opening: int
    seq: int
    kind: str
    decision_id: str | None
    note: str | None = None
    previous: str = ""
    hash: str = ""
    position: int | None = None

    @property
    def log(self) -> Log:
        """The log that it stands in."""
        return self.platform_id, self.term, self.year, self.opening

    @property
    def event_id(self) -> str:
        """The id of its event."""
        return ":".join(map(str, (*self.log, self.seq)))


def violations(
    calls: Sequence[Call], losses: Sequence[Loss], entries: Sequence[Entry]
) -> Iterator[str]:
    """Say what was promised and is not there, or is there twice; nothing where all promises hold."""
    promised = promises(calls, losses)
    yield from lost_decisions(promised, entries)
    yield from doubled_decisions(entries)
    yield from disordered_decisions(calls, promised, entries)
    yield from taken_refusals(calls, entries)
    yield from broken_chains(entries)


def promises(calls: Iterable[Call], losses: Sequence[Loss]) -> list[Call]:
    """The acknowledged calls that must be kept: all but those whose only copy was taken away after them."""
    return [
        call
        for call in calls
        if call.result is Result.ACKNOWLEDGED
        and not any(call.answered <= loss.at and call.key not in loss.known for loss in losses)
    ]


def lost_decisions(promised: Sequence[Call], entries: Sequence[Entry]) -> Iterator[str]:
    """Acknowledgements without their entry, or with another one than the receipt says."""
    by_id: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    refusals: Counter[tuple[str, int]] = Counter()
    for entry in entries:
        if entry.decision_id:
            by_id[entry.platform_id, entry.decision_id].append(entry)
        refusals[entry.platform_id, entry.year] += entry.kind == EntryKind.REFUSED
    begun = {entry.platform_id for entry in entries if entry.seq == 1 and not entry.year}
    for call in promised:
        found = by_id[call.key]
        taken = [entry for entry in found if entry.kind == EntryKind.DECISION]
        what = f"{call.channel} {call.decision_id} of {call.platform_id}"
        if call.channel is Channel.APPLICATION:
            if call.platform_id not in begun:
                yield f"lost: {what} was acknowledged and has no log"
        elif call.channel is Channel.SIGNAL:
            # After so many refusals a case only counts them: no entry need tell of this one.
            full = refusals[call.platform_id, call.year or 0] >= KEPT_REFUSALS
            if not found and not full:
                yield f"lost: {what} was acknowledged and left no entry"
        elif not taken:
            yield f"lost: {what} has a receipt and no entry"
        elif not any((one.year or None, one.seq) == (call.year, call.seq) for one in taken):
            yield f"moved: {what} has a receipt for entry {call.seq}, which is another"


def doubled_decisions(entries: Iterable[Entry]) -> Iterator[str]:
    """Decisions that were taken more than once, whether acknowledged or not."""
    times = Counter(
        (entry.platform_id, entry.decision_id)
        for entry in entries
        if entry.decision_id and entry.kind == EntryKind.DECISION
    )
    for (platform_id, decision_id), number in times.items():
        if number > 1:
            yield f"doubled: {decision_id} of {platform_id} was taken {number} times"


def disordered_decisions(
    calls: Iterable[Call], promised: Iterable[Call], entries: Iterable[Entry]
) -> Iterator[str]:
    """Decisions that stand before one whose receipt was there when they were sent for the first time.

    A signal's acknowledgement says nothing of its entry: only those of signals among each other count.
    """
    first_sent: dict[tuple[str, str], float] = {}
    receipts: dict[tuple[str, str], float] = {}
    signals: dict[tuple[str, str], float] = {}
    for call in calls:
        first_sent[call.key] = min(call.sent, first_sent.get(call.key, call.sent))
    channels: dict[tuple[str, str], set[Channel]] = defaultdict(set)
    for call in promised:
        kept = signals if call.channel is Channel.SIGNAL else receipts
        kept[call.key] = min(call.answered, kept.get(call.key, call.answered))
        channels[call.key].add(call.channel)
    logs: dict[Log, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind == EntryKind.DECISION and entry.decision_id:
            logs[entry.log].append(entry)
        elif entry.kind == EntryKind.REFUSED and entry.decision_id:
            # Its first signal was refused: the entry is of a later one.
            signals.pop((entry.platform_id, entry.decision_id), None)
    for log in logs.values():
        log.sort(key=lambda entry: entry.seq)
        for known, of_signals in ((receipts, False), (signals, True)):
            earliest, whose = float("inf"), ""
            for entry in reversed(log):  # of all that stand after an entry, whose answer came first
                key = entry.platform_id, str(entry.decision_id)
                sent = first_sent.get(key)
                counts = not of_signals or channels[key] == {Channel.SIGNAL}
                if sent is not None and counts and earliest < sent:
                    yield (
                        f"disordered: {key[1]} of {key[0]} was sent after {whose} was acknowledged,"
                        " and stands before it"
                    )
                if key in known and counts and known[key] < earliest:
                    earliest, whose = known[key], key[1]


def taken_refusals(calls: Iterable[Call], entries: Iterable[Entry]) -> Iterator[str]:
    """Decisions that stand in a log although each call with this content was answered with a refusal."""
    answers: dict[tuple[str, str, str | None], set[Result]] = defaultdict(set)
    for call in calls:
        answers[*call.key, call.note].add(call.result)
    for entry in entries:
        key = entry.platform_id, entry.decision_id or "", entry.note
        if entry.kind == EntryKind.DECISION and answers.get(key) == {Result.REFUSED}:
            yield f"taken: {entry.decision_id} of {entry.platform_id} was refused and stands in the log"


def broken_chains(entries: Iterable[Entry]) -> Iterator[str]:
    """Logs with a gap, or in which an entry does not follow the one before."""
    logs: dict[Log, list[Entry]] = defaultdict(list)
    for entry in entries:
        logs[entry.log].append(entry)
    for name, log in logs.items():
        log.sort(key=lambda entry: entry.seq)
        if [entry.seq for entry in log] != list(range(1, len(log) + 1)):
            yield f"chain: {name} has a gap: {len(log)} entries, the last is {log[-1].seq}"
        for before, after in pairwise(log):
            if before.hash != after.previous:
                yield f"chain: {name}: entry {after.seq} does not follow entry {before.seq}"


def undelivered_notices(written: Collection[str], heard: Collection[str], who: str) -> list[str]:
    """Notices that a recipient never got."""
    missing = sorted(set(written) - set(heard))
    return [f"notice: {who} never got {one}" for one in missing]


def skipped_events(entries: Iterable[Entry], heard: Collection[str], who: str) -> list[str]:
    """Entries of which a follower of events never heard."""
    known = set(heard)
    missing = sorted(entry.event_id for entry in entries if entry.event_id not in known)
    return [f"event: {who} never got {one}" for one in missing]


def feed_gaps(entries: Iterable[Entry], *, sent_again: bool = False) -> list[str]:
    """What is wrong with the positions of the feed: each entry has one, none comes twice, and none is left out.

    `sent_again`: an older copy of Temporal's data may have sent logs again, with other moments. Such entries
    have new positions, so that whoever follows the feed hears of them, and their old ones stay empty.
    """
    positions = [entry.position for entry in entries]
    found = sorted(position for position in positions if position is not None)
    gaps = []
    if len(found) < len(positions):
        gaps.append(f"event: {len(positions) - len(found)} entries have no position in the feed")
    if len(set(found)) < len(found):
        gaps.append("event: a position of the feed comes twice")
    elif not sent_again and found != list(range(1, len(found) + 1)):
        gaps.append("event: the positions of the feed have a gap")
    return gaps
