"""What commands hand over, the history's held against the code's: the Replayer compares no payloads.

Entries for the register, the case that is carried to the next run, the opening of an assessment, results
and receipts: a history in which one of them was changed has other words than its replay.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from temporalio.api.history.v1 import HistoryEvent

from audit.replay.command_sequences import Command, CommandKind
from audit.replay.divergence import says, tasks_of
from audit.replay.findings import Finding
from audit.replay.replay_watch import Seen
from audit.replay.run_log import carried
from workflows.activity_messages import LogRequest, RegisterBatch, RegisterWrite
from workflows.contract import HAND_IN, READ_LOG, WRITE_REGISTER
from workflows.run_io import AssessmentOpening, CarriedPlatform, TermResult, YearResult
from workflows.states import Receipt

Step = str | int
Path = tuple[Step, ...]

_LEFT_OUT = frozenset(("reason",))
"""Our wording of a refusal: not sealed, and it may change."""
_OF_THE_MOMENT = frozenset(("at", "since", "previous", "hash", "log_hash", "until", "before"))
"""What alone differs where an entry was told at another moment."""
_MOST = 3
_LETTERS = 120


def changed_content(
    events: Sequence[HistoryEvent], seen: Seen, *, assessment: bool
) -> Iterator[Finding]:
    """Each event that hands over something else than the code does, with the fields that differ."""
    for task in tasks_of(events):
        given = seen.tasks.get(task.started, [])
        for told, code in zip(task.commands, given, strict=False):
            if told.kind is code.kind and told.payloads != code.payloads:
                yield from _differing(told, code, assessment)


def _differing(told: Command, code: Command, assessment: bool) -> Iterator[Finding]:
    what = says(told)
    try:
        history = [_read(told, n, p, assessment) for n, p in enumerate(told.payloads)]
        ours = [_read(code, n, p, assessment) for n, p in enumerate(code.payloads)]
    except (ValidationError, ValueError) as error:
        why = " ".join(str(error).split())[:_LETTERS]
        yield Finding(
            f"event {told.event_id} ({what.en}): its content cannot be read: {why}",
            f"事件 {told.event_id}（{what.zh}）：内容无法读取：{why}",
            event_id=told.event_id,
        )
        return
    paths = list(differences(history, ours))
    if not paths:  # an older release wrote it shorter
        return
    only_moments = all(_OF_THE_MOMENT.intersection(p) for p, _, _ in paths)
    if only_moments and told.kind is CommandKind.ACTIVITY:
        yield Finding(
            f"event {told.event_id}: entries were handed in with an earlier moment than the history"
            " gives them (docs/decisions/0007-workflow-clock.md); the register takes them anew",
            f"事件 {told.event_id}：提交的记录时刻早于历史时刻，名册将重新接收"
            "（见 docs/decisions/0007-workflow-clock.md）",
            event_id=told.event_id,
            remark=True,
        )
        return
    listed = "; ".join(_words(*one) for one in paths[:_MOST])
    more = f" (+{len(paths) - _MOST})" if len(paths) > _MOST else ""
    yield Finding(
        f"event {told.event_id} ({what.en}) holds something else than the code: {listed}{more}",
        f"事件 {told.event_id}（{what.zh}）的内容与代码不符：{listed}{more}",
        event_id=told.event_id,
    )


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


def carried_fields(events: Sequence[HistoryEvent]) -> set[str] | None:
    """The fields of the state that a run was begun with; None: it opened its case itself."""
    found = carried(events)
    return set(found["state"]) if found else None


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
