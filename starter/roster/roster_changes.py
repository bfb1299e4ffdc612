"""A change of the roster: made of what stands, signed by the officers who are here, and sent."""

import asyncio
import base64
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starter.errors import BadInput, NotAllowed, Unreachable
from starter.roster.roster_access import RosterAccess
from starter.signing.signer import Signer
from workflows.model import as_sent, canonical
from workflows.record import BEGINNING
from workflows.roster_decisions import RosterItem
from workflows.roster_drafts import draft_root
from workflows.roster_entries import (
    ROSTER_NAMESPACE,
    RosterEntry,
    RosterProof,
    RosterRoot,
    prove_entry,
)
from workflows.roster_log import RosterReceipt, RosterView
from workflows.roster_words import RosterKind, RosterOutcome, RosterStage
from workflows.signatures import MOST_SIGNATURES, Signature
from workflows.vocabulary import Role
from workflows.words import Words, listed

_LOOKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""How long to wait for the register to have the version in force (seconds)."""
_ID_BYTES = 8
_LONGEST_NAMES = 200


Seen = Callable[[Sequence[RosterItem]], None]
"""Shows what waits to whoever would sign it. Raises, where they do not want to."""


def unseen(items: Sequence[RosterItem]) -> None:
    """Refuse to sign what nobody was shown.

    Raises:
        BadInput: always.
    """
    en, zh = listed(item.entry.id for item in items)
    raise BadInput(
        f"nothing was signed: the signature would count for what waits, too, which was not shown:"
        f" {en[:_LONGEST_NAMES]}",
        f"未签名：签名将同时计入尚未查看的待确认变更：{zh[:_LONGEST_NAMES]}",
    )


def item_of(entry: RosterEntry, before: RosterEntry | None = None) -> dict[str, Any]:
    """Return an entry of a change, as it is sent."""
    shown = {"before": before.content()} if before else {}
    return {"entry": entry.content(), **shown}


class RosterChanges:
    """Changes the roster by the keys of those who sit here; the first of them is the one who says it."""

    def __init__(self, roster: RosterAccess, signers: Sequence[Signer]) -> None:
        """Sign with these keys.

        Raises:
            BadInput: there is none, or there are more than a decision has signatures.
        """
        if not 1 <= len(signers) <= MOST_SIGNATURES:
            raise BadInput(
                "a change of the roster is signed with one key or two: `pingtai login` makes yours, --sign"
                " names another's file",
                "人员目录变更须用一个或两个密钥签名：`pingtai login` 生成本人密钥，--sign 指定他人密钥文件",
            )
        self._roster, self._signers = roster, signers

    async def standing(self, ids: Sequence[str]) -> dict[str, RosterEntry]:
        """People as they will stand when what waits is in force; who is not there is left out."""
        found = await self._roster.named(ids)
        waiting = {item.entry.id: item.entry for item in await self._roster.waiting()}
        return found | {one: entry for one, entry in waiting.items() if one in ids}

    async def change(
        self,
        entries: Iterable[RosterEntry],
        before: Mapping[str, RosterEntry],
        note: str | None = None,
        *,
        seen: Seen = unseen,
    ) -> RosterReceipt:
        """Send entries as they are to stand; `before` are those that they replace, by their ids.

        What waits is in the version that is signed, too: where an officer signs it, their signature counts
        for all of it, so it is shown first. The version names the entry of the log after which it was made,
        and is refused when more has come to it since.

        Raises:
            BadInput: an officer would sign what waits, and has not seen it.
            NotAllowed: a key that is here belongs to nobody in the roster.
            Refused, InvalidMessage, Unreachable: as `RosterAccess.decide`.
        """
        view = await self._roster.view()
        proofs = await self._proofs(view)
        if view.waiting and any(one.entry.role is Role.COMMISSION for one in proofs):
            seen(await self._roster.waiting())
        items = [item_of(one, before.get(one.id)) for one in entries]
        content = _content(items, proofs[0].entry, note)
        root = draft_root(view, await self._roster.leaves(), content, datetime.now(UTC))
        return await self._roster.decide(
            with_signatures(content, root, self._sign(root.form(), proofs))
        )

    async def confirm(self, reason: str | None = None, *, seen: Seen = unseen) -> RosterReceipt:
        """Confirm what waits; with a reason reject it. What is signed is what was shown, or it is refused.

        Raises:
            BadInput: nothing waits, or it was not seen.
            NotAllowed, Refused, InvalidMessage, Unreachable: as `change`.
        """
        view = await self._roster.view()
        if view.proposed is None:
            raise BadInput("nothing waits to be confirmed", "没有待确认的变更")
        seen(await self._roster.waiting())
        if not reason:
            self._pass_over(view.proposed.signatures, await self._proofs(view))
        proofs = await self._proofs(view)
        outcome = RosterOutcome.REJECTED if reason else RosterOutcome.CONFIRMED
        said = {
            "kind": str(RosterKind.CONFIRMATION),
            "decision_id": _new_id(),
            "actor": actor_of(proofs[0].entry),
            "outcome": str(outcome),
            "proposed": view.proposed.root.digest(),
            **({"reason": reason} if reason else {}),
        }
        form = canonical(said) if reason else view.proposed.root.form()
        return await self._roster.decide(said | {"signatures": self._sign(form, proofs)})

    def _pass_over(self, signed: Iterable[Signature], proofs: Sequence[RosterProof]) -> None:
        """Leave out keys of those who have signed already, where somebody else is left."""
        people = {one.proof.entry.id for one in signed if one.proof}
        pairs = zip(self._signers, proofs, strict=True)
        left = [signer for signer, proof in pairs if proof.entry.id not in people]
        self._signers = left or self._signers

    def _sign(self, form: bytes, proofs: Sequence[RosterProof]) -> list[dict[str, Any]]:
        return [
            signature_by(signer, form, proof)
            for signer, proof in zip(self._signers, proofs, strict=True)
        ]

    async def _proofs(self, view: RosterView) -> list[RosterProof]:
        """The proofs of those who sign, under the version in force.

        Raises:
            NotAllowed: a key belongs to nobody in the roster.
            Unreachable: the register does not get to that version.
        """
        assert view.root, "a roster that is set up has a version"  # noqa: S101
        await self.recorded(view.root.root.version)
        return [await self._proof(signer) for signer in self._signers]

    async def recorded(self, version: int) -> None:
        """Wait until the register has a version: from then on its people can be proved to stand in it.

        Raises:
            Unreachable: it does not get there.
        """
        for pause in (*_LOOKS, None):
            newest = await self._roster.newest()
            if newest and newest.root.version >= version:
                return
            if pause is None:
                break
            await asyncio.sleep(pause)
        raise Unreachable(
            "the register does not have the roster's version in force yet: try again",
            "名册尚未写入现行人员目录：请稍后重试",
        )

    async def _proof(self, signer: Signer) -> RosterProof:
        line = signer.key.openssh()
        person = (await self._roster.holders([line])).get(line)
        found = await self._roster.proof(person) if person else None
        if found is None:
            print_ = signer.key.fingerprint()
            raise NotAllowed(
                f"the key {print_} belongs to nobody in the roster: an officer adds it (pingtai roster add)",
                f"人员目录中没有密钥 {print_}：须由在册人员登记（pingtai roster add）",
            )
        return found[0]


def opening(
    entries: Sequence[RosterEntry], note: str | None = None, by: Signer | None = None
) -> tuple[dict[str, Any], RosterRoot]:
    """Return the content of the change that sets a roster up, and its version.

    It is said by whoever signs first; where that is not known yet, by the first person.

    Raises:
        NotAllowed: the key belongs to none of them.
    """
    said_by = _holder(by, entries) if by else entries[0]
    content = _content([item_of(one) for one in entries], said_by, note)
    unset = RosterView(stage=RosterStage.UNSET, people=0, log_seq=0, log_hash=BEGINNING, recorded=0)
    return content, draft_root(unset, {}, content, datetime.now(UTC))


def opening_signature(
    signer: Signer, root: RosterRoot, entries: Sequence[RosterEntry]
) -> dict[str, Any]:
    """Return the signature of one of those who set a roster up.

    Raises:
        NotAllowed: the key belongs to none of them.
    """
    own = _holder(signer, entries)
    leaves = {one.id: one.leaf().hex() for one in entries}
    return signature_by(signer, root.form(), prove_entry(own, leaves))


def _holder(signer: Signer, entries: Sequence[RosterEntry]) -> RosterEntry:
    line = signer.key.openssh()
    own = next((one for one in entries if line in (key.public for key in one.keys)), None)
    if own is None:
        print_ = signer.key.fingerprint()
        raise NotAllowed(
            f"the key {print_} belongs to none of the people whom the roster is set up with",
            f"拟设立的人员目录中没有密钥 {print_}",
        )
    return own


def signature_by(signer: Signer, form: bytes, proof: RosterProof) -> dict[str, Any]:
    """Return a signature as a message carries it."""
    sshsig = base64.b64encode(signer.sign(form, ROSTER_NAMESPACE)).decode()
    return as_sent(Signature(sshsig=sshsig, proof=proof))


def actor_of(entry: RosterEntry) -> dict[str, Any]:
    """Return who says something, as the roster has them."""
    names = ("id", "role", "organisation", "district")
    return {name: value for name, value in entry.content().items() if name in names}


def words_of(receipt: RosterReceipt) -> Words:
    """Return what came of a decision, and what is to be done next."""
    en, zh = {
        RosterOutcome.IN_FORCE: ("in force", "已生效"),
        RosterOutcome.CONFIRMED: ("confirmed and in force", "已确认并生效"),
        RosterOutcome.REJECTED: ("rejected: nothing of it is in force", "不予确认，变更未生效"),
        RosterOutcome.SIGNED: (
            "signed: one more officer of the commission signs it (pingtai roster confirm)",
            "已签名，尚须市级另一人员签名（pingtai roster confirm）",
        ),
        RosterOutcome.WAITING: (
            "waits for officers of the commission (pingtai roster confirm)",
            "待市级人员确认（pingtai roster confirm）",
        ),
    }[RosterOutcome(receipt.outcome)]
    return Words(
        f"Roster, version {receipt.version}, entry {receipt.seq}: {en}",
        f"人员目录第 {receipt.version} 版，第 {receipt.seq} 条：{zh}",
    )


def _content(items: list[dict[str, Any]], actor: RosterEntry, note: str | None) -> dict[str, Any]:
    return {
        "kind": str(RosterKind.CHANGE),
        "decision_id": _new_id(),
        "actor": actor_of(actor),
        "items": items,
        **({"note": note} if note else {}),
    }


def with_signatures(
    content: dict[str, Any], root: RosterRoot, signatures: list[dict[str, Any]]
) -> dict[str, Any]:
    return content | {
        "root": root.model_dump(mode="json", exclude_none=True),
        "signatures": signatures,
    }


def _new_id() -> str:
    return f"roster-{secrets.token_hex(_ID_BYTES)}"
