"""What is decided on the roster: a change of entries, and its confirmation by a second officer."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from workflows.actors import Actor
from workflows.decision import digest_of_content, sender_of
from workflows.field_labels import Label
from workflows.model import (
    DecisionId,
    Message,
    Sha256,
    Text,
    as_sent,
    canonical,
    parse_kind,
    sha256,
    wrong,
)
from workflows.roster_entries import RosterEntry, RosterRoot
from workflows.roster_words import RosterKind, RosterOutcome
from workflows.signatures import MOST_SIGNATURES, Signature
from workflows.words import Words

MOST_ITEMS = 1_000
"""Of one change; the size of a message bounds it, too."""


class RosterItem(Message):
    """An entry as it is to stand, and as it stood; without `before` it is new."""

    entry: Annotated[RosterEntry, Label("entry", "人员条目")]
    before: Annotated[RosterEntry | None, Label("entry before", "变更前条目")] = None


class _RosterDecision(Message):
    decision_id: Annotated[DecisionId, Label("decision id", "决定编号")]
    actor: Annotated[Actor, Label("decided by", "经办人")]
    signatures: Annotated[
        tuple[Signature, ...],
        Label(
            "signatures",
            "签名",
            help=Words("The first is the actor's own.", "第一个为经办人本人的签名。"),
        ),
    ] = Field(min_length=1, max_length=MOST_SIGNATURES)

    @property
    def sender(self) -> str:
        """Who sent it: the space in which its `decision_id` is unique."""
        return sender_of(self.actor)

    @property
    def digest(self) -> str:
        """The SHA-256 by which a repeat of it is recognised: it may be signed anew."""
        said = as_sent(self)
        return digest_of_content({k: v for k, v in said.items() if k != "signatures"})


class RosterChange(_RosterDecision):
    """Entries that are added or changed. Its signatures are over the form of `root`."""

    kind: Literal[RosterKind.CHANGE]
    items: Annotated[tuple[RosterItem, ...], Label("entries", "人员")] = Field(
        min_length=1, max_length=MOST_ITEMS
    )
    note: Annotated[Text | None, Label("note", "备注")] = None
    root: Annotated[
        RosterRoot,
        Label(
            "version",
            "版本",
            help=Words(
                "That it makes, with all that waits already.", "本变更连同待确认变更所形成的版本。"
            ),
        ),
    ]

    @property
    def content_digest(self) -> str:
        """The SHA-256 of all that is changed and said, which `root.change` binds."""
        said = as_sent(self)
        return sha256({k: v for k, v in said.items() if k not in ("root", "signatures")})


class RosterConfirmation(_RosterDecision):
    """The word of an officer on what waits. Confirmed, it is signed by the form of that version's root."""

    kind: Literal[RosterKind.CONFIRMATION]
    outcome: Annotated[
        Literal[RosterOutcome.CONFIRMED, RosterOutcome.REJECTED], Label("outcome", "结论")
    ]
    proposed: Annotated[
        Sha256,
        Label(
            "version that waits",
            "待确认版本",
            help=Words("The SHA-256 of its root.", "其根的 SHA-256 值。"),
        ),
    ]
    reason: Annotated[
        Text | None, Label("reason", "理由", needed_for=(RosterOutcome.REJECTED,))
    ] = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.reason is None) is (self.outcome is RosterOutcome.REJECTED):
            raise wrong(
                "a reason belongs to a rejection, and to that alone",
                "不予确认须说明理由，确认则不填",
            )
        return self

    def rejected_form(self) -> bytes:
        """The bytes that are signed of a rejection."""
        said = as_sent(self)
        return canonical({k: v for k, v in said.items() if k != "signatures"})


RosterDecision = RosterChange | RosterConfirmation
_MODELS: dict[str, type[RosterChange | RosterConfirmation]] = {
    RosterKind.CHANGE: RosterChange,
    RosterKind.CONFIRMATION: RosterConfirmation,
}


def roster_decision_of(raw: Any) -> RosterDecision:
    """Read a decision on the roster.

    Raises:
        InvalidMessage: it is none.
    """
    return parse_kind(_MODELS, raw, "roster")


def change_of(digests: Iterable[str]) -> str:
    """Return what a root says of the changes since the version before, by their `content_digest`s."""
    return sha256(list(digests))
