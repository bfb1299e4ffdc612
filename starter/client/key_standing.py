"""How a key stands in the roster, before anything is signed by it: who signs is told what speaks against it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from workflows.periods import beijing_date
from workflows.words import BilingualEnum, Words

if TYPE_CHECKING:
    from workflows.roster_entries import RosterProof
    from workflows.ssh_signatures import PublicKey


class RosterQuestions(Protocol):
    """What is asked of the roster. Each raises Unreachable."""

    async def roster_proof(self, person: str) -> "RosterProof | None":
        """See `Pingtai`."""

    async def roster_holder(self, public: str) -> str | None:
        """See `Pingtai`."""


class KeyStanding(NamedTuple):
    """Its person's proof, why nothing may be signed by it, and whether the roster has it in no entry."""

    proof: "RosterProof | None" = None
    objection: Words | None = None
    in_no_entry: bool = False


class Standing(BilingualEnum):
    """How a key stands in the roster, for programs; people read the objection, too."""

    CAN_SIGN = "can_sign", "可签名"
    NOT_YET = "not_yet", "尚未生效"
    ENDED = "ended", "已终止"
    REVOKED = "revoked", "已吊销"
    ANOTHER_PERSONS = "another_persons", "属于他人"
    UNKNOWN = "unknown", "未登记"
    NO_ROSTER = "no_roster", "尚未设立人员目录"


def standing_in_words(found: KeyStanding, key: "PublicKey", at: datetime) -> Standing:
    """Return in one word how a key stands."""
    entry = found.proof.entry if found.proof else None
    own = next((one for one in entry.keys if one.public == key.openssh()), None) if entry else None
    if entry is None or own is None:
        if found.objection:
            return Standing.ANOTHER_PERSONS
        return Standing.UNKNOWN if found.in_no_entry else Standing.NO_ROSTER
    if found.objection is None:
        return Standing.CAN_SIGN
    if own.revoked and at >= own.revoked:
        return Standing.REVOKED
    day = beijing_date(at)
    return Standing.NOT_YET if day < max(own.first, entry.first_day) else Standing.ENDED


async def key_standing(roster: RosterQuestions, person: str, key: "PublicKey") -> KeyStanding:
    """Return how a person's key stands now. Raises Unreachable."""
    from workflows.roster_entries import objection_to_key  # noqa: PLC0415 - only who signs needs it

    proof = await roster.roster_proof(person)
    if proof and any(one.public == key.openssh() for one in proof.entry.keys):
        return KeyStanding(proof, objection_to_key(proof.entry, key, datetime.now(UTC)))
    holder = await roster.roster_holder(key.openssh())
    if holder and holder != person:
        print_ = key.fingerprint()
        return KeyStanding(
            proof,
            Words(
                f"the key {print_} stands in the roster for {holder}, not for {person}",
                f"人员目录中密钥 {print_} 属于 {holder}，不属于 {person}",
            ),
        )
    return KeyStanding(proof, in_no_entry=holder is not None)


def in_no_entry(person: str) -> Words:
    """Say that nobody can tell by the roster whose key it is."""
    return Words(
        f"The roster has your key in nobody's entry ({person}): give your public key (`pingtai whoami`) to"
        " whoever keeps it (`pingtai roster key`)",
        f"您的密钥未登记于人员目录（{person}）：请将公钥（`pingtai whoami`）提供给人员目录管理人员"
        "（`pingtai roster key`）",
    )
