"""What a receipt says of its entry besides the hash, held against the entry: anybody can alter a file."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from starter.client.receipt_file import Acknowledged
from starter.value_names import terms_beside, with_terms
from workflows.decision import ADDED_BY_LOG, Decision, digest_of_content
from workflows.decision_reading import decision_of
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.log_id import LogId
from workflows.model import InvalidMessage, as_sent, complaint
from workflows.record import LogEntry
from workflows.states import content_of
from workflows.vocabulary import AssessmentStage, Kind, Stage
from workflows.words import BilingualEnum, Words

_LONGEST = 60
_CALLED = {
    "kind": "事项",
    "stage": "阶段",
    "term": "期",
    "year": "年度",
    "seq": "条目序号",
    "at": "录入时间",
    "sender": "提交人",
    "decision": "所附决定",
    "said_sha256": "内容摘要值",
    "entry_hash": "条目哈希值",
}
"""What a receipt says that no decision does."""
_WORDS: Mapping[str, tuple[type[BilingualEnum], ...]] = {
    "kind": (Kind,),
    "stage": (Stage, AssessmentStage),
}
_COMPLETED = ("case", "year")
"""What a client adds to a decision that does not name it, and that nobody signed."""
_SIGNATURES, _CASE, _ROSTER = "signatures", "case", "roster"


class Difference(NamedTuple):
    """Something that a receipt says otherwise than its entry: the field, and what each says."""

    field: str
    receipt: Any
    entry: Any
    kind: str = ""
    """Of the entry: by the labels and the terms of its decisions Chinese readers are told."""

    @property
    def words(self) -> Words:
        if isinstance(self.receipt, InvalidMessage):
            wrong = self.receipt.problems
            return complaint(
                Words("decision in the file, which no case takes", "文件所附决定不成立"),
                (
                    (self._field_words(name), Words(why.en, with_terms(why.zh)))
                    for name, why in wrong
                ),
            )
        said, there = (_short(self._with_term(one)) for one in (self.receipt, self.entry))
        return Words(
            f"{self.field} {said.en}, not {there.en}",
            f"{self._called}为 {said.zh}，记录为 {there.zh}",
        )

    @property
    def _name(self) -> str:
        return self.field.removeprefix("decision.")

    def _field_words(self, field: str) -> Words:
        return Words(field, Difference(f"decision.{field}", "", "", self.kind)._called.strip())

    @property
    def _called(self) -> str:
        """The field as Chinese readers know it, with its name; one that no message has by its name alone."""
        model = _model(self.kind)
        label = label_at(model, self._name) if self._name in model.model_fields else None
        named = label.name.zh if label else _CALLED.get(self._name, "")
        return f"{named}（{self.field}）" if named else f"{self.field} "

    def _with_term(self, value: Any) -> Any:
        """A word of a vocabulary with its Chinese term."""
        field = _model(self.kind).model_fields.get(self._name)
        own = field.annotation if field else None
        words = _WORDS.get(self._name, ())
        if isinstance(own, type) and issubclass(own, BilingualEnum):
            words = words or (own,)
        if not isinstance(value, str) or not words:
            return value
        return Words(str(value), terms_beside([str(value)], *words)[0])


def _model(kind: str) -> type[Decision]:
    return MODELS[Kind(kind)] if kind in tuple(Kind) else Decision


def differences(receipt: Acknowledged, place: LogId, entry: LogEntry) -> Iterator[Difference]:
    """Return all that a receipt, and the decision in its file, say otherwise than an entry."""
    for one in _differences(receipt, place, entry):
        yield one._replace(kind=entry.name)


def _differences(receipt: Acknowledged, place: LogId, entry: LogEntry) -> Iterator[Difference]:
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
            yield Difference("decision", error, "")
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
