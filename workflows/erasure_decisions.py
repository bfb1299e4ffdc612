"""What officers say of an erasure: one asks for it, a second confirms it or does not.

What is erased: the key of a term's payloads, and what the register holds of it in the clear.
Rules and limits: docs/encryption.md, "Erasure".
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from workflows.actors import Actor
from workflows.decision import digest_of_content, sender_of
from workflows.field_labels import Label
from workflows.model import (
    DecisionId,
    Identifier,
    Message,
    Record,
    Sha256,
    Text,
    as_sent,
    canonical,
    parse_kind,
    wrong,
)
from workflows.signatures import Signature
from workflows.vocabulary import Word

ERASURE_NAMESPACE = "pingtai-erasure"
"""What an erasure is signed for."""
RULE = "docs/encryption.md#erasure-删除"


class ErasureStage(Word):
    """Where an erasure stands."""

    OPEN = "open", "未申请", RULE
    REQUESTED = "requested", "待第二人确认", RULE
    CONFIRMED = "confirmed", "已确认，正在删除", RULE
    ERASED = "erased", "已删除", RULE


class ErasureKind(Word):
    """The kinds of decision on an erasure."""

    REQUEST = "erasure_request", "删除申请", RULE
    CONFIRMATION = "erasure_confirmation", "删除确认", RULE


class ErasureOutcome(Word):
    """What a decision on an erasure comes to; `ERASED` is what was done."""

    REQUESTED = "requested", "已申请", RULE
    CONFIRMED = "confirmed", "已确认", RULE
    REJECTED = "rejected", "不予确认", RULE
    ERASED = "erased", "已删除", RULE


class ErasedTerm(Record):
    """The term that is to be erased."""

    platform_id: Identifier
    term: int = Field(ge=1)


class TermToErase(Message):
    """The same as it is sent, with the last hash of the term's own log: what the officers looked at."""

    platform_id: Annotated[Identifier, Label("platform id", "平台编号")]
    term: Annotated[int, Label("term", "期次")] = Field(ge=1)
    log_hash: Annotated[Sha256, Label("last hash of its log", "记录末条哈希值")]


class _ErasureDecision(Message):
    decision_id: Annotated[DecisionId, Label("decision id", "决定编号")]
    actor: Annotated[Actor, Label("decided by", "经办人")]
    of: Annotated[TermToErase, Label("term to erase", "待删除期次")]
    signatures: Annotated[tuple[Signature, ...], Label("signatures", "签名")] = Field(
        default=(), max_length=1
    )
    """The actor's own, of `form`; needed where there is a roster."""

    @property
    def sender(self) -> str:
        """Who sent it: the space in which its `decision_id` is unique."""
        return sender_of(self.actor)

    def form(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical(self._content())

    @property
    def digest(self) -> str:
        """The SHA-256 by which a repeat is recognised, and by which a confirmation names the request."""
        return digest_of_content(self._content())

    def _content(self) -> dict[str, Any]:
        return {name: value for name, value in as_sent(self).items() if name != "signatures"}


class ErasureRequest(_ErasureDecision):
    """An officer asks for the erasure of a term."""

    kind: Literal[ErasureKind.REQUEST]
    reason: Annotated[Text, Label("reason", "理由")]
    document: Annotated[Text | None, Label("document", "批准文号")] = None
    """The number of the document that orders it, where there is one."""


class ErasureConfirmation(_ErasureDecision):
    """A second officer confirms what was asked for, or does not."""

    kind: Literal[ErasureKind.CONFIRMATION]
    outcome: Annotated[
        Literal[ErasureOutcome.CONFIRMED, ErasureOutcome.REJECTED], Label("outcome", "结论")
    ]
    request: Annotated[Sha256, Label("request", "所确认的申请")]
    """The `digest` of the request."""
    reason: Annotated[
        Text | None, Label("reason", "理由", needed_for=(ErasureOutcome.REJECTED,))
    ] = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.reason is None) is (self.outcome is ErasureOutcome.REJECTED):
            raise wrong(
                "a reason belongs to a rejection, and to that alone",
                "不予确认须说明理由，确认则不填",
            )
        return self


class ErasureBatch(Record):
    """New entries of an erasure's log for the register. It may be sent again."""

    of: ErasedTerm
    entries: tuple[Any, ...]


class Erased(Record):
    """What was done: sealed in the log."""

    entries: int
    """How many log entries of the term remain, as hashes."""
    remains: Sha256
    """The SHA-256 of what remains of them (`db.erased_entries`)."""
    rows: dict[str, int]
    """How many rows of each table were emptied of what people wrote."""
    keys: int
    """How many files of keys were destroyed by the attempt that ended it."""


ErasureDecision = ErasureRequest | ErasureConfirmation
_MODELS: dict[str, type[ErasureRequest | ErasureConfirmation]] = {
    ErasureKind.REQUEST: ErasureRequest,
    ErasureKind.CONFIRMATION: ErasureConfirmation,
}


def erasure_decision_of(raw: Any) -> ErasureDecision:
    """Read a decision on an erasure.

    Raises:
        InvalidMessage: it is none.
    """
    return parse_kind(_MODELS, raw, "erasure")
