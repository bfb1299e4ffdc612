"""Whether the signatures of a log's decisions hold, out of the log alone: offline, and years later.

The rule is that by which the workflow took them (`workflows/signature_checks.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from audit.problems import Check, Problem
from audit.reading.log_states import NO_LOG, states_of
from workflows.content_chain import ContentChain
from workflows.decision import ADDED_BY_LOG, CaseReference
from workflows.judge import objections_to_case
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState
from workflows.signature_checks import signature_faults
from workflows.signed_form import signed_form_of_entry
from workflows.vocabulary import Kind
from workflows.words import Words


def is_signed(entry: LogEntry) -> bool:
    """Return whether an entry is a decision that came with signatures, whether they hold or not."""
    return entry.kind is EntryKind.DECISION and bool(entry.said.get("signatures"))


def check_signatures(place: LogId, logs: Mapping[LogId, Sequence[LogEntry]]) -> Iterator[Problem]:
    """Return whatever does not hold of the signatures of a log. Without signatures nothing is wrong."""
    for entry, faults in signed_entries(place, logs):
        for en, zh in faults:
            words = Words(f"entry {entry.seq}: {en}", f"第 {entry.seq} 条：{zh}")
            yield Problem(place.file, words, Check.SIGNATURES)


def signed_entries(
    place: LogId, logs: Mapping[LogId, Sequence[LogEntry]]
) -> Iterator[tuple[LogEntry, list[Words]]]:
    """Return each decision of a log that came with signatures, and what does not hold of them."""
    log = logs[place]
    signed = [number for number, entry in enumerate(log) if is_signed(entry)]
    before = states_of(log[: signed[-1]]) if signed else []
    chain = ContentChain()
    platform = logs.get(LogId(place.term)) if place.year else ()
    for number in signed:
        entry, state = log[number], before[number - 1] if 0 < number <= len(before) else None
        with suppress(*NO_LOG):  # of no case: said elsewhere, and nothing was signed for it
            chain.extend(log[:number])
        answerable = chain.answerable
        sent_on = _sent_on(entry, log[:number], platform)
        yield entry, list(_faults(entry, state, answerable, sent_on=sent_on))


def _sent_on(
    entry: LogEntry, before: Sequence[LogEntry], platform: Sequence[LogEntry] | None
) -> bool:
    """Return whether the platform took a setting aside, and sent it on to the assessment: once.

    Where the platform's log is missing nobody can say otherwise; that it is missing is said elsewhere.
    """
    named, said = entry.said.get("case"), _as_signed(entry)
    if entry.name != Kind.SET_ASIDE or not isinstance(named, dict) or named.get("year"):
        return False
    if any(_as_signed(one) == said for one in before if one.name == entry.name):
        return False
    return platform is None or any(_as_signed(one) == said for one in platform if is_signed(one))


def _as_signed(entry: LogEntry) -> dict[str, Any]:
    return {name: value for name, value in entry.said.items() if name not in ADDED_BY_LOG}


def _faults(
    entry: LogEntry, state: CaseState | None, answerable: Sequence[str], *, sent_on: bool
) -> Iterator[Words]:
    named, given = None, entry.said.get("case")
    if given is not None:
        try:
            named = CaseReference.model_validate(given)
        except ValidationError:
            yield Words("the case that it names cannot be read", "所注明的案件无法读取")
    if named and state:
        yield from objections_to_case(state, named, sent_on=sent_on)
    form, signatures = signed_form_of_entry(entry), entry.said["signatures"]
    answers = named.answers if named else None
    may_answer = (answers,) if sent_on else answerable
    for why, _ in signature_faults(signatures, form, answers, may_answer):
        yield why
