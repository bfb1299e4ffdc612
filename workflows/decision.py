"""What every decision says, whatever its kind: see `decisions.py` for each."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from workflows.actors import Actor, Document
from workflows.circumstances import Edition
from workflows.credit_codes import is_none
from workflows.field_labels import Label
from workflows.model import Day, DecisionId, Identifier, Message, SentOnce, Sha256, Text, sha256
from workflows.signatures import MOST_SIGNATURES, Signature
from workflows.signed_roots import MOST_ROOTS, SignedRoot
from workflows.vocabulary import Word
from workflows.words import Words


class CaseReference(Message):
    """The case that a decision is about: a term of a platform, or one of its yearly assessments."""

    platform_id: Annotated[Identifier, Label("platform id", "平台编号")]
    term: Annotated[int, Label("term", "期次")] = Field(ge=1, le=99)
    year: Annotated[
        int | None,
        Label(
            "year of the assessment",
            "考核年度",
            help=Words("None: the platform itself.", "不填则指平台本身。"),
        ),
    ] = Field(default=None, ge=1, le=10)
    answers: Annotated[
        Sha256 | None,
        Label(
            "answered content",
            "所针对内容",
            rare=True,
            help=Words(
                "The case's `content_hash`, as its author saw it. A signed decision names it.",
                "经办人所见案件的 `content_hash`；签名的决定须注明。",
            ),
        ),
    ] = Field(default=None, exclude_if=is_none)


def _is_empty(given: tuple[Message, ...]) -> bool:
    return not given


_ITS_OWN_ID = Words(
    "Its sender's own: the same id from another person is another decision.",
    "由提交人自编；他人使用相同编号视为另一决定。",
)


class Decision(SentOnce, Message):
    """What every decision says: its id, who, on what day (Beijing time), on which documents."""

    only_outcome: ClassVar[Word]
    """The outcome of a decision that leaves no choice."""

    kind: str
    decision_id: Annotated[
        DecisionId,
        Label(
            "decision id",
            "决定编号",
            help=_ITS_OWN_ID,
        ),
    ]
    actor: Annotated[Actor, Label("decided by", "经办人")]
    decided_on: Annotated[Day, Label("date of the decision", "决定日期")]
    documents: Annotated[
        tuple[Document, ...],
        Label(
            "documents",
            "依据文件",
            help=Words(
                "Named and hashed; the files are not kept.", "只登记名称和摘要值，不保存文件。"
            ),
        ),
    ] = Field(default=(), max_length=50)
    note: Annotated[Text | None, Label("note", "备注")] = None
    case: Annotated[
        CaseReference | None,
        Label(
            "case",
            "所属事项",
            help=Words(
                "Any other case refuses it. Required where the policy says `decisions_name_case`.",
                "其他事项不予受理；政策参数要求时必填。",
            ),
        ),
    ] = None
    signatures: Annotated[
        tuple[Signature, ...],
        Label(
            "signatures",
            "签名",
            rare=True,
            help=Words(
                "Of who decided, and of who signed as the second; over all else that is said.",
                "经办人签名，及第二签名人签名；针对其余全部内容。",
            ),
        ),
    ] = Field(default=(), max_length=MOST_SIGNATURES, exclude_if=_is_empty)

    roster: Annotated[
        tuple[SignedRoot, ...],
        Label(
            "versions of the roster",
            "人员目录版本",
            rare=True,
            help=Words(
                "Those that the case does not know yet, if its signers are in a later one.",
                "签名人载于更新版本的，附本案尚不知悉的各版本。",
            ),
        ),
    ] = Field(default=(), max_length=MOST_ROOTS, exclude_if=_is_empty)

    @property
    def sender(self) -> str:
        """Who sent it: the space in which its `decision_id` is unique."""
        return sender_of(self.actor)

    @property
    def result(self) -> Word:
        """The outcome, by which the lifecycle table chooses the arrow."""
        outcome: Word | None = getattr(self, "outcome", None)
        return outcome or self.only_outcome

    @property
    def content_since(self) -> Edition:
        """The edition that brought what it says, beyond its kind and its outcome."""
        return Edition.V0_5 if self.signatures or self.roster else Edition.V0_1


def sender_of(actor: Actor) -> str:
    """Return the sender that an actor is: the role that is taken, and the person's id."""
    return f"{actor.role}:{actor.id}"


def digest_of_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a decision said, by which a repeat of it is recognised.

    Without the case that it is about: a repeat may leave that out, or name it later. Nor with its
    signatures, the mandate of a substitute (a repeat may prove it by a later roster), and what the log adds.
    """
    said = with_hashed_application(content)
    actor = said.get("actor")
    if actor and (absence := actor.get("acting_for")) and "mandate" in absence:
        absence = {k: v for k, v in absence.items() if k != "mandate"}
        said["actor"] = {**actor, "acting_for": absence}
    return sha256({k: v for k, v in said.items() if k not in ("case", *NOT_SIGNED)})


ADDED_BY_LOG = ("sets_aside", "replaced")
"""What the log says of a decision besides what was sent."""
NOT_SIGNED = ("signatures", "roster", *ADDED_BY_LOG)
"""What stands beside what is signed of a decision."""


def with_hashed_application(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a decision said with its application, if it has one, as its id and its SHA-256.

    The term that begins with it has the whole in its own log.
    """
    said = dict(content)
    if application := said.pop("application", None):
        said["application_id"] = application["application_id"]
        said["application_sha256"] = sha256(application)
    return said


def decision_digest(decision: Decision) -> str:
    """Return the SHA-256 of what a decision said, its plan in it."""
    return digest_of_content(decision.sent)


class Filing(Decision):
    """What the operator hands in: it is submitted, and decides nothing."""

    decision_id: Annotated[DecisionId, Label("submission id", "提交编号", help=_ITS_OWN_ID)]
    actor: Annotated[Actor, Label("submitted by", "提交人")]
    decided_on: Annotated[Day, Label("date of submission", "提交日期")]
