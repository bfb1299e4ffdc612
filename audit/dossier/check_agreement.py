"""Whether the histories, their replays and the logs of a dossier say the same, entry by entry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from audit.dossier.lives import Life
from audit.problems import Check, Problem
from audit.reading.check_histories import check_reading
from audit.reading.log_links import Logs
from audit.replay.replaying import log_of_state
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.words import Words, counted, listed

Files = Mapping[tuple[str, str], str]
"""The files of histories, by workflow id and run id."""


def check_agreement(life: Life, logs: Logs, files: Files) -> Iterator[Problem]:
    """Return whatever differs somewhere; `logs` are those of the files."""
    yield from _replays(life, files)
    labels = {f"{workflow_id} run {run_id}": file for (workflow_id, run_id), file in files.items()}
    for problem in check_reading(life.reading):
        label, comma, event = problem.where.partition(", event ")
        yield Problem(labels.get(label, label) + comma + event, problem.words, Check.RUNS)
    for place in sorted({*life.logs, *logs}):
        yield from _same(place, life.logs.get(place, ()), logs.get(place, ()))


def _replays(life: Life, files: Files) -> Iterator[Problem]:
    for replayed in life.replays:
        file = files[replayed.workflow_id, replayed.run_id]
        if replayed.divergence is not None:
            yield Problem(file, replayed.divergence.words, Check.REPLAY)
            continue
        for one in replayed.findings:
            if one.wrong:
                yield Problem(file, one.words, Check.REPLAY)
        whole = life.logs.get(log_of_state(replayed.state), ()) if replayed.state else ()
        if _sealed(replayed.log) != _sealed(whole[: len(replayed.log)]):
            number = _first(_sealed(replayed.log), _sealed(whole))
            words = Words(
                f"entry {number} of its log is not in the log of the runs after it",
                f"其记录第 {number} 条不在其后各次运行的记录中",
            )
            yield Problem(file, words, Check.AGREEMENT)


def _same(
    place: LogId, replayed: Sequence[LogEntry], kept: Sequence[LogEntry]
) -> Iterator[Problem]:
    """Compare a log as the histories have it with its file."""
    one, other = _sealed(replayed), _sealed(kept)
    if one == other:
        return
    number = _first(one, other)
    if not kept:
        count = len(replayed)
        words = Words(
            f"missing: the histories have {counted(count, 'entry', 'entries')} of it",
            f"缺失：历史中有 {count} 条",
        )
    elif not replayed:
        words = Words("no history here has this log", "没有历史写出此记录")
    elif number > len(kept):
        entry = replayed[number - 1]
        words = Words(
            f"entry {number} is missing: in the history it is {entry.name} {entry.outcome}",
            f"缺第 {number} 条：历史中此处为 {entry.name} {entry.outcome}",
        )
    elif number > len(replayed):
        words = Words(f"entry {number} is in no history", f"第 {number} 条不见于任何历史")
    else:
        what = listed(_differing(one[number - 1], other[number - 1]))
        words = Words(
            f"entry {number} differs from the history: {what.en}",
            f"第 {number} 条与历史不符：{what.zh}",
        )
    yield Problem(place.file, words, Check.AGREEMENT)


def _sealed(log: Sequence[LogEntry]) -> list[dict[str, Any]]:
    """Entries without our wording of why they were refused, which newer code may say otherwise."""
    return [entry.model_dump(mode="json", exclude={"reason"}) for entry in log]


def _differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The fields in which two entries differ; of objects the field within."""
    found = []
    for name, value in one.items():
        if value == other[name]:
            continue
        if isinstance(value, dict) and isinstance(other[name], dict):
            keys = [k for k in {**value, **other[name]} if value.get(k) != other[name].get(k)]
            found += [f"{name}.{key}" for key in keys]
        else:
            found.append(name)
    return found


def _first(one: Sequence[object], other: Sequence[object]) -> int:
    """The number of the first thing in which two sequences differ."""
    pairs = enumerate(zip(one, other, strict=False), start=1)
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)) + 1)
