"""A run against the runs beside it, and what it says against the log that it writes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from audit.reading.case_logs import Line, Problem, Reading
from audit.reading.runs import Message, Run
from workflows.case import decision_of
from workflows.decision import decision_digest
from workflows.model import InvalidMessage, instant
from workflows.record import LogEntry
from workflows.reopening import record_of
from workflows.rules import CaseState
from workflows.run_io import TermResult
from workflows.states import Facts, Receipt


def check_runs(reading: Reading) -> Iterator[Problem]:
    """Runs that others name and that are not there; and what one hands on and the next takes up."""
    there = {run.history.run_id: run for run in reading.runs}
    for run in reading.runs:
        named = [
            (1, run.continued_from, "goes on from", "所接续的"),
            (1, run.parent_run, "was started by", "启动它的"),
            (run.last_event, run.next_run, "goes on in", "接续它的"),
            *(
                (child.event_id, child.run_id, "started as its child", "它启动的子流程")
                for child in run.children
            ),
        ]
        for event, run_id, en, zh in named:
            if run_id and run_id not in there and run_id not in reading.unreadable:
                whose = _child_named(run, run_id)
                yield Problem(
                    f"{run.label}, event {event}",
                    f"the history of the run {run_id}{whose and f' of {whose}'} is missing, which it {en}",
                    f"缺少{zh}运行 {run_id}{whose and f'（{whose}）'} 的历史",
                )
        yield from _handed_on(run, there)


def _handed_on(run: Run, there: Mapping[str, Run]) -> Iterator[Problem]:
    """What a run gives to the next one and to its children is what they got; and what came back."""
    after = there.get(run.next_run or "")
    if after and _plain(run.carried_on_raw) != _plain(after.given):
        yield Problem(
            f"{after.label}, event 1",
            f"what it took up is not what run {run.history.run_id} handed on in event {run.last_event}",
            f"其接收的内容与运行 {run.history.run_id} 事件 {run.last_event} 所移交的不同",
        )
    for child in run.children:
        begun = there.get(child.run_id)
        if begun and _plain(begun.given) != _plain(child.given):
            yield Problem(
                f"{begun.label}, event 1",
                f"what it began with is not what run {run.history.run_id} started it with",
                f"其起始内容与运行 {run.history.run_id} 所交付的不同",
            )
        ended = _last_of(begun, there)
        if child.result and ended and ended.result != child.result:
            yield Problem(
                f"{run.label}, event {child.ended_in}",
                f"its child {child.run_id} ended otherwise than this event says",
                f"其子流程 {child.run_id} 的结果与此事件所载不同",
            )


def _last_of(run: Run | None, there: Mapping[str, Run]) -> Run | None:
    """The last run of a chain; None when it is not there."""
    seen = set()
    while run and run.next_run and run.history.run_id not in seen:
        seen.add(run.history.run_id)
        run = there.get(run.next_run)
    return run


def _child_named(run: Run, run_id: str) -> str:
    return next((child.workflow_id for child in run.children if child.run_id == run_id), "")


def _plain(data: Any) -> str:
    return json.dumps(data, sort_keys=True)


def check_run(
    reading: Reading, run: Run, lines: tuple[Line, ...], after: list[CaseState]
) -> Iterator[Problem]:
    """Answers, states and the result of a run against its log."""
    entries = {line.entry.seq: line.entry for line in lines}
    yield from _result(run, entries)
    yield from _started_with(reading, run)
    if reading.told_again:
        return  # a clock lagged: what was said meanwhile bears the moments of before
    for message in run.messages:
        yield from _answer(run, message, entries)
    if len(after) < len(lines) or (lines and lines[-1].entry.seq != len(lines)):
        return  # the log has a hole, which was said: no state can be told
    for told in run.tellings:
        batch = told.batch
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
            yield Problem(
                f"{run.label}, event {told.event_id}",
                f"the state that it hands in is not the one that entries 1 to {seq} lead to",
                f"所报状态与第 1 至 {seq} 条推得的不同",
            )
    for event, carried in ((1, run.carried), (run.last_event, run.carried_on)):
        if carried and not _same_state(carried.state, after[len(carried.record.log) - 1]):
            yield Problem(
                f"{run.label}, event {event}",
                "the state that is carried on is not the one that its log leads to",
                "所移交的状态与其记录推得的不同",
            )


def _started_with(reading: Reading, run: Run) -> Iterator[Problem]:
    """A case that is started again from its log brings with it what its log says, and nothing else."""
    carried = run.carried
    if carried is None or run.continued_from:
        return  # what the run before handed on is held against what was taken up, word by word
    where, record = f"{run.label}, event 1", carried.record
    plans = {plan.sha256: plan.plan for plan in reading.plans.values()}
    try:
        follows = record_of(record.log, plans)
    except (LookupError, ValueError, TypeError, AttributeError):
        return  # the log itself is broken, or a plan's text is missing: that was said
    one, other = [_core(r) for r in record.receipts], [_core(r) for r in follows.receipts]
    if one != other or record.before != follows.before:
        yield Problem(
            where,
            "it took up receipts that its log does not give",
            "其所承接的回执与其记录不符",
        )
    if carried.due is not None:
        yield Problem(
            where,
            "it took up a due date, which nobody had worked out: a case that had ended has none",
            "其承接了期限，而已结束的案件没有期限",
        )


def _core(receipt: Receipt) -> tuple[Any, ...]:
    """What a receipt says that releases do not add to."""
    return receipt.decision_id, receipt.seq, receipt.kind, receipt.outcome, receipt.said_sha256


def _same_state(told: CaseState, folded: CaseState) -> bool:
    """Whether a state is what a log leads to, as far as the release that told it knew.

    What an older release did not say is not compared; 0.1.0 did not know on which day an assessment
    opened, and said so.
    """
    names = told.model_fields_set - ({"decided_on"} if told.decided_on is None else set())
    return type(told) is type(folded) and all(
        getattr(told, name) == getattr(folded, name) for name in names
    )


def _same_facts(told: Facts, folded: Facts) -> bool:
    return all(getattr(told, name) == getattr(folded, name) for name in told.model_fields_set)


def _answer(run: Run, message: Message, entries: dict[int, LogEntry]) -> Iterator[Problem]:
    """An update that was answered: its receipt is of this decision, and the log has the entry."""
    answer = message.answer
    seq = answer.get("seq") if answer else None
    entry = entries.get(seq) if isinstance(seq, int) else None
    if answer is None or (entry is None and run.open):
        return  # not answered; or decided a moment ago, and not handed in yet
    names = ("platform_id", "decision_id", "kind", "outcome", "stage", "at", "said_sha256")
    told = tuple(answer.get(name) for name in names)
    if entry is None or told != (
        run.history.platform_id,
        entry.decision_id,
        entry.name,
        entry.outcome,
        entry.stage,
        instant(entry.at),
        _sent(message.content),
    ):
        yield Problem(
            f"{run.label}, event {message.event_id}",
            f"the receipt that it was answered with does not fit entry {answer.get('seq')} of the log",
            f"所得回执与记录第 {answer.get('seq')} 条不符",
        )


def _sent(raw: Any) -> str | None:
    """The SHA-256 of a decision as it was sent."""
    try:
        return decision_digest(decision_of(raw))
    except InvalidMessage:
        return None


def _result(run: Run, entries: dict[int, LogEntry]) -> Iterator[Problem]:
    if run.result is None:
        return
    last = entries.get(run.result.log_seq)
    stage = run.result.stage if isinstance(run.result, TermResult) else run.result.result
    if last is None or (last.hash, last.stage) != (run.result.log_hash, stage):
        yield Problem(
            f"{run.label}, event {run.last_event}",
            f"the run ended with entry {run.result.log_seq} in {stage}, and the log does not",
            f"运行以第 {run.result.log_seq} 条（{stage}）结束，而记录不是",
        )
