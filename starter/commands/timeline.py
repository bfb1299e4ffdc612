"""The logs of a platform and of its assessments as one timeline, in Beijing time."""

from collections.abc import Iterable

from rich.table import Table

from db.log_order import in_order
from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.entry_wording import entry_words, reason_words
from starter.terminal.language import say
from starter.terminal.screen import table
from starter.terminal.signature_wording import signature_words
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.words import Words


def timeline(log: Iterable[LogLine]) -> Table:
    """All entries in the order in which they came; each is named by its term, year and number.

    Those that were set aside say so, and by which entry.
    """
    stages: dict[LogId, str] = {}
    rows = []
    lines = in_order(log)
    logs: dict[LogId, list[LogEntry]] = {}
    for line in lines:
        logs.setdefault(line.log, []).append(line.entry)
    for line in lines:
        entry = line.entry
        words = entry_words(entry, log=line.log, entries=logs[line.log])
        if stages.get(line.log) != entry.stage:
            words += f" → {wording.stage(entry.stage)}"
        stages[line.log] = entry.stage
        if line.set_aside_by:
            by = line.log.entry(line.set_aside_by)
            words = say(Words(f"SET ASIDE by {by}: {words}", f"【已由 {by} 撤销】{words}"))
        why = reason_words(entry)
        if why:
            words += f" · {why}"
        if signed := signature_words(entry):
            words += f" · {signed}"
        rows.append((wording.moment(entry.at), line.number, words, _who(entry)))
    return table(
        (
            Words("time", "时间"),
            Words("entry", "记录"),
            Words("what", "事项"),
            Words("who", "经办人"),
        ),
        rows,
        whole=(0, 1),
    )


def _who(entry: LogEntry) -> str:
    if entry.actor is None:
        return ""
    named = f"{entry.actor.id} · {entry.actor.organisation}"
    if entry.actor.acting_for is None:
        return named
    principal = entry.actor.acting_for.principal_id
    return named + say(Words(f" (for {principal})", f"（代 {principal}）"))
