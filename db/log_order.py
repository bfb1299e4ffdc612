"""The entries of several logs of a platform in one order: as they came."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator

from db.row_types import LogLine
from workflows.log_id import LogId
from workflows.vocabulary import Happening, Kind

ASSESSMENT_ENDS = (Happening.ASSESSMENT_ENDED, Happening.ASSESSMENT_CLOSED)
"""How a platform notes that an assessment is over."""
_ALL = 1_000_000_000
"""More entries than a log has: a platform's note of an end that does not say how many there were."""


def in_order(log: Iterable[LogLine]) -> list[LogLine]:
    """The lines of several logs as they came; each log keeps its own order.

    Moments alone do not do: an assessment opens after its platform noted so, and ends before, also
    where both notes are of one moment. What an assessment that was opened again says after its end
    comes after the setting aside that opened it.
    """
    logs: dict[LogId, list[LogLine]] = {}
    for line in sorted(log, key=lambda line: (*line.log, line.entry.seq)):
        logs.setdefault(line.log, []).append(line)
    return [line for term in sorted({term for term, *_ in logs}) for line in _of_term(logs, term)]


def _of_term(logs: dict[LogId, list[LogLine]], term: int) -> Iterator[LogLine]:
    openings = Counter[int]()
    waiting: deque[LogLine] = deque()
    ended: dict[int, deque[LogLine]] = {}
    for line in logs.pop(LogId(term, 0, 0), ()):
        said, year = line.entry.said, line.entry.said.get("year", 0)
        last = said.get("entries", _ALL) if line.entry.name in ASSESSMENT_ENDS else 0
        while waiting and (
            waiting[0].entry.seq <= last if last else waiting[0].entry.at < line.entry.at
        ):
            yield waiting.popleft()
        yield line
        if line.entry.name == Happening.ASSESSMENT_OPENED:
            openings[year] = said.get("opening", openings[year] + 1)
            waiting.extend(logs.pop(LogId(term, year, openings[year]), ()))
        elif last:
            ended[year], waiting = waiting, deque()
        elif line.entry.name == Kind.SET_ASIDE:
            waiting.extend(ended.pop(year, ()))
    yield from waiting
    for rest in ended.values():
        yield from rest
    # The platform's own log may still be on its way.
    for early in sorted(one for one in logs if one[0] == term):
        yield from logs[early]
