"""Whether a replayed run agrees with itself: what its history hands over, its chain of hashes, its fold."""

from collections.abc import Iterator, Sequence

from temporalio.api.history.v1 import HistoryEvent

from audit.replay.event_content import carried_fields, changed_content
from audit.replay.findings import Finding
from audit.replay.replay_watch import Seen
from workflows.record import find_chain_break
from workflows.rules import CaseState
from workflows.state_folding import fold


def disagreements(
    events: Sequence[HistoryEvent], seen: Seen, *, assessment: bool, diverged: bool
) -> Iterator[Finding]:
    """What does not agree in a run; where it diverged, that may be why."""
    if not diverged:
        yield from changed_content(events, seen, assessment=assessment)
    if not seen.record or not seen.record.log:
        return
    log, before = seen.record.log, seen.record.before
    break_ = find_chain_break(log, before)
    if break_:
        en, zh = break_
        yield Finding(f"the log's chain is broken: {en}", f"记录的哈希链断裂：{zh}")
        return
    try:
        folded = fold(log)
    except (LookupError, ValueError, TypeError) as error:
        why = f"{type(error).__name__}: {error}"[:200]
        yield Finding(f"the log cannot be folded: {why}", f"记录无法折叠：{why}")
        return
    if folded != seen.state:
        yield from _other_state(folded, seen.state, carried_fields(events))


def _other_state(
    folded: CaseState, state: CaseState | None, carried: set[str] | None
) -> Iterator[Finding]:
    ended = state.model_dump(mode="json") if state else {}
    names = [
        name for name, value in folded.model_dump(mode="json").items() if ended.get(name) != value
    ]
    # A field that is younger than the release which carried the state over was not carried.
    names = [name for name in names if carried is None or name in carried]
    if not names:
        return
    listed = ", ".join(names)
    yield Finding(
        f"the state at the end of the replay is not what its log leads to: {listed}",
        f"重放结束时的状态与其记录推得的状态不符：{listed}",
    )
