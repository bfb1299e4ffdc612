"""Was a platform valid on a day, and why or why not (§四, last paragraph): from what its logs say.

Validity begins with the day of the listing and ends with its last day. A delisting or a withdrawal ends
it on its own day: the platform is not valid on that day any more (§六). Days are those in Beijing, and
those on which people decided, also where a decision was entered later.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from db.asyncpg_connections import Source, connections
from db.reading import LOG_COLUMNS, log_line
from db.row_types import LogLine
from workflows.lifecycle import LISTING_OUTCOMES
from workflows.model import Record
from workflows.periods import anniversary, beijing_date
from workflows.record import EntryKind
from workflows.vocabulary import Happening, Kind, ReassessmentOutcome, Stage


class Why(StrEnum):
    """Why a platform is valid on a day, or is not."""

    VALID = "valid"
    NEVER_LISTED = "never_listed"
    NOT_YET_LISTED = "not_yet_listed"
    EXPIRED = "expired"
    DELISTED = "delisted"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    SET_ASIDE = "set_aside"


class Listing(Record):
    """A listing of a platform: from which day until which, and how it ended before, if it did."""

    term: int
    list_number: str
    certificate_number: str
    listed_on: date
    last_day: date
    brought_in_on: date | None = None
    """It was not decided here: by documents it stood so on that day."""
    entered_on: date | None = None
    """The day on which it was entered here: nobody could ask for it before."""
    ended_on: date | None = None
    ended_as: Why | None = None
    set_aside_on: date | None = None


class Validity(Record):
    """The answer for a day; `listing` is the one that it rests on, None when there is none.

    A platform that is suspended stays valid, and gets no support meanwhile: `suspended_on` is since when.
    """

    platform_id: str
    name: str
    day: date
    valid: bool
    reason: Why
    listing: Listing | None = None
    suspended_on: date | None = None


def deciding(entry: str, first: int) -> str:
    """Return the condition on an entry that has a say, by `DECIDING_NAMES` as parameters from `first` on."""
    kind, names, ended, stage = range(first, first + 4)
    return (
        f"{entry}.kind <> ${kind} AND ({entry}.name = ANY(${names})"
        f" OR ({entry}.name = ${ended} AND {entry}.stage = ${stage}))"
    )


_NAME = "SELECT name FROM platforms WHERE platform_id = $1"
_POLICIES = "SELECT term, policy FROM terms WHERE platform_id = $1"
_DECIDING_ENTRIES = " ".join(
    (
        "SELECT",
        LOG_COLUMNS,
        "FROM log_entries AS log WHERE log.platform_id = $1 AND",
        deciding("log", 2),
        "ORDER BY log.term, log.year, log.opening, log.seq",
    )
)
_ENDINGS: dict[str, Why] = {Kind.WITHDRAWAL: Why.WITHDRAWN, Kind.TERMINATION: Why.TERMINATED}
_SUSPENSIONS = (Kind.SUSPENSION, Kind.RESUMPTION)
_DECISIONS = (
    *LISTING_OUTCOMES,
    *_ENDINGS,
    *_SUSPENSIONS,
    Kind.REASSESSMENT,
    Kind.SET_ASIDE,
)
DECIDING_NAMES = (EntryKind.REFUSED, _DECISIONS, Happening.ASSESSMENT_ENDED, Stage.DELISTED)
"""What has a say, for `deciding`."""


async def validity(source: Source, platform_id: str, day: date) -> Validity | None:
    """Whether a platform was, is or as things stand will be valid on a day; None: it is not known."""
    async with connections(source).connect() as reading:
        named = await reading.fetch(_NAME, platform_id)
        if not named:
            return None
        policies = await reading.fetch(_POLICIES, platform_id)
        rows = await reading.fetch(_DECIDING_ENTRIES, platform_id, *DECIDING_NAMES)
    name = named[0]["name"]
    years = {row["term"]: int(row["policy"].get("validity_years", 3)) for row in policies}
    lines = [log_line(row) for row in rows]
    listing, why = on(listings(lines, years), day)
    return Validity(
        platform_id=platform_id,
        name=name,
        day=day,
        valid=why is Why.VALID,
        reason=why,
        listing=listing,
        suspended_on=suspended_on(
            [line for line in lines if listing and line.term == listing.term], day
        )
        if why is Why.VALID
        else None,
    )


def suspended_on(lines: Sequence[LogLine], day: date) -> date | None:
    """Return since which day a platform was suspended on a day of a term; None where it was not.

    A suspension counts from the day it was entered until the day before it ended: clocks do not go back.
    """
    since = None
    for line in lines:
        on_day = beijing_date(line.entry.at)
        if line.entry.name in _SUSPENSIONS and on_day <= day:
            since = on_day if line.entry.name == Kind.SUSPENSION else None
    return since


def listings(lines: Sequence[LogLine], years: Mapping[int, int]) -> list[Listing]:
    """The listings that the log lines of a platform tell of, in order; `years` of validity by term."""
    found = []
    for line in lines:
        said = line.entry.said
        if line.entry.outcome == LISTING_OUTCOMES.get(line.entry.name):
            listed_on = date.fromisoformat(said.get("listed_on", said["decided_on"]))
            set_aside_on = _set_aside_on(line, lines)
            ended_on, ended_as = (None, None) if set_aside_on else _end(line.term, lines)
            found.append(
                Listing(
                    term=line.term,
                    list_number=said["list_number"],
                    certificate_number=said["certificate_number"],
                    listed_on=listed_on,
                    last_day=date.fromisoformat(said["last_day"])
                    if said.get("last_day")
                    else anniversary(listed_on, years.get(line.term, 3)),
                    brought_in_on=date.fromisoformat(said["decided_on"])
                    if line.entry.name == Kind.BRINGING_IN
                    else None,
                    entered_on=beijing_date(line.entry.at),
                    ended_on=ended_on,
                    ended_as=ended_as,
                    set_aside_on=set_aside_on,
                )
            )
    return found


def on(found: Sequence[Listing], day: date) -> tuple[Listing | None, Why]:
    """Which of a platform's listings answers for a day, and what it says."""
    begun = [one for one in found if one.listed_on <= day]
    counting = [one for one in begun if one.set_aside_on is None]
    if counting:
        last = counting[-1]
        if last.ended_on and last.ended_as and last.ended_on <= day:
            answer = last, last.ended_as
        else:
            answer = last, Why.VALID if day <= last.last_day else Why.EXPIRED
        if answer[1] is Why.VALID:
            return answer
    set_aside = [one for one in begun if one.set_aside_on and day <= one.last_day]
    if set_aside:
        return set_aside[-1], Why.SET_ASIDE
    if counting:
        return answer
    coming = [one for one in found if one.set_aside_on is None]
    return (coming[0], Why.NOT_YET_LISTED) if coming else (None, Why.NEVER_LISTED)


