"""A roster that lives in memory, and changes that people sign for it."""

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from workflows.model import as_sent, canonical
from workflows.roster_drafts import draft_root
from workflows.roster_entries import RosterEntry, RosterKey
from workflows.roster_log import RosterLog, RosterReceipt
from workflows.roster_state import put_in_force
from workflows.roster_words import RosterOutcome
from workflows.vocabulary import District, Role

from .builders import Raw
from .officers import NOW, public_key, signature
from .officers import entry as officer


def entry(person: str, **changes: Any) -> RosterEntry:
    """A person whose key is new."""
    one = officer(person, **changes)
    keys = tuple(key.model_copy(update={"first": NOW.date()}) for key in one.keys)
    return one if "keys" in changes else one.model_copy(update={"keys": keys})


A, B, C = (entry(f"kw-{letter}") for letter in "abc")
HAIDIAN = entry("hd-1", role=Role.DISTRICT, district=District.HAIDIAN, organisation="海淀区科委")
OPERATOR = entry("op-1", role=Role.OPERATOR, platform_id="bj-test", organisation="平台运营公司")
_numbers = count(1)


def actor_of(person: RosterEntry) -> Raw:
    """Who says something, as the roster has them."""
    names = ("id", "role", "organisation", "district")
    return {n: v for n, v in person.content().items() if n in names}


def item(person: RosterEntry, before: RosterEntry | None = None) -> Raw:
    """An entry of a change."""
    shown = {"before": before.content()} if before else {}
    return {"entry": person.content(), **shown}


def new_key(person: RosterEntry, name: str, **changes: Any) -> RosterEntry:
    """A person with one key more, that of `name`."""
    key = RosterKey(**{"public": public_key(name).openssh(), "first": NOW.date(), **changes})
    return person.model_copy(update={"keys": (*person.keys, key)})


def revoked(person: RosterEntry, at: datetime) -> RosterEntry:
    """A person whose keys are revoked since a moment."""
    keys = tuple(key.model_copy(update={"revoked": at}) for key in person.keys)
    return person.model_copy(update={"keys": keys})


class Life:
    """The roster, and the entries in force, as the register would have them."""

    def __init__(self) -> None:
        self.roster = RosterLog()
        self.at = NOW
        self.entries: dict[str, RosterEntry] = {}

    @classmethod
    def opened(cls, *more: RosterEntry) -> "Life":
        """Set up by A and B, with more people in it."""
        life = cls()
        life.take(life.change([item(one) for one in (A, B, *more)], A, B))
        return life

    def under(self) -> list[RosterEntry]:
        """Who stands in the version in force, or in the first."""
        return list(self.entries.values()) or [A, B]

    def change(self, items: list[Raw], *people: RosterEntry, **changes: Any) -> Raw:
        """A change that people sign, as the first of them says it."""
        made = {
            "kind": "roster_change",
            "decision_id": f"r-{next(_numbers)}",
            "actor": actor_of(people[0]),
            "items": items,
            **changes,
        }
        stands = self.roster.state.with_waiting()
        root = draft_root(self.roster.view(), stands, made, self.at)
        under = self.under()
        if not self.entries:
            under = [RosterEntry.model_validate_json(_json(one["entry"])) for one in items]
        signatures = [as_sent(signature(one, root.form(), under)) for one in people]
        return made | {
            "root": root.model_dump(mode="json", exclude_none=True),
            "signatures": signatures,
        }

    def confirmation(self, *people: RosterEntry, **changes: Any) -> Raw:
        """The word of people on what waits."""
        proposed = self.roster.state.proposed
        assert proposed, "nothing waits"
        said = {
            "kind": "roster_confirmation",
            "decision_id": f"r-{next(_numbers)}",
            "actor": actor_of(people[0]),
            "outcome": "confirmed",
            "proposed": proposed.root.digest(),
            **changes,
        }
        form = proposed.root.form()
        if said["outcome"] == RosterOutcome.REJECTED:
            form = canonical(said)
        signatures = [as_sent(signature(one, form, self.under())) for one in people]
        return said | {"signatures": signatures}

    def take(self, raw: Raw) -> RosterReceipt:
        """Decide, a minute after the last time."""
        self.at += timedelta(minutes=1)
        before = self.roster.state
        receipt = self.roster.decide(raw, self.at)
        if not receipt.repeated:
            made = put_in_force(before, self.roster.log[-1])
            self.entries |= {one.entry.id: one.entry for one in made}
        return receipt


def _json(raw: Raw) -> str:
    return json.dumps(raw)
