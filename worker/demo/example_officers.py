"""The people of the examples, with keys of their own, and the roster that they stand in."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from temporalio.client import Client

from starter.client.interface import Pingtai, ToSign
from starter.client.roster_sender import RosterSender
from starter.client.signed_decisions import with_signature
from starter.roster.example_roster import example_entry, made_key, set_up
from starter.roster.roster_origin import OFFICERS
from starter.signing.key_files import FileSigner
from starter.signing.signer import Signer
from worker.demo.example_lives import Example, sent_by_systems
from workflows.actors import Actor
from workflows.decision import Decision
from workflows.model import InvalidMessage, parse
from workflows.roster_entries import RosterEntry, RosterProof
from workflows.roster_log import RosterView
from workflows.words import Words, listed_zh


class ExampleOfficers:
    """Who acts in examples: an entry of the roster for each, and a key in a file."""

    def __init__(self, examples: Iterable[Example], home: Path) -> None:
        """Make the keys in a data folder; those that are there are taken."""
        self._keys: dict[str, FileSigner] = {one: made_key(one, home) for one in OFFICERS}
        self._home = home
        self.entries: dict[str, RosterEntry] = {}
        self._proofs: dict[str, RosterProof | None] = {}
        for example in examples:
            for actor in _actors(example):
                self._take(actor, example.platform_id)
        for said in sent_by_systems():
            if sender := _actor(said):
                self._take(sender, said["case"]["platform_id"])

    def _take(self, actor: Actor, platform_id: str) -> None:
        """Enter a person, under the first role and body in which they act."""
        if actor.id.casefold() in map(str.casefold, self._keys):
            return
        signer = self._keys[actor.id] = made_key(actor.id, self._home)
        self.entries[actor.id] = example_entry(actor, signer.key, platform_id)

    def signer(self, person: str) -> Signer | None:
        """Return what signs for a person; None: nobody of this id acts in the examples."""
        return self._keys.get(person)

    async def signed(
        self, client: Pingtai, platform_id: str, decision: Decision | dict[str, Any]
    ) -> Decision | dict[str, Any]:
        """Return a decision with the signature of who decides, and of another where two sign it.

        One that needs no signature is returned as it is.
        """
        form = await client.to_sign(platform_id, decision)
        return await self.sign(client, form) if form else decision

    async def sign(self, client: Pingtai, form: ToSign) -> dict[str, Any]:
        """Return a decision with the signatures of those who take it (`starter.client.interface.Sign`)."""
        raw = form.decision
        if raw["actor"]["id"] not in self._keys:
            return raw
        for person in self._signers_of(raw["actor"]["id"], max(1, form.signatures_needed)):
            if person not in self._proofs:
                self._proofs[person] = await client.roster_proof(person)
            raw = with_signature(raw, self._keys[person], self._proofs[person])
        return raw

    def _signers_of(self, person: str, number: int) -> list[str]:
        """Who decides, and officers of the same body who set the roster up and decide nothing themselves."""
        others = [one for one in OFFICERS if one != person]
        return [person, *others][:number]

    async def set_up(self, client: Client) -> RosterView:
        """Set the roster up with all of them. Raises as `example_roster.set_up`."""
        return await set_up(RosterSender(client), self._home, self.entries.values())


def words_of(view: RosterView) -> Words:
    """Return what the roster is, in a line."""
    root = view.root
    by = [one.proof.entry.id for one in root.signatures if one.proof] if root else []
    version = root.root.version if root else 0
    return Words(
        f"Roster, version {version}: {view.people} people, signed by {' and '.join(by)}",
        f"人员目录第 {version} 版：{view.people} 人，由 {listed_zh(by)} 签名",
    )


def _actors(example: Example) -> Iterator[Actor]:
    """Who applies and who decides in an example, as it says; what is no actor is passed over."""
    for form in example.applications:
        if form.submitted_by:
            yield form.submitted_by
    for term in example.life.terms:
        for step in term.steps:
            for said in (step.decide, step.signal, step.refused):
                actor = _actor(said)
                if actor:
                    yield actor


def _actor(said: Mapping[str, Any] | None) -> Actor | None:
    given = said.get("actor") if said else None
    try:
        return parse(Actor, given) if isinstance(given, dict) else None
    except InvalidMessage:
        return None
