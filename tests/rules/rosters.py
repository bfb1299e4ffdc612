"""A roster of those who decide in tests, and decisions that they sign with proofs from it."""

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.roster_entries import RosterEntry, RosterKey, prove_entry
from workflows.signature_requests import form_to_sign
from workflows.signed_roots import SignedRoot
from workflows.ssh_signatures import DECISION_NAMESPACE
from workflows.vocabulary import District, Role

from . import officers
from .builders import ACTORS, Raw

SINCE = date(2024, 1, 1)
EARLY = datetime(2024, 1, 2, tzinfo=UTC)


def person(id_: str, role: Role = Role.COMMISSION, key: str = "", **changes: Any) -> RosterEntry:
    """Who decides in tests in a role, under an id; with their own key, unless it is said otherwise."""
    like = ACTORS[role]
    own = RosterKey(public=officers.public_key(key or id_).openssh(), first=SINCE)
    content = {
        "role": role,
        "organisation": like["organisation"],
        "district": next((one for one in District if one == like.get("district")), None),
        "platform_id": "bj-test" if role is Role.OPERATOR else None,
        "keys": (own,),
        "first_day": SINCE,
    }
    return officers.entry(id_, **{**content, **changes})


class Roster:
    """People, and the versions of the roster that they stood in."""

    def __init__(self, *people: RosterEntry) -> None:
        self.people = {one.id: one for one in people}
        entries = list(people)
        version = officers.root(entries, at=EARLY)
        self.versions = [officers.signed(version, entries, *self._officers())]

    def _officers(self) -> list[RosterEntry]:
        return [one for one in self.people.values() if one.role is Role.COMMISSION][:2]

    @property
    def newest(self) -> SignedRoot:
        return self.versions[-1]

    def change(self, *people: RosterEntry) -> SignedRoot:
        """Enter people anew; two officers sign the next version."""
        before, signers = list(self.people.values()), self._officers()
        self.people |= {one.id: one for one in people}
        at = self.newest.root.at + timedelta(days=1)
        version = officers.root(list(self.people.values()), self.newest.root, at=at)
        self.versions.append(officers.signed(version, before, *signers))
        return self.newest

    def proof(self, id_: str) -> Raw:
        """The proof that a person stands in the newest version."""
        leaves = {one.id: one.leaf().hex() for one in self.people.values()}
        return prove_entry(self.people[id_], leaves).model_dump(mode="json")

    def sign(self, id_: str, form: bytes, key: str = "") -> Raw:
        """A person's signature with its proof; `key`: made with another's key."""
        sshsig = officers.sshsig(key or id_, form, DECISION_NAMESPACE)
        assert base64.b64decode(sshsig)
        return {"sshsig": sshsig, "proof": self.proof(id_)}

    def signed(self, raw: Raw, case: Case[Any], *people: str, key: str = "") -> Raw:
        """A decision as it is sent, signed by people for the case as it stands; `key`: with that one."""
        form = form_to_sign(case, decision_of(raw))
        case_named = decision_of(raw).model_dump(mode="json")["case"] or {}
        facts, year = case.state.facts, getattr(case.state, "year", None)
        about = {"platform_id": facts.platform_id, "term": facts.term}
        about |= {"year": year} if year else {}
        answers = case.content_chain().newest
        named = {**about, **{k: v for k, v in case_named.items() if v is not None}}
        named.setdefault("answers", answers)
        signatures = [self.sign(one, form, key) for one in people]
        return raw | {"case": named, "signatures": signatures}
