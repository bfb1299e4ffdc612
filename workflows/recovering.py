"""A case that is open, gone on with from its log alone: what it begins with, and what it must show. Pure.

Its log is enough: the state is its fold, the receipts are what its entries say. The deadlines are those of
before, because they are reckoned from moments that stand in the log.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows.activity_messages import CaseLog
from workflows.case import Case
from workflows.case_record import PlanVersion
from workflows.case_roles import roles_of_years, year_log
from workflows.circumstances import NEWEST, Edition
from workflows.known_roster import News
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.model import canonical
from workflows.platform_changes import changes_to_follow
from workflows.record import LogEntry, find_chain_break
from workflows.recovery import Recovery, YearLog, news_of_recovery, objection_to_signer
from workflows.reopening import BrokenLog, objection_to_carried, plans_filed, record_of
from workflows.roster_entries import RosterRoot
from workflows.rules import CaseState
from workflows.run_io import AssessmentOpening, CarriedAssessment, CarriedPlatform
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Happening
from workflows.words import Words

MOST_PLANS = 500_000
"""Bytes of JSON of plans that a case takes along; a start is at most 2 MB, with the log and the receipts."""


def term_from_log(
    logs: Mapping[LogId, Sequence[LogEntry]],
    plans: Mapping[str, Any],
    next_application: dict[str, Any] | None = None,
) -> CarriedPlatform:
    """Return what a term goes on with, without the recovery that says so.

    `logs` are its own and those of its assessments, `plans` the texts of its plans by their SHA-256.

    Raises:
        BrokenLog: an entry was changed, moved or is missing, or the text of a plan is.
    """
    log = logs[min(logs)]
    record = record_of(log, plans)  # sees first that the log is whole
    state = fold(log)
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    more = {
        "roles": roles_of_years(state, logs),
        "plans": _as_many_as_fit(plans_filed(log, plans)),
        "next_application": next_application,
    }
    record = record.model_copy(update=more)
    return CarriedPlatform(state=state, record=record, recorded=len(log))


def _as_many_as_fit(plans: Sequence[PlanVersion]) -> tuple[PlanVersion, ...]:
    """Return the newest plans: with them the new history is whole in itself. The others are in the register."""
    kept: list[PlanVersion] = []
    size = 0
    for plan in reversed(plans):
        size += len(canonical(plan.plan))
        if size > MOST_PLANS:
            break
        kept.insert(0, plan)
    return tuple(kept)


def year_end(state: PlatformState, log: Sequence[LogEntry]) -> YearLog:
    """Return how far the log of the assessment goes that is open."""
    assert state.open_assessment, "it has a log"  # noqa: S101
    return YearLog(
        year=state.open_assessment,
        opening=state.openings,
        entries=len(log),
        log_hash=log[-1].hash,
    )


def log_to_recover(logs: Mapping[LogId, Sequence[LogEntry]], roster: RosterRoot | None) -> CaseLog:
    """Return a platform's own log of its newest term, with all else that it takes to go on from it.

    A log that is not whole comes alone: then nothing goes on from it, and the case says why.
    """
    newest = max((place.term for place in logs), default=0)
    own = logs.get(LogId(newest), ())
    if not own or find_chain_break(own, own[0].previous):
        return CaseLog(entries=tuple(own))
    state = fold(own)
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    year = year_log(state, logs)
    return CaseLog(
        entries=tuple(own),
        roles=roles_of_years(state, logs),
        assessment=year_end(state, year) if year else None,
        roster=roster,
    )


def objection_to_recovery(carried: CarriedPlatform, found: CaseLog, at: datetime) -> Words | None:
    """Return why a term does not go on from its log; None where it does.

    `found` is what the register has of the platform's newest term. Whoever starts a workflow can send
    anything: only what follows from that log is taken up, and only once an officer says so where there is a
    roster.
    """
    recovery, log = carried.recovery, found.entries
    assert recovery, "nothing else is asked for a recovery"  # noqa: S101
    wrong = objection_to_carried(carried, log, found.roles)
    if wrong:
        return wrong
    state = carried.state
    if PLATFORM.ended(state.stage):
        return _ENDED
    stated = recovery.platform_id, recovery.term, recovery.entries, recovery.log_hash
    if stated != (state.facts.platform_id, state.facts.term, len(log), log[-1].hash):
        return _OTHER_END
    if recovery.assessment != found.assessment:
        return _OTHER_YEAR
    return objection_to_signer(recovery, state.roster, found.roster, at)


def note_recovery(
    case: Case[Any], recovery: Recovery, at: datetime, registered: RosterRoot | None = None
) -> None:
    """Note in a log that its case goes on from it, once; and the versions of the roster that come with it.

    A case that has ended notes nothing. `registered` is the roster by which a case that knows none was asked
    who signs.
    """
    noted = any(
        e.name == Happening.RECOVERED and e.said["recovery_id"] == recovery.recovery_id
        for e in case.log
    )
    if noted or case.ended:
        return
    at = max(at, case.log[-1].at)
    if roots := news_of_recovery(recovery, case.state.roster).roots:
        case.record_event(Happening.ROSTER_LEARNED, News(roots).content(), at)
    under = None if case.state.roster else registered
    case.record_event(Happening.RECOVERED, recovery.content(under), at)


def year_from_log(
    opening: AssessmentOpening,
    found: Sequence[LogEntry],
    log: Sequence[LogEntry],
    recovery: Recovery,
    edition: Edition = NEWEST,
) -> AssessmentOpening:
    """Return the input by which the open assessment goes on from its log; `log` is its platform's.

    Nothing of it may have come to the register: then it is opened as its platform's log says.

    Raises:
        BrokenLog: it is not the log of this assessment, or another one than the recovery names.
    """
    opened = {e.hash for e in log if _opens(e, opening.year)}
    if not found:
        last = next(e.hash for e in reversed(log) if _opens(e, opening.year))
        return opening.model_copy(update={"before": last})
    stated = recovery.assessment
    if found[0].previous not in opened or not (stated and _is_stated(found, opening, stated)):
        raise BrokenLog(_OTHER_YEAR)
    record = record_of(found, {}, edition)
    state: CaseState = fold(found)
    assert isinstance(state, AssessmentState), "the log of an assessment"  # noqa: S101
    return opening.model_copy(
        update={
            "before": record.before,
            "carried": CarriedAssessment(state=state, record=record, recorded=len(found)),
            "changes": tuple(changes_to_follow(log, record.before, found)),
            "recovery": recovery,
        }
    )


def _opens(entry: LogEntry, year: int) -> bool:
    return entry.name == Happening.ASSESSMENT_OPENED and entry.said["year"] == year


def _is_stated(found: Sequence[LogEntry], opening: AssessmentOpening, stated: YearLog) -> bool:
    """Whether a log is the one that a recovery names, or goes on from it: after a reset."""
    same = (stated.year, stated.opening) == (opening.year, opening.opening)
    return (
        same and len(found) >= stated.entries and found[stated.entries - 1].hash == stated.log_hash
    )


_ENDED = Words("the term has ended: nothing of it goes on", "该期已结束，无可接续")
_OTHER_END = Words(
    "the recovery names another case, or another last entry of its log",
    "接续说明所列案件或末条与记录不符",
)
_OTHER_YEAR = Words(
    "it is not the log of the open assessment that the recovery names",
    "与接续说明所列进行中考核的记录不符",
)
GONE_ON = Words(
    "the register has gone on from this log already: somebody else recovers the case, or it lives elsewhere",
    "名册中该记录已有后续：另有人正在接续，或该案件在他处仍在运行",
)
