"""The people of the examples, with keys of their own, and the roster that they stand in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from starter.client.interface import Pingtai, ToSign
from starter.client.signed_decisions import with_signature
from starter.clock import today
from starter.roster.roster_access import DirectRoster
from starter.roster.roster_changes import opening, opening_signature, with_signatures
from starter.signing.key_files import FileSigner, make_key, read_key_file
from starter.signing.signer import Signer
from worker.demo.example_lives import Example
from workflows.actors import Actor
from workflows.decision import Decision
from workflows.model import InvalidMessage, parse
from workflows.roster_entries import RosterEntry, RosterKey, RosterProof
from workflows.roster_log import RosterView
from workflows.signed_roots import OFFICERS_NEEDED
from workflows.ssh_signatures import PublicKey
from workflows.vocabulary import Role
from workflows.words import Words

_BODY = "市科委、中关村管委会"
_SETTING_UP = ("demo-01", "demo-02")
"""Officers who set the roster up, whoever acts in the examples."""


def entry_of(
    actor: Actor, platform_id: str, key: PublicKey, since: date, appointed_by: str
) -> RosterEntry:
    """The entry of who acts so; `platform_id` is that of an operator's people."""
    return RosterEntry(
        id=actor.id,
        name=actor.id,
        role=actor.role,
        organisation=actor.organisation,
        district=actor.district,
        credit_code=actor.credit_code,
        platform_id=platform_id if actor.role is Role.OPERATOR else None,
        keys=(RosterKey(public=key.openssh(), first=since),),
        first_day=since,
        appointed_by=appointed_by,
    )


class ExampleOfficers:
    """Who acts in examples: an entry of the roster for each, and a key in a file."""

    def __init__(self, examples: Iterable[Example], folder: Path) -> None:
        """Make the keys in a folder."""
        folder.mkdir(mode=0o700)
        self._keys: dict[str, FileSigner] = {}
        self.entries: dict[str, RosterEntry] = {}
        self._proofs: dict[str, RosterProof | None] = {}
        for person in _SETTING_UP:
            actor = Actor(id=person, role=Role.COMMISSION, organisation=_BODY)
            self._take(actor, "", folder)
        for example in examples:
            for actor in _actors(example):
                self._take(actor, example.platform_id, folder)

    def _take(self, actor: Actor, platform_id: str, folder: Path) -> None:
        """Enter a person, under the first role and body in which they act."""
        if actor.id.casefold() in map(str.casefold, self.entries):
            return
        path = folder / actor.id
        make_key(path)
        signer = self._keys[actor.id] = FileSigner(read_key_file(path))
        self.entries[actor.id] = entry_of(
            actor, platform_id, signer.key, today(), actor.organisation
        )

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
        others = [one for one in _SETTING_UP if one != person]
        return [person, *others][:number]

    async def set_up(self, client: Client, engine: AsyncEngine) -> RosterView:
        """Set the roster up.

        Raises:
            BadInput: there is one already.
            Unreachable: a part does not answer.
        """
        people = list(self.entries.values())
        content, root = opening(people, "examples 示例")
        officers = [self._keys[one] for one in _SETTING_UP[:OFFICERS_NEEDED]]
        signed = [opening_signature(one, root, people) for one in officers]
        return await DirectRoster(client, engine).start(with_signatures(content, root, signed))


def words_of(view: RosterView) -> Words:
    """Return what the roster is, in a line."""
    root = view.root
    by = [one.proof.entry.id for one in root.signatures if one.proof] if root else []
    version = root.root.version if root else 0
    return Words(
        f"Roster, version {version}: {view.people} people, signed by {' and '.join(by)}",
        f"人员目录第 {version} 版：{view.people} 人，由 {'、'.join(by)} 签名",
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
