"""How a command reaches the roster: the workflow for what is decided, the register for the people."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from db.asyncpg_connections import Source
from db.roster_queries import (
    RosterPage,
    holders_of,
    newest_root,
    people_named,
    people_page,
    proof_of,
)
from starter.client.register_access import open_connections
from starter.client.roster_sender import RosterSender
from starter.desk.reach import open_service
from starter.desk.service_address import service_address
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry, RosterProof
from workflows.roster_log import RosterReceipt, RosterView
from workflows.signed_roots import SignedRoot


class RosterPeople(Protocol):
    """What is asked about the people of the roster."""

    async def named(self, ids: Sequence[str]) -> dict[str, RosterEntry]:
        """The entries in force of people."""

    async def people(self, after: str = "", **narrowed: Any) -> RosterPage:
        """A page of people."""


class RosterAccess(RosterPeople, Protocol):
    """All that the commands ask of the roster."""

    async def start(self, change: dict[str, Any]) -> RosterView:
        """Set it up. Raises BadInput, Refused, InvalidMessage, Unreachable."""

    async def decide(self, raw: dict[str, Any]) -> RosterReceipt:
        """Send a decision. Raises NoRoster, Refused, InvalidMessage, Unreachable."""

    async def view(self) -> RosterView:
        """Where it stands. Raises NoRoster, Unreachable."""

    async def leaves(self) -> dict[str, str]:
        """The hashes of all entries by their ids, with what waits."""

    async def waiting(self) -> list[RosterItem]:
        """What waits for a second officer."""

    async def newest(self) -> SignedRoot | None:
        """The version in force, as the register has it."""

    async def holders(self, keys: Sequence[str]) -> dict[str, str]:
        """Whose keys are in the roster: ids by the keys' lines."""

    async def proof(self, person: str) -> tuple[RosterProof, SignedRoot] | None:
        """The proof of a person under the version in force; None: there is none."""


class RegisterRoster:
    """The people of the roster by the register alone (`RosterPeople`)."""

    def __init__(self, source: Source) -> None:
        """With the register to read."""
        self._source = source

    async def named(self, ids: Sequence[str]) -> dict[str, RosterEntry]:
        """See `RosterPeople`."""
        return await people_named(self._source, ids)

    async def people(self, after: str = "", **narrowed: Any) -> RosterPage:
        """See `RosterPeople`."""
        return await people_page(self._source, after=after, **narrowed)


_MOVES_WITHIN = 20.0
"""Seconds for which a command waits for a roster that moves to another Temporal."""


class DirectRoster(RegisterRoster, RosterSender):
    """The roster by Temporal and the register themselves (`RosterAccess`)."""

    def __init__(self, client: Any, source: Source) -> None:
        """With a connected client, and the register to read."""
        RegisterRoster.__init__(self, source)
        RosterSender.__init__(self, client, patience=_MOVES_WITHIN)

    async def newest(self) -> SignedRoot | None:
        """See `RosterAccess`."""
        return await newest_root(self._source)

    async def holders(self, keys: Sequence[str]) -> dict[str, str]:
        """See `RosterAccess`."""
        return await holders_of(self._source, keys)

    async def proof(self, person: str) -> tuple[RosterProof, SignedRoot] | None:
        """See `RosterAccess`."""
        return await proof_of(self._source, person)


@asynccontextmanager
async def open_roster() -> AsyncIterator[RosterAccess]:
    """The roster, for as long as it is needed: by HTTP where a service is named.

    Raises:
        Unreachable, BadInput: it cannot be reached.
    """
    address = service_address()
    if address is not None:
        from starter.roster.http_roster import HttpRoster  # noqa: PLC0415 - only this way needs it

        async with open_service(address) as client:
            yield HttpRoster(client)
        return
    async with open_direct_roster() as roster:
        yield roster


@asynccontextmanager
async def open_direct_roster() -> AsyncIterator[DirectRoster]:
    """The roster of this machine's system, or of that which the environment names. Raises as `open_roster`."""
    from starter.client.temporal_connection import connect  # noqa: PLC0415 - Temporal's client is slow to load

    async with open_connections() as source:
        yield DirectRoster(await connect(), source)


@asynccontextmanager
async def open_roster_people(*, start: bool = True) -> AsyncIterator[RosterPeople]:
    """The people of the roster alone: Temporal is not asked. `start` as `open_reads`.

    Raises:
        Unreachable, BadInput: the register cannot be read.
    """
    address = service_address()
    if address is not None:
        from starter.roster.http_roster import HttpRoster  # noqa: PLC0415 - only this way needs it

        async with open_service(address) as client:
            yield HttpRoster(client)
        return
    async with open_connections(start=start) as source:
        yield RegisterRoster(source)
