"""Whether decisions have the authors that they name, out of the logs alone: offline, and years later.

The rules are those by which the workflow took them (`workflows/signature_checks.py`, `authorship_checks.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from audit.problems import Check, Problem
from audit.reading.known_rosters import revocations
from audit.reading.log_states import NO_LOG, states_of
from workflows.authorship_checks import Authored, signatures_wanted
from workflows.content_chain import ContentChain
from workflows.decision import NOT_SIGNED, CaseReference
from workflows.judge import objections_to_case
from workflows.log_id import LogId
from workflows.periods import beijing_time
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState
from workflows.signature_checks import proven_author_faults, signature_faults
from workflows.signatures import Signature
from workflows.signed_form import countersigners, signed_form_of_entry, signers
from workflows.ssh_signatures import BadSignature
from workflows.vocabulary import Authorship, Kind, Role
from workflows.words import Words

Logs = Mapping[LogId, Sequence[LogEntry]]


class Examined(NamedTuple):
    """A decision that is signed, or must be; and what does not hold of its authors."""

    entry: LogEntry
    faults: "list[Fault]"
    proven: bool
    """Whether each signer stood in the roster that the case knew then, in the role of the decision."""


class Fault(NamedTuple):
    """What does not hold of an entry's authors: `name` is what it is counted by."""

    name: str
    words: Words


def is_signed(entry: LogEntry) -> bool:
    """Return whether an entry is a decision that came with signatures, whether they hold or not."""
    return entry.kind is EntryKind.DECISION and bool(entry.said.get("signatures"))


def check_signatures(place: LogId, logs: Logs) -> Iterator[Problem]:
    """Return whatever does not hold of the authors of a log; nothing where nothing is asked of them."""
    for entry, faults, _ in examined_entries(place, logs):
        for _, (en, zh) in faults:
            words = Words(f"entry {entry.seq}: {en}", f"第 {entry.seq} 条：{zh}")
            yield Problem(place.file, words, Check.SIGNATURES)


def signed_after_revocation(logs: Logs, office: Mapping[str, datetime]) -> Iterator[Problem]:
    """Return the decisions by keys that the office's roster had revoked by then: keys by their lines.

    Where the register was away, and signatures are not asked for, a signature came without its proof, and
    nothing in the logs says so.
    """
    known = revocations(logs)
    unheard = {key: since for key, since in office.items() if key not in known}
    for place, log in sorted(logs.items()) if unheard else ():
        for entry in log:
            if not is_signed(entry):
                continue
            with suppress(BadSignature):  # said of the signature itself
                for _, (en, zh) in _revoked(entry, unheard):
                    words = Words(f"entry {entry.seq}: {en}", f"第 {entry.seq} 条：{zh}")
                    yield Problem(place.file, words, Check.SIGNATURES)


def examined_entries(place: LogId, logs: Logs) -> Iterator[Examined]:
    """Return each decision of a log that is signed, or must be, and what does not hold of its authors."""
    log = logs[place]
    if not any(is_signed(entry) or _asks(entry) for entry in log):
        return
    last = max((n for n, one in enumerate(log) if one.kind is EntryKind.DECISION), default=0)
    after, chain = states_of(log[:last]), ContentChain()
    platform = logs.get(LogId(place.term)) if place.year else ()
    roles: dict[str, Role] = {}
    revoked = revocations(logs)
    for number, entry in enumerate(log):
        state = after[number - 1] if 0 < number <= len(after) else None
        if entry.kind is EntryKind.DECISION and (is_signed(entry) or _wanted(entry, state)):
            with suppress(*NO_LOG):  # of no case: said elsewhere, and nothing was signed for it
                chain.extend(log[:number])
            sent_on = _sent_on(entry, log[:number], platform)
            faults = list(_faults(entry, log[:number], state, chain.answerable, sent_on=sent_on))
            if not faults and state:
                faults = [*_author_faults(entry, state, roles)] or [*_revoked(entry, revoked)]
            yield Examined(entry, faults, not faults and _is_proven(entry, state))
        if entry.actor and entry.kind is not EntryKind.REFUSED:
            roles.setdefault(entry.actor.id.casefold(), entry.actor.role)
            with suppress(*NO_LOG):
                for person, role in countersigners(entry):
                    roles.setdefault(person.casefold(), role)


