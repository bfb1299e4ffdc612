"""The logs that replays end in, held against the register."""

from collections.abc import Iterator, Mapping, Sequence

from audit.problems import Finding
from audit.replay.check_replay import differences
from audit.replay.together import PlatformReplay, ReplayedLog, register_row
from db.row_types import AssessmentRow, LogLine, PlatformCard, TermRow
from workflows.log_id import LogId
from workflows.record import LogEntry, find_chain_break
from workflows.state_folding import set_aside_marks
from workflows.words import Words

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
            yield Finding(Words("the register has no such platform", "名册中没有该平台"))
        return
    rows = _rows(card)
    logs: dict[LogId, list[LogLine]] = {}
    for line in card.log:
        logs.setdefault(line.log, []).append(line)
    replayed = {log.place: log for log in found.logs}
    ahead = {p for p, log in replayed.items() if len(logs.get(p, ())) > len(log.hashes)}
    for place, log in replayed.items():
        # An assessment that ended is opened again by what its platform says, and by nothing else.
        over = log.completed and not (place.year and LogId(place.term) in ahead)
        yield from _one(log, logs.get(place, []), rows.get(place), over=over)
    unread = any(run.divergence for run in found.runs)
    for place in sorted(set(logs) - set(replayed)):
        if not unread:
            words = Words(
                f"log {place.name}: it is in the register, and in none of these histories",
                f"记录 {place.name}：名册中有，所给历史中没有",
            )
            yield Finding(words, remark=True)


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
        words = Words("the register has the log, and no row of the case", "名册有记录而无该案")
        yield _of_log(name, words)
        return
    expected = log.row if len(stored) == len(log.hashes) else register_row(stored)
    if expected is None:
        words = Words(
            "what the register has beyond the history cannot follow from it",
            "名册多出的记录不可能由历史得出",
        )
        yield _of_log(name, words)
        return
    for field, says in row:
        if field not in _NOT_OF_THE_LOG and says != (should := expected.get(field, says)):
            words = Words(
                f"{field} is {says} in the register, and {should} by the log",
                f"名册 {field} 为 {says}；按记录应为 {should}",
            )
            yield _of_log(name, words)
    marks = set_aside_marks(stored)
    for line in lines:
        by, should = line.set_aside_by, marks.get(line.entry.seq)
        if by != should:
            entry = log.place.entry(line.entry.seq)
            words = Words(
                f"entry {entry}: in the register it is set aside by {by or 'none'}, by the log by"
                f" {should or 'none'}",
                f"第 {entry} 条：名册的撤销标记为 {by or '无'}，按记录应为 {should or '无'}",
            )
            yield Finding(words)


def _of_log(name: str, words: Words, *, remark: bool = False) -> Finding:
    return Finding(_named(name, words), remark=remark)


def _named(name: str, words: Words) -> Words:
    return Words(f"log {name}: {words.en}", f"记录 {name}：{words.zh}")


def _entries(log: ReplayedLog, stored: Sequence[LogEntry], *, over: bool) -> Iterator[Finding]:
    place = log.place
    for number, (theirs, entry) in enumerate(zip(log.hashes, stored, strict=False), start=1):
        if entry.seq == number and entry.hash == theirs and entry.seal() == theirs:
            continue
        mine = log.entries[number - 1].model_dump(mode="json")
        paths = list(differences(entry.model_dump(mode="json"), mine))
        differing = [
            f"{'.'.join(map(str, path))}: {register!r} ≠ {history!r}"[:200]
            for path, register, history in paths[:_MOST]
        ]
        named = place.entry(number)
        words = Words(
            f"entry {named}: register and history differ: {'; '.join(differing)}",
            f"第 {named} 条：名册与历史不符：{'；'.join(differing)}",
        )
        yield Finding(words)
        return  # what follows it differs, too
    more = len(stored) - len(log.hashes)
    if more > 0:
        before = log.hashes[-1]
        fits = stored[-more].previous == before and not find_chain_break(stored, stored[0].previous)
        en, zh = ("", "") if fits else (", and they do not fit", "，且不相衔接")
        if over:
            en, zh = ", in which the case had ended", "，而历史中该案已结束"
        words = Words(
            f"the register has {more} more entries than the history{en}",
            f"名册比历史多 {more} 条{zh}",
        )
        if fits and log.broken_off:
            words = Words(
                f"its workflow was ended before its log: the last {more} only the register attests",
                f"流程在其记录结束之前已被终止：最后 {more} 条仅由名册证明",
            )
            yield Finding(_named(place.name, words), unchecked=True)
            return
        yield _of_log(place.name, words, remark=fits and not over)
    elif more < 0:
        not_sent = len(stored) >= log.recorded
        en, zh = (", not written yet", "（尚未写入）") if not_sent else ("", "")
        words = Words(
            f"the register lacks the last {-more} entries{en}", f"名册缺少最后 {-more} 条{zh}"
        )
        yield _of_log(place.name, words, remark=not_sent)
