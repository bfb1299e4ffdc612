"""The entries of a term and its assessments as one story: who said what, when, on what basis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audit.claims import REASON_UNSEALED
from db.log_order import in_order
from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.entry_basis import Block, basis
from starter.terminal.entry_wording import entry_words
from starter.terminal.language import say
from starter.terminal.signature_wording import signature_words
from workflows.actors import Actor
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.state_folding import set_aside_marks
from workflows.vocabulary import Happening, Kind

_LONG = 500
"""Letters of a basis beyond which it is parted: kept whole it would leave the page before half empty."""


@dataclass(frozen=True)
class Row:
    """An entry as it is read."""

    number: str
    at: str
    kind: str
    """decision, happening or refused; with `fell`, `alarm` or `aside` where it is so."""
    what: str
    stage: str
    """The stage it led to, where that is another than before."""
    who: str
    """Role, organisation and id."""
    acting_for: str
    decided_on: str
    decision_id: str
    signed_by: str
    """The keys by which it was signed, short; empty where nobody signed."""
    set_aside_by: str
    blocks: Sequence[Block]
    hash: str
    long: bool
    """Whether it may be parted by the end of a page."""


def lines_of(platform_id: str, logs: Iterable[tuple[LogId, Sequence[LogEntry]]]) -> list[LogLine]:
    """The entries of logs as the register has them."""
    return [
        LogLine(
            platform_id=platform_id,
            **place._asdict(),
            workflow_id="",
            entry=entry,
            set_aside_by=marks.get(entry.seq),
        )
        for place, log in logs
        for marks in (set_aside_marks(log),)
        for entry in log
    ]


def rows(lines: Iterable[LogLine]) -> list[Row]:
    """All entries of logs in the order in which they came."""
    stages: dict[LogId, str] = {}
    found = []
    for line in in_order(lines):
        place = line.log
        found.append(_row(place, line, stages.get(place)))
        stages[place] = line.entry.stage
    return found


def _row(place: LogId, line: LogLine, before: str | None) -> Row:
    entry, actor = line.entry, line.entry.actor
    absence = actor.acting_for if actor else None
    blocks = basis(entry) if entry.kind is EntryKind.DECISION or actor else []
    return Row(
        number=place.entry(entry.seq),
        at=wording.moment(entry.at),
        kind=_kind(line),
        what=_what(place, entry),
        stage=wording.stage(entry.stage) if entry.stage != before else "",
        who=_who(actor) if actor else "",
        acting_for=(
            f"{absence.principal_id} {absence.first_day} – {absence.last_day}" if absence else ""
        ),
        decided_on=str(entry.said.get("decided_on", "")),
        decision_id=entry.decision_id or "",
        signed_by=signature_words(entry),
        set_aside_by=place.entry(line.set_aside_by) if line.set_aside_by else "",
        blocks=blocks,
        hash=entry.hash,
        long=len(str(blocks)) > _LONG,
    )


def _who(actor: Actor) -> str:
    """Who said it; the commission's role and name are one."""
    words = (wording.who(actor.role), actor.organisation, actor.id)
    return " · ".join(dict.fromkeys(words))


def _what(place: LogId, entry: LogEntry) -> str:
    year = say(f"Year {place.year} · ", f"第 {place.year} 年 · ") if place.year else ""
    # What a decision says besides stands below it.
    told = entry.kind is EntryKind.DECISION
    words = year + (
        wording.said(entry.name, entry.outcome) if told else entry_words(entry, log=place)
    )
    return words + say(" ({})", "（{}）").format(say(REASON_UNSEALED)) if entry.reason else words


def _kind(line: LogLine) -> str:
    entry = line.entry
    # An application is no decision, and told as one: somebody said it, and on what basis.
    words = [str(EntryKind.DECISION if entry.actor else entry.kind)]
    if line.set_aside_by:
        words.append("fell")
    if entry.name in (Happening.OVERDUE, Happening.ESCALATED):
        words.append("alarm")
    if entry.name == Kind.SET_ASIDE:
        words.append("aside")
    return " ".join(words)
