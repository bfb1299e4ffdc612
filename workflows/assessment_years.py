"""The yearly assessments (§六) in the log of their platform: opened, opened again, and how they ended. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows.case import Case
from workflows.circumstances import NEWEST, Edition
from workflows.model import as_sent, instant
from workflows.platform_changes import changes_to_follow
from workflows.record import EntryKind, LogEntry
from workflows.reopening import BrokenLog, record_of
from workflows.roster_entries import RosterRoot
from workflows.rules import ending
from workflows.run_io import AssessmentOpening, CarriedAssessment
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Happening, Kind, Role
from workflows.words import Words


def open_year(
    case: Case[PlatformState],
    year: int,
    at: datetime,
    valid_until: datetime,
    roles: Mapping[str, Role],
) -> AssessmentOpening:
    """Note in a platform's log that a year's assessment opens, where it is not open; return its input."""
    state, before = case.state, case.log[-1].hash
    if state.open_assessment is None:
        content = {"year": year} | opening_number(case.log, state, year)
        before = case.record_event(Happening.ASSESSMENT_OPENED, content, at).hash
    return AssessmentOpening(
        facts=state.facts,
        year=year,
        opening=case.state.openings,
        valid_until=valid_until,
        before=before,
        roles=dict(roles),
        suspended_since=state.suspended_since,
        roster=state.roster,
    )


def open_assessment(
    opening: AssessmentOpening, at: datetime, edition: Edition = NEWEST
) -> Case[AssessmentState]:
    """Return the case of an assessment that begins."""
    content = opening_content(opening)
    return Case.open(content, at, opening.before, edition=edition, roles=opening.roles)


def opening_content(opening: AssessmentOpening) -> dict[str, Any]:
    """Return what the first entry of an assessment's log says."""
    since = opening.suspended_since
    return {
        "year": opening.year,
        "opening": opening.opening,
        "valid_until": instant(opening.valid_until),
        "facts": as_sent(opening.facts),
        **({"suspended_since": instant(since)} if since else {}),
        **({"roster": {"root": as_sent(opening.roster)}} if opening.roster else {}),
    }


def note_year_end(
    case: Case[PlatformState], year: int, result: str, content: dict[str, Any], at: datetime
) -> None:
    """Note how an assessment ended, or that it was closed because what it rests on was set aside."""
    if case.state.open_assessment == year:
        outcome = ending(case.state, result)
        if outcome != result and not case.ended:
            content = {key: value for key, value in content.items() if key != "log_hash"}
        case.record_event(Happening.ASSESSMENT_ENDED, content, at, outcome)
    elif not case.ended:
        case.record_event(Happening.ASSESSMENT_CLOSED, content, at)


def signed_versions(log: Sequence[LogEntry], after: int) -> list[dict[str, Any]]:
    """Return the versions of the roster after one that a platform's log has, with their signatures."""
    roots = [
        root
        for entry in log
        if entry.name == Happening.ROSTER_LEARNED
        for root in entry.said["roots"]
    ]
    return [root for root in roots if root["root"]["version"] > after]


def known_when_taken(log: Sequence[LogEntry], taken: Mapping[str, Any]) -> RosterRoot | None:
    """Return the version of the roster that a platform knew when it took a setting aside: its proofs are of it.

    It may have been shown a later one since, while the log of the assessment was looked up.
    """
    entry = next(
        e
        for e in reversed(log)
        if e.kind is EntryKind.DECISION
        and (e.name, e.decision_id) == (Kind.SET_ASIDE, taken["decision_id"])
    )
    return fold(log[: entry.seq]).roster


def _newer(root: RosterRoot | None, known: RosterRoot) -> RosterRoot | None:
    return root if root and root.version > known.version else None


def opening_number(log: Sequence[LogEntry], state: PlatformState, year: int) -> dict[str, int]:
    """Return which opening of a year this is, only where counting on would use a number twice.

    That is so when an earlier opening was set aside with all that followed: its log is still there.
    """
    opened = sum(e.name == Happening.ASSESSMENT_OPENED and e.said["year"] == year for e in log)
    return {} if opened == state.openings else {"opening": opened + 1}


def reopened(
    opening: AssessmentOpening,
    ended: Sequence[LogEntry],
    log: Sequence[LogEntry],
    set_aside: dict[str, Any],
    edition: Edition = NEWEST,
    *,
    hands_on: bool = True,
) -> AssessmentOpening:
    """Return the input that opens an ended assessment again from its log, with the setting aside to take.

    `log` is the platform's: its note of the end holds the hash that the assessment's log must have. With
    `hands_on` the assessment is handed on the version of the roster by which a signed one was taken; before,
    it was shown all versions since its own, of which one message holds no more than `MOST_ROOTS`.

    Raises:
        BrokenLog: the assessment's log is not the one that the platform saw end.
    """
    note = next(
        e
        for e in reversed(log)
        if e.name == Happening.ASSESSMENT_ENDED and e.said["year"] == opening.year
    )
    entries = note.said["entries"]
    if len(ended) < entries or ended[entries - 1].hash != note.said["log_hash"]:
        raise BrokenLog(
            Words(
                f"entry {entries} of the assessment is not the one that ended it",
                f"考核记录第 {entries} 条不是使其结束的条目",
            )
        )
    record = record_of(ended, {}, edition)
    case = set_aside.get("case")
    if case and not set_aside.get("signatures"):
        # It named the platform's case, and now the year's. What is signed stays as it was signed.
        set_aside = {**set_aside, "case": {**case, "year": opening.year}}
    state = fold(ended)
    assert isinstance(state, AssessmentState), "the log of an assessment"  # noqa: S101
    handed_on: RosterRoot | None = None
    if set_aside.get("signatures") and state.roster:  # who signed may stand in a later version
        if hands_on:
            handed_on = _newer(known_when_taken(log, set_aside), state.roster)
        elif later := signed_versions(log, after=state.roster.version):
            set_aside = {**set_aside, "roster": later}
    carried = CarriedAssessment(state=state, record=record, recorded=len(ended))
    return opening.model_copy(
        update={
            "before": record.before,
            "carried": carried,
            "set_aside": set_aside,
            "handed_on": handed_on,
            "changes": tuple(changes_to_follow(log, record.before, ended)),
        }
    )
