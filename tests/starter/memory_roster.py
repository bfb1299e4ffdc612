"""A roster in memory, as Temporal and the register would have it (`RosterAccess`)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from db.roster_queries import RosterPage
from starter.errors import NoRoster
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry, RosterProof, prove_entry
from workflows.roster_log import RosterLog, RosterReceipt, RosterView
from workflows.roster_state import put_in_force
from workflows.signed_roots import SignedRoot


class MemoryRoster:
    """The roster and its people."""

    def __init__(self) -> None:
        self.log = RosterLog()
        self.entries: dict[str, RosterEntry] = {}

    async def start(self, change: dict[str, Any]) -> RosterView:
        """Set up."""
        await self.decide(change)
        return self.log.view(1)

    async def decide(self, raw: dict[str, Any]) -> RosterReceipt:
        """Decide now."""
        before = self.log.state
        receipt = self.log.decide(json.loads(json.dumps(raw)), datetime.now(UTC))
        made = put_in_force(before, self.log.log[-1])
        self.entries |= {one.entry.id: one.entry for one in made}
        return receipt

    async def view(self) -> RosterView:
        """Where it stands."""
        if not self.log.seq:
            raise NoRoster
        return self.log.view(self.log.seq)

    async def leaves(self) -> dict[str, str]:
        """With what waits."""
        return self.log.state.with_waiting()

    async def waiting(self) -> list[RosterItem]:
        """What waits."""
        await self.view()
        return [item for change in self.log.state.waiting for item in change.items]

    async def newest(self) -> SignedRoot | None:
        """In force."""
        return self.log.state.root

    async def named(self, ids: Sequence[str]) -> dict[str, RosterEntry]:
        """By their ids."""
        return {one: entry for one, entry in self.entries.items() if one in ids}

    async def holders(self, keys: Sequence[str]) -> dict[str, str]:
        """By their keys."""
        return {
            key.public: one.id
            for one in self.entries.values()
            for key in one.keys
            if key.public in keys
        }

    async def proof(self, person: str) -> tuple[RosterProof, SignedRoot] | None:
        """Of a person in force."""
        root, entry = self.log.state.root, self.entries.get(person)
        return (prove_entry(entry, self.log.state.leaves), root) if root and entry else None

    async def people(self, after: str = "", **narrowed: Any) -> RosterPage:
        """All who fit."""
        limit = narrowed.pop("limit")
        wanted = {name: value for name, value in narrowed.items() if value}
        found = [
            one
            for one in sorted(self.entries.values(), key=lambda one: one.id)
            if one.id > after and all(getattr(one, n) == v for n, v in wanted.items())
        ]
        more = found[limit - 1].id if len(found) >= limit else None
        return RosterPage(people=tuple(found[:limit]), after=more)
