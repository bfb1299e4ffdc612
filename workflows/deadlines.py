"""When something is due in a case, and what its clock says next. Pure: time is a parameter."""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from workflows.activity_messages import DueDate, DueRequest, EscalationRequest
from workflows.periods import at_nine, last_day
from workflows.rules import CaseState, lifecycle_of
from workflows.states import PlatformState, next_assessment
from workflows.steps import Clock, Step
from workflows.vocabulary import Happening

Clocks = list[tuple[datetime, Happening | None]]
"""What a clock says, and when, the next first; None stands for the end of the case's validity."""


def step_of(state: CaseState) -> Step:
    """Return the row of the table in which a case stands."""
    return lifecycle_of(state).step(state.stage)


def deadline_of(state: CaseState, due: DueDate | None) -> datetime | None:
    """Return when the step becomes overdue; None when it has no due date, is overdue, or suspended."""
    if state.overdue or state.suspended_since:
        return None
    deadlines = {
        # Nothing is passed over on a date that holidays may still move.
        Clock.WORKING_DAYS: (due.latest or due.due) if due else None,
        Clock.RECTIFICATION: getattr(state, "mend_by", None),
    }
    return deadlines.get(step_of(state).clock)


def clocks(
    state: CaseState,
    due: DueDate | None,
    end: datetime | None,
    *,
    sends_reminders: bool = True,
    ended_at: datetime | None = None,
) -> Clocks:
    """Return what the clock will say of the step; reminders and escalations only if so.

    An end that has come by `ended_at` goes before all else: after an outage nobody is told what was due
    before it.
    """
    if end and ended_at and end <= ended_at:
        return [(end, None)]
    deadline = deadline_of(state, due)
    found: Clocks = [(end, None)] if end else []
    if deadline:
        found.append((deadline, Happening.OVERDUE))
    if sends_reminders and due:
        if due.remind and deadline and not state.reminded:
            found.append((due.remind, Happening.REMINDED))
        if due.escalate and state.overdue and not state.suspended_since:
            found.append((due.escalate, Happening.ESCALATED))
    # The end of validity goes before what is due at the same moment.
    return sorted(found, key=lambda clock: (clock[0], clock[1] is not None))


def asked_again(state: CaseState, due: DueDate | None, asked_at: datetime | None) -> list[datetime]:
    """Return when a due date that was last asked for at `asked_at` is asked for again, the next first.

    Holidays may be announced after a step has begun: so before anybody is reminded, and before it is overdue.
    """
    stands = state.overdue or state.suspended_since
    if due is None or stands or step_of(state).clock is not Clock.WORKING_DAYS:
        return []
    moments = (None if state.reminded else due.remind, due.due, due.latest)
    return sorted(m for m in moments if m and (asked_at is None or asked_at < m))


def due_request(
    state: CaseState, *, sends_reminders: bool = True, latest: bool = False
) -> DueRequest:
    """Return the question when the step is due. A clock that was stopped goes on where it stopped."""
    step, policy = step_of(state), state.facts.policy
    return DueRequest(
        since=state.since,
        working_days=getattr(policy, step.days) if step.days else 0,
        used=tuple((s.since, s.until) for s in state.spent if s.stage is state.stage),
        at_least=policy.resumed_days_at_least,
        until=getattr(state, "mend_by", None) if step.clock is Clock.RECTIFICATION else None,
        reminder_days=policy.reminder_days if sends_reminders else 0,
        latest=latest,
    )


def escalation_request(
    state: CaseState, due: DueDate | None, now: datetime
) -> EscalationRequest | None:
    """Return the question when the overdue step is escalated next; None when that is known, or not done."""
    every = state.facts.policy.escalate_every_days
    if not (every and state.overdue and due) or due.escalate or state.suspended_since:
        return None
    return EscalationRequest(due=due.due, every_days=every, after=now)


def next_expiry_notice(state: PlatformState, now: datetime) -> tuple[datetime, int] | None:
    """Return when the end of validity is announced next, and how many days before it.

    After an outage the last of several is made up for.
    """
    end = state.valid_until
    if end is None:
        return None
    told = state.told_days
    days = [d for d in state.facts.policy.expiry_notice_days if told is None or d < told]
    if not days or now >= end:
        return None
    moments = {d: at_nine(last_day(end) - timedelta(days=d)) for d in days}
    passed = [d for d in days if moments[d] <= now]
    chosen = min(passed) if passed else max(days)
    return moments[chosen], chosen


class ValidityEvent(NamedTuple):
    """What happens by itself while a platform is valid; `days` are those of a notice of the end."""

    moment: datetime
    happening: Happening
    days: int | None = None


HELD_UP = timedelta(minutes=1)
"""A kick-off that comes so late was held up by an outage; a busy worker is late by seconds."""
CATCHING_UP = timedelta(minutes=15)
"""How long the kick-offs that an outage held up take to open: two thousand, and people are still answered."""


def turn_after_outage(
    event: ValidityEvent, began: datetime, now: datetime, platform_id: str
) -> datetime | None:
    """Return when a kick-off opens that was waited for since `began` and comes late; None: at once.

    All that an outage held up wake in one moment. The id fixes when each has its turn, by another part of its
    digest than the hour of its kick-off: those of one minute do not meet again.
    """
    if event.happening is not Happening.ASSESSMENT_OPENED:
        return None
    if not began < event.moment <= now - HELD_UP:
        return None
    digest = hashlib.sha256(platform_id.encode()).digest()
    return now + CATCHING_UP * (int.from_bytes(digest[8:16]) / 2**64)


def next_in_validity(
    state: PlatformState, now: datetime, *, sends_reminders: bool = True, end_first: bool = True
) -> ValidityEvent:
    """Return what happens next to a valid platform in which no assessment is open.

    Once validity has ended that is its end, whatever an outage has let pass before (`end_first`).
    """
    end = state.valid_until
    assert end, "a valid platform has an end of validity"  # noqa: S101
    ends = ValidityEvent(end, Happening.VALIDITY_ENDED)
    if end_first and end <= now:
        return ends
    opens = next_assessment(state)
    event = ValidityEvent(opens, Happening.ASSESSMENT_OPENED) if opens and opens < end else ends
    near = next_expiry_notice(state, now) if sends_reminders else None
    if near and near[0] < event.moment:
        return ValidityEvent(near[0], Happening.VALIDITY_NEARING, near[1])
    return event
