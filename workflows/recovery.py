"""By whom, and on which ground, a case goes on from its log where no engine has it any more.

What is stated here stands in the log, as its next entry. Where there is a roster an officer of the commission
signs it: docs/decisions/0025-recovery-from-the-log.md.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.credit_codes import is_none
from workflows.field_labels import Label
from workflows.known_roster import News, new_versions
from workflows.model import (
    DecisionId,
    Identifier,
    Message,
    Name,
    Remark,
    Sha256,
    as_sent,
    canonical,
)
from workflows.roster_entries import RosterRoot
from workflows.signatures import MOST_SIGNATURES, Signature
from workflows.signed_roots import MOST_ROOTS, SignedRoot, officers_among, signers_of
from workflows.words import Words

RECOVERY_NAMESPACE = "pingtai-recovery"
"""What a recovery is signed for."""
_BESIDE = ("signatures", "roster")
"""What stands beside what is signed of it."""


def _is_empty(value: object) -> bool:
    return not value


class YearLog(Message):
    """The log of the assessment that is open, up to where it goes on."""

    year: Annotated[int, Field(ge=1), Label("year", "年度")]
    opening: Annotated[int, Field(ge=1), Label("opening", "启动次数")]
    entries: Annotated[int, Field(ge=1), Label("entries", "条数")]
    log_hash: Annotated[Sha256, Label("hash of its last entry", "末条哈希")]


class Statement(Message):
    """From which entry a log goes on, by whom and why."""

    recovery_id: Annotated[DecisionId, Label("recovery id", "接续编号")]
    entries: Annotated[int, Field(ge=1), Label("entries", "条数")]
    log_hash: Annotated[Sha256, Label("hash of its last entry", "末条哈希")]
    by: Annotated[Name, Label("by", "经办人")]
    """The signer's id in the roster; without a roster whoever ran it, as the access log names them."""
    reason: Annotated[Remark, Label("reason", "理由")]
    histories: Annotated[Remark, Label("earlier histories", "此前历史所在")]
    """Where the histories of the runs before are, in words."""
    signatures: Annotated[tuple[Signature, ...], Label("signatures", "签名")] = Field(
        default=(), max_length=MOST_SIGNATURES, exclude_if=_is_empty
    )

    def form(self) -> bytes:
        """Return the bytes that are signed: canonical JSON of all that it says but its signatures."""
        return canonical({k: v for k, v in as_sent(self).items() if k not in _BESIDE})

    def signer_fault(self, root: RosterRoot, at: datetime) -> Words | None:
        """Return why no officer of the commission signed it, by a version of the roster; None where one did."""
        if not self.signatures:
            return _NOT_SIGNED
        found = list(signers_of(self.form(), self.signatures, root, at, RECOVERY_NAMESPACE))
        if fault := next((one.fault for one in found if one.fault), None):
            return fault
        if self.by.casefold() not in officers_among(found):
            return Words(
                f"{self.by} is not the officer of the commission who signed it",
                f"{self.by} 不是签名的市级人员",
            )
        return None


class Recovery(Statement):
    """From which entry of its log a term goes on."""

    platform_id: Annotated[Identifier, Label("platform id", "平台编号")]
    term: Annotated[int, Field(ge=1), Label("term", "期次")]
    assessment: Annotated[YearLog | None, Label("open assessment", "进行中的考核")] = Field(
        default=None, exclude_if=is_none
    )
    roster: Annotated[tuple[SignedRoot, ...], Label("versions of the roster", "人员目录版本")] = (
        Field(default=(), max_length=MOST_ROOTS, exclude_if=_is_empty)
    )
    """Those that the case does not know yet, if its signer stands in a later one."""

    def content(self, under: RosterRoot | None) -> dict[str, Any]:
        """Return what the log says of it; `under` is the roster of the register, where the case knows none."""
        said = as_sent(self)
        said.pop("roster", None)  # noted in an entry of its own
        return said | ({"under": as_sent(under)} if under else {})


class RosterRecovery(Statement):
    """From which entry of its log the roster goes on; an officer of its version in force signs it."""

    of: Annotated[Literal["roster"], Label("of", "对象")]


def objection_to_signer(
    recovery: Recovery, known: RosterRoot | None, registered: RosterRoot | None, at: datetime
) -> Words | None:
    """Return why nothing shows that an officer recovers a case; None where one does, or there is no roster.

    `known` is the version that the case knows, `registered` the newest of the register: it counts for a case
    that knows none, and a case must be shown what is newer than it knows: its signer may be revoked there.
    """
    news = news_of_recovery(recovery, known)
    if news.fault:
        return news.fault
    newest = news.roots[-1].root if news.roots else known
    root = newest or registered
    if root is None:
        return _NO_ROSTER if recovery.signatures else None
    if registered and registered.version > root.version:
        return Words(
            f"it is signed by version {root.version} of the roster, and there is version {registered.version}:"
            " sign by that one, and send the versions between",
            f"签名依据人员目录第 {root.version} 版，现已有第 {registered.version} 版："
            "请依最新版签名，并附其间各版",
        )
    return recovery.signer_fault(root, at)


def news_of_recovery(recovery: Recovery, known: RosterRoot | None) -> News:
    """Return which versions of the roster it brings that are new to a case; none to a case that knows none."""
    return new_versions(known, recovery.roster) if recovery.roster else News(())


_NO_ROSTER = Words(
    "it is signed, and no roster is set up: nobody's key is known",
    "已签名，但未设立人员目录，无从核对密钥",
)
_NOT_SIGNED = Words(
    "a roster is set up: an officer of the commission must sign it",
    "已设立人员目录，须由市级人员签名",
)
