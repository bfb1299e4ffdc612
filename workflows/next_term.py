"""The application for the next term (§四: 期满须重新申请), handed in while the platform is still valid.

It waits with the case of the term that ends, and becomes the case of the next one the moment validity
ends. What ends the term otherwise lets it lapse. Pure.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from workflows.application import PlatformApplication, PreviousTerm, PreviousYear
from workflows.bodies import Body, body_of, lacking_codes, same_body
from workflows.case_changes import CHANGEABLE
from workflows.circumstances import Circumstances
from workflows.model import InvalidMessage, as_sent, canonical, parse, sha256
from workflows.next_application import NextTerm
from workflows.periods import beijing_date, days_before, last_day
from workflows.policy import policy_problem
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, lifecycle_of
from workflows.signed_roots import SignedRoot
from workflows.states import PlatformState
from workflows.vocabulary import AssessmentStage, Kind, NextTermOutcome
from workflows.words import Words

MOST_BYTES = 200_000
"""So large may it be (bytes of JSON): it is carried with the record of the case until the term ends."""


def taken_from(state: CaseState) -> date | None:
    """Return the first day on which an application for the next term is taken; None where none is."""
    days = state.facts.policy.next_term_days
    if not (days and state.valid_until):
        return None
    possible = any(t.name == Kind.NEXT_TERM for t in lifecycle_of(state).triggers(state.stage))
    return days_before(last_day(state.valid_until), days) if possible else None


def in_the_last_days(decision: NextTerm, state: CaseState, now: Circumstances) -> Words | None:
    """§四, Default: it is handed in during the last days of validity that the policy names."""
    first, days = taken_from(state), state.facts.policy.next_term_days
    if first is None:
        return Words(
            "by the policy of this case one applies again after the end of validity",
            "按本案政策参数，有效期届满后方可重新申请",
        )
    if beijing_date(now.at) >= first:
        return None
    return Words(
        f"the next term is applied for from {first} on, {days} days before the end of validity",
        f"下一期申请自 {first} 起受理（有效期届满前 {days} 天）",
    )


def handed_in_or_back(decision: NextTerm, state: CaseState, now: Circumstances) -> Words | None:
    """§四: an application is handed in; only one that was handed in is taken back."""
    if decision.outcome is NextTermOutcome.FILED:
        if decision.application and not decision.reason:
            return None
        return Words(
            "filed brings the application (application), and no reason",
            "提交（filed）须附申请（application），不附理由",
        )
    if decision.application:
        return Words("taken_back brings no application", "撤回（taken_back）不附申请")
    if isinstance(state, PlatformState) and state.next_term is None:
        return Words(
            "no application for the next term was handed in", "尚未提交下一期申请，无可撤回"
        )
    return None


def of_this_platform(decision: NextTerm, state: CaseState, now: Circumstances) -> Words | None:
    """§四: it is for the same platform and by its operator, under an id of its own."""
    form, facts = decision.application, state.facts
    if form is None:
        return None
    if form.platform_id != facts.platform_id:
        return Words(
            f"the application is for {form.platform_id}, not for {facts.platform_id}",
            f"申请的平台为 {form.platform_id}，不是 {facts.platform_id}",
        )
    if form.application_id == facts.application_id:
        return Words(
            f"application_id {form.application_id} is that of the present term: give it another",
            f"申请编号 {form.application_id} 已用于本期，请另编",
        )
    if not same_body(body_of(form.operator), body_of(facts.operator), now.edition):
        return Words(
            f"the operator is {facts.operator.name}, not {form.operator.name}: another one applies"
            " after the end of validity",
            f"平台运营单位为{facts.operator.name}，不是{form.operator.name}；其他单位须在有效期届满后申请",
        )
    if {"term", "previous", "brought_in"} & form.model_fields_set:
        return Words(
            "leave out term, previous and brought_in: the term that ends fills them in",
            "不填 term、previous 和 brought_in：由即将届满的一期填写",
        )
    return None


def as_a_new_case(decision: NextTerm, state: CaseState, now: Circumstances) -> Words | None:
    """§四: what would open no case when the term ends is refused now."""
    form = decision.application
    if form is None:
        return None
    if wrong := policy_problem(form.policy, form.submitted_by, roster=state.roster is not None):
        return wrong.words.at(wrong.field)
    for field, why in lacking_codes(form) if form.policy.credit_codes else ():
        return why.at(field)
    size = len(canonical(as_sent(form)))
    if size > MOST_BYTES:
        return Words(
            f"the application has {size:,} bytes: at most {MOST_BYTES:,}",
            f"申请 {size:,} 字节，超过上限 {MOST_BYTES:,}",
        )
    return None


def next_application(
    state: PlatformState, log: tuple[LogEntry, ...], kept: dict[str, Any] | None
) -> PlatformApplication | None:
    """Return the application with which the next term begins; None where none was handed in.

    `log` is that of the term that has ended, `kept` the application's text.
    """
    filed = state.next_term
    if filed is None or kept is None or sha256(kept) != filed.application_sha256:
        return None
    previous = PreviousTerm(
        term=state.facts.term, log_hash=log[-1].hash, assessments=years_of(state)
    )
    form = parse(PlatformApplication, _as_changed_since(log, kept))
    handed_on: dict[str, Any] = {"term": previous.term + 1, "previous": previous}
    if state.roster:  # what this term knows is proved; what an application says of it is not
        handed_on["roster"] = SignedRoot(root=state.roster, signatures=())
    return form.model_copy(update=handed_on)


def _as_changed_since(log: Sequence[LogEntry], kept: dict[str, Any]) -> dict[str, Any]:
    """An application with the facts that have changed since it was filed, as far as it repeats what they were.

    A renamed operator need not apply again; what it applied for otherwise stays as it was written.
    """
    filed = max((e.seq for e in log if e.name == Kind.NEXT_TERM), default=0)
    for entry in log[filed:]:
        if entry.name != Kind.FACTS_CHANGE or entry.kind is not EntryKind.DECISION:
            continue
        before = entry.said["replaced"]
        stated = {name for name in CHANGEABLE if name in entry.said or name in before}
        same = {name for name in stated if _is_same(kept.get(name), before.get(name))}
        changed = {name: entry.said.get(name) for name in same}
        followed = {k: v for k, v in (kept | changed).items() if v is not None or k not in same}
        with suppress(InvalidMessage):  # a field that its own policy does not have stays as it was
            parse(PlatformApplication, followed)
            kept = followed
    return kept


def _is_same(one: Any, other: Any) -> bool:
    """Whether two facts are one; of bodies, however their names are written."""
    if isinstance(one, dict) and isinstance(other, dict):
        return same_body(
            Body(one["name"], one.get("credit_code")), Body(other["name"], other.get("credit_code"))
        )
    return bool(one == other)


def years_of(state: PlatformState) -> tuple[PreviousYear, ...]:
    """Return how the yearly assessments of a term ended, for the term after it."""
    return tuple(
        PreviousYear(year=one.year, result=AssessmentStage(one.result)) for one in state.assessments
    )