def _end(term: int, lines: Iterable[LogLine]) -> tuple[date | None, Why | None]:
    """On what day a term's validity was ended by a decision, and by which; None where it was not."""
    counting = [line for line in lines if line.term == term and line.set_aside_by is None]
    for line in counting:
        if line.entry.name in _ENDINGS:
            return _decided_on(line), _ENDINGS[line.entry.name]
        if line.entry.name == Happening.ASSESSMENT_ENDED:
            concluded = [
                one
                for one in counting
                if one.entry.outcome == ReassessmentOutcome.NOT_MET
                and (one.entry.name, one.year) == (Kind.REASSESSMENT, line.entry.said.get("year"))
            ]
            return _decided_on(concluded[-1] if concluded else line), Why.DELISTED
    return None, None


def _set_aside_on(line: LogLine, lines: Iterable[LogLine]) -> date | None:
    if line.set_aside_by is None:
        return None
    log = (line.term, line.year, line.opening)
    for one in lines:
        if (one.term, one.year, one.opening) == log and one.entry.seq == line.set_aside_by:
            return _decided_on(one)
    return _decided_on(line)  # what set it aside is still on its way


def _decided_on(line: LogLine) -> date:
    """The day on which people decided; of a happening, that on which it was noted."""
    said = line.entry.said.get("decided_on")
    return date.fromisoformat(said) if said else beijing_date(line.entry.at)
