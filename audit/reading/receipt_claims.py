"""What a receipt says of its entry besides the hash, held against the entry: anybody can alter a file."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from starter.client.receipt_file import Acknowledged
from workflows.decision import ADDED_BY_LOG, Decision, digest_of_content
from workflows.decision_reading import decision_of
from workflows.log_id import LogId
from workflows.model import InvalidMessage, as_sent
from workflows.record import LogEntry
from workflows.states import content_of
from workflows.vocabulary import Kind
from workflows.words import Words

_LONGEST = 60
_COMPLETED = ("case", "year")
"""What a client adds to a decision that does not name it, and that nobody signed."""
_SIGNATURES, _CASE, _ROSTER = "signatures", "case", "roster"


class Difference(NamedTuple):
    """Something that a receipt says otherwise than its entry: the field, and what each says."""

    field: str
    receipt: Any
    entry: Any

    @property
    def words(self) -> Words:
        said, there = _short(self.receipt), _short(self.entry)
        return Words(
            f"{self.field} {said.en}, not {there.en}",
            f"{self.field} 为 {said.zh}，记录为 {there.zh}",
        )


def differences(receipt: Acknowledged, place: LogId, entry: LogEntry) -> Iterator[Difference]:
    """Return all that a receipt, and the decision in its file, say otherwise than an entry."""
    actor = entry.actor
    there: dict[str, Any] = {
        "term": place.term,
        "year": place.year or None,
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.name,
        "outcome": entry.outcome,
        "stage": entry.stage,
        "decision_id": entry.decision_id,
        "sender": f"{actor.role}:{actor.id}" if actor else None,
        "application_id": entry.said.get("application_id"),
    }
    always = ("term", "year", "seq")
    for name, value in there.items():
        said = getattr(receipt, name)
        if said != value and (said is not None or name in always):
            yield Difference(name, said, value)
    yield from _of_decision(receipt, entry)


def _of_decision(receipt: Acknowledged, entry: LogEntry) -> Iterator[Difference]:
    digest = digest_of_content(entry.said)
    if receipt.sent is not None:
        try:
            sent = decision_of(receipt.sent)
        except InvalidMessage as error:
            yield Difference("decision", error.words, "")
            return
        yield from _said_otherwise(receipt, sent, entry.said)
        if (
            entry.name == Kind.PLAN_REVISION
        ):  # a receipt has the digest with the plan in it, a log its hash
            digest = digest_of_content(as_sent(sent))
    elif entry.name == Kind.PLAN_REVISION:
        return
    if receipt.said_sha256 not in (None, digest):
        yield Difference("said_sha256", receipt.said_sha256, digest)


def _said_otherwise(
    receipt: Acknowledged, sent: Decision, there: Mapping[str, Any]
) -> Iterator[Difference]:
    here = content_of(sent)
    skipped = {*ADDED_BY_LOG, _ROSTER, _SIGNATURES}
    if not sent.signatures:
        skipped |= {name for name in _COMPLETED if here.get(name) is None}
        # Its application was sent with the policy of new cases then, which the file does not have.
        skipped.add("application_sha256")
    if receipt.repeated:  # the first one was about its own case
        skipped.add(_CASE)
    for name in sorted({*here, *there} - skipped):
        if here.get(name) != there.get(name):
            yield Difference(f"decision.{name}", here.get(name), there.get(name))
    signed, known = (
        [one.get("sshsig") for one in said.get(_SIGNATURES, ())] for said in (here, there)
    )
    if signed != known and not receipt.repeated:
        yield Difference(f"decision.{_SIGNATURES}", signed, known)


def _short(value: Any) -> Words:
    words = value if isinstance(value, Words) else Words.same(str(value))
    if value in (None, "", []):
        words = Words.same("–")
    return Words(*(one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…" for one in words))
