"""Which decisions were signed, and by which keys; of the others nothing proves who took them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError

from audit.reading.check_signatures import examined_entries, is_signed, signatures_of
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.roster_entries import RosterEntry
from workflows.signed_form import signed_form_of_entry, signers
from workflows.ssh_signatures import BadSignature, PublicKey
from workflows.words import Words, counted, listed_zh


class SignedBy(NamedTuple):
    """A key by which a decision was signed, and whose it is."""

    principal: str
    key: PublicKey
    person: RosterEntry | None = None
    """Whose it is by the roster that the case knew then; None: the name is the decision's own."""


def signed_by(entry: LogEntry, *, proven: bool = False) -> tuple[SignedBy, ...]:
    """Return the keys by which a decision was signed; none where it was not, or a signature is not of it.

    Where it is `proven` the roster says whose they are. Otherwise nobody vouches for it: the first signature
    is of who decided, so they are named, and of the second the record has no name: its key stands in its
    place.
    """
    try:
        keys = signers(entry.said.get("signatures", ()), signed_form_of_entry(entry))
        proofs = [one.proof for one in signatures_of(entry)] if proven else [None] * len(keys)
    except (BadSignature, ValidationError):
        return ()
    found: list[SignedBy] = []
    for number, (key, proof) in enumerate(zip(keys, proofs, strict=True)):
        if proof:
            found.append(SignedBy(proof.entry.id, key, proof.entry))
        else:
            own = entry.actor.id if entry.actor and number == 0 else key.fingerprint()
            found.append(SignedBy(own, key))
    return tuple(found)


@dataclass
class KeyUse:
    """What was signed by one key."""

    key: PublicKey
    principals: dict[str, None] = field(default_factory=dict)
    """Whose it is said to be; several where several used it."""
    entries: list[str] = field(default_factory=list)
    """By their names: `1.7`."""
    people: dict[str, RosterEntry] = field(default_factory=dict)
    """Whose it is by the roster, as it was when they signed last, by their ids."""

    @property
    def names(self) -> Words:
        """Whose it is said to be, in words."""
        own = self.key.fingerprint()
        called = {
            id_: Words(f"{one.name} ({id_})", f"{one.name}（{id_}）")
            for id_, one in self.people.items()
        }
        names = [called.get(name, Words.same(name)) for name in self.principals if name != own]
        if own in self.principals:
            names.append(Words("second signature", "第二签名人"))
        return Words(", ".join(one.en for one in names), listed_zh(one.zh for one in names))

    def plain(self) -> dict[str, Any]:
        return {
            "fingerprint": self.key.fingerprint(),
            "key": self.key.openssh(),
            "principals": list(self.principals),
            "people": [one.content() for one in self.people.values()],
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
    proven: list[str] = field(default_factory=list)
    """Of those that are signed: by persons who stood in the roster that the case knew, in their role."""
    faults: dict[str, list[str]] = field(default_factory=dict)
    """What does not hold of authors, by its name, with the entries."""
    people: dict[str, tuple[RosterEntry, ...]] = field(default_factory=dict)
    """Who signed, and who countersigned, of those that are proven."""
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
        if self.proven:
            proven = len(self.proven)
            en, zh = f"{en}, {proven} by the roster", f"{zh}，{proven} 项经人员目录核验"
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
            "proven": self.proven,
            "unauthenticated": self.unauthenticated,
            "wrong": self.wrong,
            "faults": self.faults,
        }


def authorship_of(logs: Mapping[LogId, Sequence[LogEntry]]) -> Authorship:
    """Return which decisions of logs were signed, by which keys and whose."""
    found = Authorship()
    for place, log in sorted(logs.items()):
        examined = {one.entry.seq: one for one in examined_entries(place, logs)}
        for entry in (one for one in log if one.kind is EntryKind.DECISION):
            name, about = place.entry(entry.seq), examined.get(entry.seq)
            for fault in about.faults if about else ():
                found.faults.setdefault(fault.name, []).append(name)
            if about is None or not is_signed(entry):
                found.unauthenticated.append(name)
            elif about.faults:
                found.wrong.append(name)
            else:
                found.signed.append(name)
                _note(found, name, signed_by(entry, proven=about.proven))
    return found


def _note(found: Authorship, name: str, by: Sequence[SignedBy]) -> None:
    people = tuple(one.person for one in by if one.person)
    if people and len(people) == len(by):
        found.proven.append(name)
        found.people[name] = people
    for principal, key, person in by:
        use = found.keys.setdefault(key.fingerprint(), KeyUse(key))
        use.principals[principal] = None
        use.entries.append(name)
        if person:
            use.people[person.id] = person
