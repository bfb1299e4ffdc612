"""Reading the decisions that wait for a second signature, of which the cases know nothing yet."""

from collections.abc import Mapping
from typing import Any

from db.asyncpg_connections import Source, connections
from db.inbox_queries import UNKNOWN
from db.reading import LARGEST_PAGE, columns, read
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.lifecycle_rows import SUPPORT
from workflows.log_id import LogId
from workflows.model import Instant, Record, Sha256
from workflows.vocabulary import Kind


class TargetEntry(Record):
    """The entry of a decision that is to be set aside."""

    term: int
    year: int
    opening: int
    seq: int
    name: str
    outcome: str

    @property
    def number(self) -> str:
        """As timelines number it: `1.5`, `1-y2.3`."""
        return LogId(self.term, self.year, self.opening).entry(self.seq)


class CountersignDraft(Record):
    """A decision with its first signature; `year` 0 is the platform itself."""

    number: int
    platform_id: str
    term: int
    year: int
    kind: str
    outcome: str
    person_id: str
    decision_id: str
    answers: Sha256
    decision: dict[str, Any]
    left_at: Instant
    name: str | None = None
    """The platform's, where the register has it."""
    due: Instant | None = None
    """Until when such a decision is awaited; None: it is not, or that is not known yet."""
    replaces: tuple[int, ...] = ()
    """When it is left: the numbers of what its person had left on the same matter, in whose place it came."""
    target: TargetEntry | None = None
    """Of a setting aside: what is to be set aside, where the register has it."""


def words_of(decision: Mapping[str, Any], *besides: str) -> dict[str, Any]:
    """Return what a decision says, without what is another each time that somebody decides the same."""
    return {name: value for name, value in decision.items() if name not in (*_ANEW, *besides)}


def of_one_matter(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether of two decisions of one kind, by one person on one case, only one can be meant.

    A step of a case is decided once. What may be decided at any time is another matter in other words, and a
    setting aside where it is of another decision.
    """
    if one["kind"] == Kind.SET_ASIDE:
        return all(one.get(name) == other.get(name) for name in ("target", "entry", "year"))
    return one["kind"] not in _AT_ANY_TIME or words_of(one) == words_of(other)


_AT_ANY_TIME = {trigger.name for table in (PLATFORM, ASSESSMENT) for trigger in table.anytime} | {
    trigger.name for trigger in SUPPORT
}
_ANEW = ("decision_id", "decided_on", "case", "signatures")


async def countersign_drafts_waiting(
    source: Source, platform_id: str | None = None, limit: int = LARGEST_PAGE
) -> list[CountersignDraft]:
    """Return those that wait, the oldest first; what was decided meanwhile does not."""
    rows = await connections(source).fetch(_WAITING, platform_id, limit)
    return [read(CountersignDraft, row) for row in rows]


async def countersign_draft(source: Source, number: int) -> CountersignDraft | None:
    """Return the one of a number; None: there is none, or it was dropped."""
    rows = await connections(source).fetch(_ONE, number)
    return read(CountersignDraft, rows[0]) if rows else None


_ROWS = f"""SELECT {columns(CountersignDraft, of="d", but=("name", "due", "target", "replaces"))}, p.name, (
    SELECT NULLIF(min(a.due), '{UNKNOWN.isoformat()}') FROM awaiting AS a
    WHERE a.platform_id = d.platform_id AND a.year = d.year AND a.kind = d.kind
) AS due, (
    SELECT jsonb_build_object('term', e.term, 'year', e.year, 'opening', e.opening, 'seq', e.seq,
        'name', e.name, 'outcome', e.outcome)
    FROM log_entries AS e WHERE d.kind = '{Kind.SET_ASIDE}' AND e.kind = 'decision'
    AND e.platform_id = d.platform_id AND e.term = d.term AND e.decision_id = d.decision ->> 'target'
    AND e.seq = COALESCE((d.decision ->> 'entry')::int, e.seq)
    ORDER BY (e.year = COALESCE((d.decision ->> 'year')::int, d.year)) DESC, e.opening DESC, e.seq LIMIT 1
) AS target FROM countersign_drafts AS d LEFT JOIN platforms AS p ON p.platform_id = d.platform_id"""  # noqa: S608 - of constants
_ONE = f"{_ROWS} WHERE d.number = $1"
_WAITING = f"""{_ROWS} WHERE ($1::text IS NULL OR d.platform_id = $1) AND NOT EXISTS (
    SELECT 1 FROM log_entries AS e WHERE e.platform_id = d.platform_id AND e.kind = 'decision'
    AND e.decision_id = d.decision_id AND e.actor ->> 'id' = d.person_id)
ORDER BY d.number LIMIT $2"""  # noqa: S608 - of constants
