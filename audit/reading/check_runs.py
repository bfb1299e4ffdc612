"""A run against the runs beside it, and what it says against the log that it writes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from audit.problems import Problem
from audit.reading.case_logs import Line, Reading
from audit.reading.log_states import NO_LOG
from audit.reading.runs import Message, Run
from workflows.decision import decision_digest
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage, instant
from workflows.record import LogEntry
from workflows.reopening import record_of
from workflows.rules import CaseState
from workflows.run_io import TermResult
from workflows.states import Facts, Receipt
from workflows.words import Words


def check_runs(reading: Reading) -> Iterator[Problem]:
    """Check that the runs that others name are there, and that each gets what the one before hands on."""
    there = {run.history.run_id: run for run in reading.runs}
    for run in reading.runs:
        named = [
            (1, run.continued_from, "it continues", "所接续的"),
            (1, run.parent_run, "started it", "启动它的"),
            (run.last_event, run.next_run, "continues it", "接续它的"),
            *(
                (child.event_id, child.run_id, "is its child", "它启动的子流程")
                for child in run.children
            ),
        ]
        for event, run_id, en, zh in named:
            if run_id and run_id not in there and run_id not in reading.unreadable:
                whose = next((c.workflow_id for c in run.children if c.run_id == run_id), "")
                words = Words(
                    f"the history of run {run_id}{whose and f' of {whose}'}, which {en}, is missing",
                    f"缺少{zh}运行 {run_id}{whose and f'（{whose}）'} 的历史",
                )
                yield Problem(run.at(event), words)
        yield from _handed_on(run, there)


def _handed_on(run: Run, there: Mapping[str, Run]) -> Iterator[Problem]:
    """Check that what a run gives to the next one and to its children is what they got; and what came back."""
    own = run.history.run_id
    after = there.get(run.next_run or "")
    if after and _plain(run.carried_on_raw) != _plain(after.given):
        words = Words(
            f"its input is not what run {own} handed on in event {run.last_event}",
            f"其接收的内容与运行 {own} 事件 {run.last_event} 所移交的不同",
        )
        yield Problem(after.at(1), words)
    for child in run.children:
        begun = there.get(child.run_id)
        if begun and _plain(begun.given) != _plain(child.given):
            words = Words(
                f"its input is not what run {own} started it with",
                f"其起始内容与运行 {own} 所交付的不同",
            )
            yield Problem(begun.at(1), words)
        ended = _last_of(begun, there)
        if child.result and ended and ended.result != child.result:
            words = Words(
                f"its child {child.run_id} ended with another result than this event has",
                f"其子流程 {child.run_id} 的结果与此事件所载不同",
            )
            yield Problem(run.at(child.ended_in), words)


def _last_of(run: Run | None, there: Mapping[str, Run]) -> Run | None:
    """The last run of a chain; None when it is not there."""
    seen = set()
    while run and run.next_run and run.history.run_id not in seen:
        seen.add(run.history.run_id)
        run = there.get(run.next_run)
    return run


def _plain(data: Any) -> str:
    return json.dumps(data, sort_keys=True)


def check_run(
    reading: Reading, run: Run, lines: tuple[Line, ...], after: list[CaseState]
) -> Iterator[Problem]:
    """Check the answers, the states and the result of a run against its log."""
    entries = {line.entry.seq: line.entry for line in lines}
    yield from _result(run, entries)
    yield from _started_with(reading, run)
    if reading.retimed:
        return  # a clock lagged: what was answered meanwhile bears the moments of before
    for message in run.messages:
        yield from _answer(run, message, entries)
    if len(after) < len(lines) or (lines and lines[-1].entry.seq != len(lines)):
        return  # the log has a gap, already reported: no state can be computed
    for write in run.register_writes:
        batch = write.batch
        seq = batch.entries[-1].seq if batch.entries else 0
        state = batch.assessment or batch.platform
        same = batch.workflow_id == run.history.workflow_id and (
            not seq
            or (
                _same_state(state, after[seq - 1])
                and _same_facts(batch.platform.facts, after[seq - 1].facts)
            )
        )
        if not same:
            words = Words(
                f"the state that it writes to the register does not follow from entries 1 to {seq}",
                f"所报状态与第 1 至 {seq} 条推得的不同",
            )
            yield Problem(run.at(write.event_id), words)
    for event, carried in ((1, run.carried), (run.last_event, run.carried_on)):
        if carried and not _same_state(carried.state, after[len(carried.record.log) - 1]):
            words = Words(
                "the state that is carried on does not follow from its log",
                "所移交的状态与其记录推得的不同",
            )
            yield Problem(run.at(event), words)


def _started_with(reading: Reading, run: Run) -> Iterator[Problem]:
    """Check that a case that is started again from its log brings what its log says, and nothing else."""
    carried = run.carried
    if carried is None or run.continued_from:
        return  # what the run before handed on is held against what was received, word by word
    record = carried.record
    plans = {plan.sha256: plan.plan for plan in reading.plans.values()}
    try:
        follows = record_of(record.log, plans)
    except NO_LOG:
        return  # the log itself is broken, or a plan's text is missing: already reported
    one, other = [_core(r) for r in record.receipts], [_core(r) for r in follows.receipts]
    if one != other or record.before != follows.before:
        words = Words(
            "it began with receipts that do not follow from its log", "其所承接的回执与其记录不符"
        )
        yield Problem(run.at(1), words)
    if carried.due is not None:
        words = Words(
            "it began with a due date that was not calculated: a case that had ended has none",
            "其承接了期限，而已结束的案件没有期限",
        )
        yield Problem(run.at(1), words)


def _core(receipt: Receipt) -> tuple[Any, ...]:
    """What a receipt says that releases do not add to."""
    return receipt.decision_id, receipt.seq, receipt.kind, receipt.outcome, receipt.said_sha256


def _same_state(recorded: CaseState, folded: CaseState) -> bool:
    """Whether a state is what a log leads to, as far as the release that recorded it knew.

    What an older release did not say is not compared; 0.1.0 did not know on which day an assessment
    opened, and said so.
    """
    names = recorded.model_fields_set - ({"decided_on"} if recorded.decided_on is None else set())
    return type(recorded) is type(folded) and all(
        getattr(recorded, name) == getattr(folded, name) for name in names
    )


def _same_facts(recorded: Facts, folded: Facts) -> bool:
    return all(
        getattr(recorded, name) == getattr(folded, name) for name in recorded.model_fields_set
    )


def _answer(run: Run, message: Message, entries: dict[int, LogEntry]) -> Iterator[Problem]:
    """An update that was answered: its receipt is of this decision, and the log has the entry."""
    answer = message.answer
    seq = answer.get("seq") if answer else None
    entry = entries.get(seq) if isinstance(seq, int) else None
    if answer is None or (entry is None and run.open):
        return  # not answered; or decided a moment ago, and not written yet
    names = ("platform_id", "decision_id", "kind", "outcome", "stage", "at", "said_sha256")
    answered = tuple(answer.get(name) for name in names)
    other = entry is not None and answer.get("entry_hash") not in (None, entry.hash)
    if (
        entry is None
        or other
        or answered
        != (
            run.history.platform_id,
            entry.decision_id,
            entry.name,
            entry.outcome,
            entry.stage,
            instant(entry.at),
            _sent(message.content),
        )
    ):
        words = Words(
            f"the receipt that it was answered with does not fit entry {seq} of the log",
            f"所得回执与记录第 {seq} 条不符",
        )
        yield Problem(run.at(message.event_id), words)


def _sent(raw: Any) -> str | None:
    """The SHA-256 of a decision as it was sent."""
    try:
        return decision_digest(decision_of(raw))
    except InvalidMessage:
        return None


def _result(run: Run, entries: dict[int, LogEntry]) -> Iterator[Problem]:
    if run.result is None:
        return
    result = run.result
    last = entries.get(result.log_seq)
    stage = result.stage if isinstance(result, TermResult) else result.result
    if last is None or (last.hash, last.stage) != (result.log_hash, stage):
        words = Words(
            f"the run ended with entry {result.log_seq} in {stage}, and the log does not",
            f"运行以第 {result.log_seq} 条（{stage}）结束，而记录不是",
        )
        yield Problem(run.at(run.last_event), words)
