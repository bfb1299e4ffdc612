"""Which decisions of a platform count, and the one by which its term was sent back or refused."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from db.log_order import in_order
from db.row_types import LogLine, SentBack
from workflows.lifecycle import STAYS
from workflows.record import EntryKind
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

SENT_BACK = frozenset(
    (
        Stage.CORRECTION,
        Stage.IMPROVEMENT,
        Stage.DECLINED,
        Stage.WITHDRAWN,
        Stage.TERMINATED,
        Stage.DELISTED,
        AssessmentStage.RECTIFICATION,
        AssessmentStage.NOT_MET,
    )
)
"""A decision that leads to one of these says what must be corrected, or why it is over."""
ANSWERS = (Kind.PLAN_REVISION, Kind.RECTIFICATION_REPORT)
"""What the operator does about it; until somebody judges that, what had to be corrected is still asked."""
_ASIDE = (Kind.SUPPORT, Kind.SET_ASIDE, *STAYS)


def decisions_in_force(log: Iterable[LogLine], term: int) -> list[LogLine]:
    """Return the decisions of a term that count, in the order in which they came."""
    lines = in_order(log)
    fallen = _fallen_years(lines, term)
    return [
        line
        for line in lines
        if line.term == term
        and line.entry.kind is EntryKind.DECISION
        and line.set_aside_by is None
        and line.entry.name not in _ASIDE
        and line.year not in fallen
    ]


def _fallen_years(lines: Sequence[LogLine], term: int) -> set[int]:
    """Return the years whose assessment no longer counts, though its own log says nothing of that.

    The platform's note of its end was set aside, with the listing or for the record, and the year is not
    open again.
    """
    own = [line for line in lines if (line.term, line.year) == (term, 0)]
    ends = [line for line in own if line.entry.name == Happening.ASSESSMENT_ENDED]
    in_force = {line.entry.said["year"] for line in ends if line.set_aside_by is None}
    fallen = {line.entry.said["year"] for line in ends} - in_force
    if fallen:
        # Rare; and it loads the rules, a tenth of the time in which the inbox answers.
        from workflows.state_folding import fold  # noqa: PLC0415

        with suppress(LookupError, ValueError, TypeError, AttributeError):  # not all has arrived
            return fallen - {getattr(fold(line.entry for line in own), "open_assessment", None)}
    return set()


def last_of_each_kind(lines: Iterable[LogLine]) -> list[LogLine]:
    """Return of each kind of decision the last one, in order."""
    last: dict[str, LogLine] = {}
    for line in lines:
        last.pop(line.entry.name, None)  # a later one of a kind stands where it came
        last[line.entry.name] = line
    return list(last.values())


def what_it_rests_on(log: Iterable[LogLine], term: int) -> list[LogLine]:
    """Return what the next decision of a term rests on: of each kind the last that counts.

    First the platform's own, then those of its newest assessment.
    """
    found = decisions_in_force(log, term)
    newest = max((line.log for line in found), default=None)
    own = [line for line in found if not line.year]
    year = [line for line in found if newest and newest.year and line.log == newest]
    return last_of_each_kind(own) + last_of_each_kind(year)


def application_of(log: Iterable[LogLine], term: int) -> LogLine | None:
    """Return the entry by which a term was applied for; None while it has not arrived."""
    entries = (line for line in log if (line.term, line.year, line.entry.seq) == (term, 0, 1))
    return next(entries, None)


def sent_back(log: Iterable[LogLine], term: int) -> SentBack | None:
    """Return the decision by which a term was sent back or refused; None: nothing is left of one."""
    answer = None
    for line in reversed(decisions_in_force(log, term)):
        if line.entry.name not in ANSWERS:
            found = SentBack(decision=line, answer=answer)
            return found if line.entry.stage in SENT_BACK else None
        answer = answer or line
    return None
