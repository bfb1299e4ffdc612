"""The logs that replays end in, held against the register."""

from collections.abc import Iterator, Mapping, Sequence

from audit.replay.event_content import differences
from audit.replay.findings import Finding
from audit.replay.together import PlatformReplay, ReplayedLog, register_row
from db.row_types import AssessmentRow, LogLine, PlatformCard, TermRow
from workflows.log_id import LogId
from workflows.record import LogEntry, find_chain_break
from workflows.state_folding import set_aside_marks

_NOT_OF_THE_LOG = frozenset(("due", "due_provisional", "plans", "assessments", "findings"))
"""What a row says besides: due dates come from an activity; the rest are tables of their own."""
_MOST = 3

Rows = Mapping[LogId, TermRow | AssessmentRow]


def against_register(found: PlatformReplay, card: PlatformCard | None) -> Iterator[Finding]:
    """Where the register says of a platform something else than its replays.

    `audit reconcile` goes through all tables, also without replay; this holds logs and cases only.
    """
    if card is None:
        if found.logs:
            yield Finding("the register does not know the platform", "登记库中没有该平台")
        return
    rows = _rows(card)
    logs: dict[LogId, list[LogLine]] = {}
    for line in card.log:
        logs.setdefault(line.log, []).append(line)
    told = {log.place: log for log in found.logs}
    ahead = {place for place, log in told.items() if len(logs.get(place, ())) > len(log.hashes)}
    for place, log in told.items():
        # An assessment that ended is opened again by what its platform says, and by nothing else.
        over = log.completed and not (place.year and LogId(place.term) in ahead)
        yield from _one(log, logs.get(place, []), rows.get(place), over=over)
    unread = any(run.divergence for run in found.runs)
    for place in sorted(set(logs) - set(told)):
        if not unread:
            yield Finding(
                f"log {place.name}: the register has it, and no history that was given tells it",
                f"记录 {place.name}：登记库中有，所给历史中没有",
                remark=True,
            )


def _rows(card: PlatformCard) -> Rows:
    rows: dict[LogId, TermRow | AssessmentRow] = {}
    for term in card.terms:
        rows[LogId(term.term)] = term
        for year in term.assessments:
            rows[LogId(term.term, year.year, year.opening)] = year
    return rows


def _one(
    log: ReplayedLog,
    lines: Sequence[LogLine],
    row: TermRow | AssessmentRow | None,
    *,
    over: bool,
) -> Iterator[Finding]:
    name = log.place.name
    stored = [line.entry for line in lines]
    whole = True
    for finding in _entries(log, stored, over=over):
        whole = whole and not finding.wrong
        yield finding
    if not whole or not stored:
        return
    if row is None:
        yield Finding(
            f"log {name}: the register has the log, and no row of the case",
            f"记录 {name}：登记库有记录而无该案",
        )
        return
    expected = log.row if len(stored) == len(log.hashes) else register_row(stored)
    if expected is None:
        yield Finding(
            f"log {name}: what the register has beyond the history cannot follow from it",
            f"记录 {name}：登记库多出的记录不可能由历史得出",
        )
        return
    for field, says in row:
        if field in _NOT_OF_THE_LOG or field not in expected or says == expected[field]:
            continue
        yield Finding(
            f"log {name}: the register's row says {field} {says}; the log leads to {expected[field]}",
            f"记录 {name}：登记库 {field} 为 {says}；按记录应为 {expected[field]}",
        )
    marks = set_aside_marks(stored)
    for line in lines:
        if line.set_aside_by != marks.get(line.entry.seq):
            yield Finding(
                f"entry {log.place.entry(line.entry.seq)}: the register says it was set aside by"
                f" {line.set_aside_by or 'none'}; by the log it is {marks.get(line.entry.seq) or 'none'}",
                f"第 {log.place.entry(line.entry.seq)} 条：登记库的撤销标记为 {line.set_aside_by or '无'}，"
                f"按记录应为 {marks.get(line.entry.seq) or '无'}",
            )


def _entries(log: ReplayedLog, stored: Sequence[LogEntry], *, over: bool) -> Iterator[Finding]:
    place = log.place
    for number, (theirs, entry) in enumerate(zip(log.hashes, stored, strict=False), start=1):
        if entry.seq == number and entry.hash == theirs and entry.seal() == theirs:
            continue
        mine = log.entries[number - 1].model_dump(mode="json")
        paths = list(differences(entry.model_dump(mode="json"), mine))
        listed = "; ".join(
            f"{'.'.join(map(str, path))}: {register!r} ≠ {history!r}"[:200]
            for path, register, history in paths[:_MOST]
        )
        yield Finding(
            f"entry {place.entry(number)}: the register's is not that of the history: {listed}",
            f"第 {place.entry(number)} 条：登记库与历史不符：{listed}",
        )
        return  # what follows it differs, too
    more = len(stored) - len(log.hashes)
    if more > 0:
        before = log.hashes[-1]
        fits = stored[-more].previous == before and not find_chain_break(stored, stored[0].previous)
        en, zh = ("", "") if fits else (", and they do not fit", "，且不相衔接")
        if over:
            en, zh = ", in which the case had ended", "，而历史中该案已结束"
        yield Finding(
            f"log {place.name}: the register has {more} more entries than the history{en}",
            f"记录 {place.name}：登记库比历史多 {more} 条{zh}",
            remark=fits and not over,
        )
    elif more < 0:
        taken = len(stored) >= log.recorded
        yield Finding(
            f"log {place.name}: the register lacks the last {-more} entries"
            + (", which it was not handed yet" if taken else ""),
            f"记录 {place.name}：登记库缺少最后 {-more} 条" + ("（尚未提交）" if taken else ""),
            remark=taken,
        )
