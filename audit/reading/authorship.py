"""Which decisions were signed, and by which keys; of the others nothing proves who took them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from audit.reading.check_signatures import signed_entries
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.signed_form import signed_form_of_entry, signers
from workflows.ssh_signatures import BadSignature, PublicKey
from workflows.words import Words, counted


class SignedBy(NamedTuple):
    """A key by which a decision was signed, and whose it is said to be."""

    principal: str
    key: PublicKey


def holder_of(entry: LogEntry, place: int, key: PublicKey) -> str:
    """Return whose key it is. All that is told of the holders of keys is told by this.

    Nobody vouches for it: the first signature is of who decided, so they are named. Of the second the
    record has no name, and its key stands in the name's place.
    """
    return entry.actor.id if entry.actor and place == 0 else key.fingerprint()


def signed_by(entry: LogEntry) -> tuple[SignedBy, ...]:
    """Return the keys by which a decision was signed; none where it was not, or a signature is not of it."""
    try:
        keys = signers(entry.said.get("signatures", ()), signed_form_of_entry(entry))
    except BadSignature:
        return ()
    return tuple(SignedBy(holder_of(entry, n, key), key) for n, key in enumerate(keys))


@dataclass
class KeyUse:
    """What was signed by one key."""

    key: PublicKey
    principals: dict[str, None] = field(default_factory=dict)
    """Whose it is said to be; several where several used it."""
    entries: list[str] = field(default_factory=list)
    """By their names: `1.7`."""

    @property
    def names(self) -> Words:
        """Whose it is said to be, in words."""
        own = self.key.fingerprint()
        named = [name for name in self.principals if name != own]
        if own in self.principals:
            second = Words("second signature", "第二签名人")
            return Words(", ".join([*named, second.en]), "、".join([*named, second.zh]))
        return Words(", ".join(named), "、".join(named))

    def plain(self) -> dict[str, Any]:
        return {
            "fingerprint": self.key.fingerprint(),
            "key": self.key.openssh(),
            "principals": list(self.principals),
            "entries": self.entries,
        }


@dataclass
class Authorship:
    """Which decisions of a platform were signed. Entries by their names: `1.7`, `1-y2.3`."""

    signed: list[str] = field(default_factory=list)
    unauthenticated: list[str] = field(default_factory=list)
    """Without a signature: nothing is wrong, and nothing proves who decided."""
    wrong: list[str] = field(default_factory=list)
    """With signatures that do not hold; what is wrong is found by `check_signatures`."""
    keys: dict[str, KeyUse] = field(default_factory=dict)
    """Of signatures that hold, by their fingerprints."""

    @property
    def decisions(self) -> int:
        return len(self.signed) + len(self.unauthenticated) + len(self.wrong)

    @property
    def count(self) -> Words:
        """How many were signed: "3 of 25 decisions signed"."""
        signed, of = len(self.signed), counted(self.decisions, "decision")
        return Words(f"{signed} of {of} signed", f"{self.decisions} 项决定中 {signed} 项已签名")

    @property
    def words(self) -> Words:
        """The same, with keys and the rest: "3 of 25 decisions signed, by 2 keys; 22 unauthenticated"."""
        en, zh = self.count
        if self.keys:
            keys = counted(len(self.keys), "key")
            en, zh = f"{en}, by {keys}", f"{zh}（{len(self.keys)} 把密钥）"
        if self.wrong:
            fail = "fails" if len(self.wrong) == 1 else "fail"
            en, zh = f"{en}; {len(self.wrong)} {fail}", f"{zh}，{len(self.wrong)} 项签名无效"
        if self.unauthenticated:
            left = len(self.unauthenticated)
            en, zh = f"{en}; {left} unauthenticated", f"{zh}，{left} 项未经签名认证"
        return Words(en, zh)

    def plain(self) -> dict[str, Any]:
        return {
            "decisions": self.decisions,
            "signed": len(self.signed),
            "keys": [one.plain() for one in self.keys.values()],
            "unauthenticated": self.unauthenticated,
            "wrong": self.wrong,
        }


def authorship_of(logs: Mapping[LogId, Sequence[LogEntry]]) -> Authorship:
    """Return which decisions of logs were signed, and by which keys."""
    found = Authorship()
    for place, log in sorted(logs.items()):
        faults = {entry.seq: wrong for entry, wrong in signed_entries(place, logs)}
        for entry in (one for one in log if one.kind is EntryKind.DECISION):
            name = place.entry(entry.seq)
            if entry.seq not in faults:
                found.unauthenticated.append(name)
            elif faults[entry.seq]:
                found.wrong.append(name)
            else:
                found.signed.append(name)
                _note_keys(found, name, signed_by(entry))
    return found


def _note_keys(found: Authorship, name: str, by: Sequence[SignedBy]) -> None:
    for principal, key in by:
        use = found.keys.setdefault(key.fingerprint(), KeyUse(key))
        use.principals[principal] = None
        use.entries.append(name)
