"""Whether a replayed run agrees with itself: its content, its chain of hashes, its state.

The Replayer compares no payloads, so what commands hand over is compared here.

Entries for the register, the case that is carried to the next run, the opening of an assessment, results
and receipts: a history in which one of them was changed has other words than its replay.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from temporalio.api.history.v1 import HistoryEvent

from audit.problems import Finding, one_line
from audit.reading.log_states import NO_LOG
from audit.replay.command_sequences import Command, CommandKind
from audit.replay.divergence import command_words, tasks_of
from audit.replay.sdk_replayer import Seen
from starter.tables.strict_json import strict_loads
from workflows.activity_messages import LogRequest, RegisterBatch, RegisterWrite
from workflows.contract import HAND_IN, READ_LOG, WRITE_REGISTER
from workflows.record import find_chain_break
from workflows.rules import CaseState
from workflows.run_io import AssessmentOpening, CarriedPlatform, TermResult, YearResult
from workflows.state_folding import fold
from workflows.states import Receipt
from workflows.words import Words, listed

Step = str | int
Path = tuple[Step, ...]

_LEFT_OUT = frozenset(("reason",))
"""Our wording of a refusal: not sealed, and it may change."""
_OF_THE_MOMENT = frozenset(("at", "since", "previous", "hash", "log_hash", "until", "before"))
"""What alone differs where an entry was written at another moment."""
_MOST = 3
_LETTERS = 120


def disagreements(
    events: Sequence[HistoryEvent], seen: Seen, *, assessment: bool, diverged: bool
) -> Iterator[Finding]:
    """Say what does not agree in a run; where it diverged, that may be why."""
    if not diverged:
        yield from _changed_content(events, seen, assessment)
    if not seen.record or not seen.record.log or seen.record.older:
        return  # no case was opened, or it waits for the older part of its log
    log, before = seen.record.log, seen.record.before
    broken = find_chain_break(log, before)
    if broken:
        yield Finding(
            Words(f"the log's chain is broken: {broken.en}", f"记录的哈希链断裂：{broken.zh}")
        )
        return
    try:
        folded = fold(log)
    except NO_LOG as error:
        why = f"{type(error).__name__}: {error}"[:200]
        yield Finding(Words(f"no state follows from the log: {why}", f"记录推不出状态：{why}"))
        return
    if folded != seen.state:
        yield from _other_state(folded, seen.state, carried(events))


def _other_state(
    folded: CaseState, state: CaseState | None, begun: dict[str, Any] | None
) -> Iterator[Finding]:
    ended = state.model_dump(mode="json") if state else {}
    names = [
        name
        for name, value in folded.model_dump(mode="json").items()
        # A field that is younger than the release which carried the state over was not carried.
        if ended.get(name) != value and (begun is None or name in begun["state"])
    ]
    if names:
        named = listed(names)
        words = Words(
            f"the state at the end of the replay does not follow from its log: {named.en}",
            f"重放结束时的状态与其记录推得的状态不符：{named.zh}",
        )
        yield Finding(words)


def carried(events: Sequence[HistoryEvent]) -> dict[str, Any] | None:
    """The case that a run was begun with, as plain data; None: it opened its case itself."""
    start = events[0].workflow_execution_started_event_attributes
    for payload in start.input.payloads:
        given = strict_loads(payload.data or b"null")
        found = given.get("carried", given) if isinstance(given, dict) else None
        if isinstance(found, dict) and isinstance(found.get("state"), dict):
            return found
    return None


def _changed_content(
    events: Sequence[HistoryEvent], seen: Seen, assessment: bool
) -> Iterator[Finding]:
    """Name each event that hands over something else than the code does, with the fields that differ."""
    for task in tasks_of(events):
        given = seen.tasks.get(task.started, [])
        for recorded, code in zip(task.commands, given, strict=False):
            if recorded.kind is code.kind and recorded.payloads != code.payloads:
                yield from _differing(recorded, code, assessment)


def _differing(recorded: Command, code: Command, assessment: bool) -> Iterator[Finding]:
    what, event = command_words(recorded), recorded.event_id
    try:
        history, ours = (
            [_read(one, n, p, assessment) for n, p in enumerate(one.payloads)]
            for one in (recorded, code)
        )
    except (ValidationError, ValueError) as error:
        why = one_line(error, _LETTERS)
        words = Words(
            f"event {event} ({what.en}): its content cannot be read: {why}",
            f"事件 {event}（{what.zh}）：内容无法读取：{why}",
        )
        yield Finding(words, event)
        return
    paths = list(differences(history, ours))
    if not paths:  # an older release wrote it shorter
        return
    only_moments = all(_OF_THE_MOMENT.intersection(p) for p, _, _ in paths)
    if only_moments and recorded.kind is CommandKind.ACTIVITY:
        words = Words(
            f"event {event}: entries were written to the register with an earlier moment than the history"
            " gives them (docs/decisions/0007-workflow-clock.md); the register takes them again",
            f"事件 {event}：写入名册的记录时刻早于历史时刻，名册将重新接收"
            "（见 docs/decisions/0007-workflow-clock.md）",
        )
        yield Finding(words, event, remark=True)
        return
    differing = [_words(*one) for one in paths[:_MOST]]
    more = len(paths) - _MOST
    words = Words(
        f"event {event} ({what.en}) does not hold what the code gives: {'; '.join(differing)}"
        + (f" (+{more})" if more > 0 else ""),
        f"事件 {event}（{what.zh}）的内容与代码不符：{'；'.join(differing)}"
        + (f"（另有 {more} 处）" if more > 0 else ""),
    )
    yield Finding(words, event)


def differences(one: Any, other: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Where plain data differ: the way there, and both values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in _LEFT_OUT:
                yield from differences(one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (mine, yours) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, yours, (*path, number))
    elif one != other:
        yield path, one, other


def _words(path: Path, history: Any, code: Any) -> str:
    return f"{_way(path[1:])}: {_short(history)} ≠ {_short(code)}"


def _way(path: Iterable[Step]) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"


def _read(command: Command, number: int, payload: bytes, assessment: bool) -> Any:
    """A payload as plain data: read by its model, so that what an older release left out is filled in."""
    model = _model(command, number, assessment)
    if model is None or payload in (b"", b"null"):
        return json.loads(payload or b"null")
    parts = _RECORDED.get(model)
    return model.model_validate_json(payload).model_dump(mode="json", include=parts)


def _model(command: Command, number: int, assessment: bool) -> type[BaseModel] | None:
    match command.kind:
        case CommandKind.ACTIVITY:
            return _HANDED.get(command.what)
        case CommandKind.CHILD:
            return AssessmentOpening
        case CommandKind.CONTINUE_AS_NEW:
            return AssessmentOpening if assessment else (None, CarriedPlatform)[number]
        case CommandKind.COMPLETE:
            return YearResult if assessment else TermResult
        case CommandKind.UPDATE_ANSWERED:
            return Receipt
    return None


_HANDED: dict[str, type[BaseModel]] = {
    HAND_IN: RegisterWrite,
    WRITE_REGISTER: RegisterBatch,
    READ_LOG: LogRequest,
}
_BATCH: Any = {"workflow_id", "entries", "plans"}
_CASE: Any = {"record"}
_RECORDED: dict[type[BaseModel], Any] = {
    RegisterWrite: {"batch": _BATCH},
    RegisterBatch: _BATCH,
    CarriedPlatform: _CASE,
    AssessmentOpening: {
        **dict.fromkeys(("facts", "year", "opening", "valid_until", "before", "set_aside"), True),
        "carried": _CASE,
    },
    Receipt: {"decision_id", "seq", "at", "kind", "outcome", "stage", "said_sha256"},
}
"""What must not change from release to release. States may: they follow from the log, and what they
consist of grows; that of a replay is held against the fold of its log."""