def _asks(entry: LogEntry) -> bool:
    """Whether decisions after an entry may have to be signed."""
    return bool(entry.said.get("roster") or entry.said.get("authorship"))


def _wanted(entry: LogEntry, state: CaseState | None) -> int:
    return signatures_wanted(state, entry.name, entry.outcome) if state else 0


def _is_proven(entry: LogEntry, state: CaseState | None) -> bool:
    """Whether the rules about authors looked at an entry, in which they found nothing wrong."""
    checked = state is not None and state.facts.policy.authorship is not Authorship.NONE
    return checked and is_signed(entry)


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
    return {name: value for name, value in entry.said.items() if name not in NOT_SIGNED}


def _faults(
    entry: LogEntry,
    before: Sequence[LogEntry],
    state: CaseState | None,
    answerable: Sequence[str],
    *,
    sent_on: bool,
) -> Iterator[Fault]:
    """Return what does not hold of the signatures themselves."""
    if not is_signed(entry):
        return
    named, given = None, entry.said.get("case")
    if given is not None:
        try:
            named = CaseReference.model_validate(given)
        except ValidationError:
            words = Words("the case that it names cannot be read", "所注明的案件无法读取")
            yield Fault("transplanted", words)
    if named and state:
        for why in objections_to_case(state, named, sent_on=sent_on):
            yield Fault("transplanted", why)
    form, signatures = signed_form_of_entry(entry), entry.said["signatures"]
    answers = named.answers if named else None
    may_answer = (answers,) if sent_on else answerable
    said = _as_signed(entry)
    again = next((one.seq for one in before if is_signed(one) and _as_signed(one) == said), None)
    for name, why, _ in signature_faults(signatures, form, answers, may_answer):
        if name == "other_step" and again:
            words = Words(f"it is entry {again} once more", f"与第 {again} 条相同")
            yield Fault("replayed", words.at(why))
        else:
            yield Fault(name, why)


def _author_faults(entry: LogEntry, state: CaseState, roles: Mapping[str, Role]) -> Iterator[Fault]:
    """Return why it is not proven who took a decision, by the roster that its case knew then."""
    if entry.actor is None:
        return
    try:
        signatures = signatures_of(entry)
        keys = signers(entry.said.get("signatures", ()), signed_form_of_entry(entry))
    except (ValidationError, BadSignature):
        words = Words("its signatures cannot be read", "签名无法读取")
        yield Fault("forged", words)
        return
    said = Authored(
        kind=entry.name,
        outcome=entry.outcome,
        actor=entry.actor,
        signatures=signatures,
        keys=tuple(keys),
        state=state,
        at=entry.at,
        roles=roles,
    )
    for rule, (why, _) in proven_author_faults(said):
        yield Fault(rule.name, why)


def _revoked(entry: LogEntry, revoked: Mapping[str, datetime]) -> Iterator[Fault]:
    """Return which keys were revoked from before an entry on, though its case had not heard of it yet."""
    for key in signers(entry.said.get("signatures", ()), signed_form_of_entry(entry)):
        since = revoked.get(key.openssh())
        if since and entry.at >= since:
            when = beijing_time(since)
            yield Fault(
                "revoked_before",
                Words(
                    f"the key {key.fingerprint()} was revoked from {when}, Beijing time, on, which the"
                    " case had not heard of",
                    f"密钥 {key.fingerprint()} 已自北京时间 {when} 起吊销，当时本案尚不知悉",
                ),
            )


def signatures_of(entry: LogEntry) -> tuple[Signature, ...]:
    """Return the signatures of an entry with their proofs.

    Raises:
        ValidationError: they are none.
    """
    return tuple(
        Signature.model_validate_json(json.dumps(one)) for one in entry.said.get("signatures", ())
    )
