"""Who may sign: entries of the roster, their proofs, and the roots that officers sign.

Pure. A decision carries the entry of its officer with the path to a root that the case knows, so that
nobody is looked up while it is judged. Why it is so: docs/decisions/0020-roster.md.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from workflows.credit_codes import CreditCode
from workflows.field_labels import Label
from workflows.merkle import Root, audit_path, leaf_hash, root_from
from workflows.model import (
    Day,
    Identifier,
    Instant,
    Name,
    Record,
    SentOnce,
    Sha256,
    canonical,
    sha256,
)
from workflows.named_document import Document
from workflows.periods import beijing_date, beijing_time
from workflows.vocabulary import District, Role
from workflows.words import Words

if TYPE_CHECKING:  # every read loads the entries' model, and verifies nothing
    from workflows.ssh_signatures import PublicKey

ROSTER_NAMESPACE = "pingtai-roster"
"""What roots of the roster are signed for."""
MOST_KEYS = 8
LONGEST_PATH = 20
"""Of a tree of a million entries."""

PublicKeyLine = Annotated[
    str, Field(pattern=r"^[a-z0-9@.-]{1,64} [A-Za-z0-9+/]+={0,2}$", max_length=500)
]
"""A key as it stands in a file `*.pub`, without its comment."""


class RosterKey(Record):
    """A key of a person, its days (both included, Beijing time), and since when it is revoked."""

    public: Annotated[
        PublicKeyLine,
        Label(
            "public key",
            "公钥",
            help=Words("One line of a *.pub file, no comment.", "公钥文件中的一行，不含注释。"),
        ),
    ]
    first: Annotated[Day, Label("key's first day", "密钥首日")]
    last: Annotated[Day | None, Label("key's last day", "密钥末日")] = None
    revoked: Annotated[Instant | None, Label("revoked at", "吊销时间")] = None


class RosterEntry(Record):
    """A person of the commission, of a district or of an operator, and by whom they were appointed."""

    id: Annotated[Identifier, Label("person's id", "人员编号")]
    name: Annotated[Name, Label("name", "姓名")]
    role: Annotated[Role, Label("role", "身份")]
    organisation: Annotated[Name, Label("organisation", "单位")]
    district: Annotated[
        District | None,
        Label("district", "所在区", help=Words("District staff only.", "仅区级人员填写。")),
    ] = None
    credit_code: Annotated[CreditCode | None, Label("credit code", "统一社会信用代码")] = None
    platform_id: Annotated[
        Identifier | None,
        Label("platform", "平台", help=Words("An operator's own people.", "仅运营单位人员填写。")),
    ] = None
    keys: Annotated[tuple[RosterKey, ...], Label("keys", "密钥")] = Field(
        default=(), max_length=MOST_KEYS
    )
    first_day: Annotated[Day, Label("first day", "任职首日")]
    last_day: Annotated[Day | None, Label("last day", "任职末日")] = None
    appointed_by: Annotated[Name, Label("appointed by", "任命单位")]
    document: Annotated[Document | None, Label("document", "任命文件")] = None

    def content(self) -> dict[str, Any]:
        """Return what a leaf of the roster's tree stands for; what is unset is left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def leaf(self) -> bytes:
        """Return the hash of the entry in the roster's tree."""
        return leaf_hash(canonical(self.content()))


class RosterProof(SentOnce, Record):
    """An entry, and the way from it to a root of the roster (RFC 6962, 2.1.1)."""

    entry: RosterEntry
    index: int = Field(ge=0, lt=1 << LONGEST_PATH)
    leaves: int = Field(ge=1, le=1 << LONGEST_PATH)
    path: tuple[Sha256, ...] = Field(default=(), max_length=LONGEST_PATH)


class RosterRoot(Record):
    """A version of the whole roster in one hash. Two officers of the version before sign its `form`."""

    version: int = Field(ge=1)
    root: Sha256
    """Over the entries in order of their ids, as RFC 6962 has it."""
    leaves: int = Field(ge=1, le=1 << LONGEST_PATH)
    entry: int = Field(ge=1)
    """The number that the change of this version has in the roster's log."""
    log_hash: Sha256
    """The `content_hash` of the log before it: who signs has seen the log up to there. It holds no moments, so
    that what the workflow does again after a reset still follows."""
    change: Sha256
    """The hash of what was changed since the version before, of all that the changes say."""
    at: Instant
    """When its first signer signed it."""
    before: Sha256 | None = None
    """The `digest` of the version before; none: the first."""

    def form(self) -> bytes:
        """Return the bytes that officers sign."""
        return canonical(self.model_dump(mode="json", exclude_none=True))

    def digest(self) -> str:
        """Return the SHA-256 by which the next version names this one."""
        return sha256(self.model_dump(mode="json", exclude_none=True))


def root_over(entries: Iterable[RosterEntry]) -> str:
    """Return the root over entries, whatever their order."""
    return root_over_leaves({entry.id: entry.leaf().hex() for entry in entries})


def root_over_leaves(leaves: dict[str, str]) -> str:
    """Return the root over the hashes of leaves by their ids, in hexadecimal."""
    tree = Root()
    for person in sorted(leaves):
        tree.add_hash(bytes.fromhex(leaves[person]))
    return tree.hash().hex()


def prove_entry(entry: RosterEntry, leaves: dict[str, str]) -> RosterProof:
    """Return the proof of an entry in the tree of leaves, which are given by their ids, in hexadecimal."""
    people = sorted(leaves)
    hashes, index = [bytes.fromhex(leaves[one]) for one in people], people.index(entry.id)
    path = tuple(one.hex() for one in audit_path(hashes, index))
    return RosterProof(entry=entry, index=index, leaves=len(people), path=path)


@lru_cache(maxsize=1024)  # the same people sign decision after decision, under the same version
def proof_holds(proof: RosterProof, root: RosterRoot) -> bool:
    """Return whether an entry stands in a version of the roster."""
    path = [bytes.fromhex(one) for one in proof.path]
    found = root_from(proof.entry.leaf(), proof.index, proof.leaves, path)
    return proof.leaves == root.leaves and found is not None and found.hex() == root.root


def objection_to_key(entry: RosterEntry, public: "PublicKey", at: datetime) -> Words | None:
    """Return why a key does not speak for a person of the roster at a moment; None where it does."""
    line, day = public.openssh(), beijing_date(at)
    key = next((one for one in entry.keys if one.public == line), None)
    who = Words(f"{entry.id} ({entry.name})", f"{entry.id}（{entry.name}）")
    if key is None:
        print_ = public.fingerprint()
        return Words(
            f"the roster has no key {print_} of {who.en}",
            f"人员目录中 {who.zh} 没有密钥 {print_}",
        )
    if key.revoked and at >= key.revoked:
        since = beijing_time(key.revoked)
        return Words(
            f"the key of {who.en} is revoked since {since}, Beijing time",
            f"{who.zh}的密钥已于北京时间 {since} 吊销",
        )
    if why := _outside(day, key.first, key.last):
        return why.at(Words(f"the key of {who.en}", f"{who.zh}的密钥"))
    if why := _outside(day, entry.first_day, entry.last_day):
        return why.at(who)
    return None


def _outside(day: date, first: date, last: date | None) -> Words | None:
    if day < first:
        return Words(f"is not in the roster before {first}", f"{first} 起方可使用")
    if last and day > last:
        return Words(f"is not in the roster after {last}", f"{last} 后不得使用")
    return None
