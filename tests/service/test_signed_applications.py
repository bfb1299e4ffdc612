"""By HTTP an application is signed by its person, too: what it brings in, and that it is for the next term."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.key_rows import Keys
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.roster_store import write_roster
from starter.client.http_client import PingtaiHttpClient
from starter.client.interface import ToSign
from starter.client.register_lookups import RegisterLookups
from starter.client.signed_decisions import with_signature
from starter.client.temporal_client import PingtaiClient
from starter.errors import BadInput
from starter.service.app import make_app
from tests.rules import builders
from tests.rules.builders import Raw
from tests.rules.roster_life import OPERATOR, A, Life, actor_of, entry
from tests.service.conftest import EVERYTHING, WorldConnections
from tests.service.test_clients import over_http
from tests.workflows.test_signed_cases import Officer
from tests.workflows.world import World, brought_in
from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, parse
from workflows.roster_batches import RosterBatch

PLATFORM = "signed-http"
KW_A = Officer(A)
OP = Officer(
    entry(
        "op-1",
        role=OPERATOR.role,
        platform_id=PLATFORM,
        organisation=builders.OPERATOR_NAME,
    )
)


class Connections(WorldConnections):
    """A service whose register has a roster."""

    async def client(self) -> PingtaiClient:
        """One that asks this register."""
        lookups = RegisterLookups(lambda: nullcontext(RegisterQueries(self._engine)))
        return PingtaiClient(self._world.temporal, lookups, due=False)


@pytest.fixture
async def client(
    world: World, engine: AsyncEngine, register: PostgresRegister
) -> AsyncIterator[PingtaiHttpClient]:
    """A client of it, whose key may do everything."""
    life = Life.opened(OP.entry)
    await write_roster(engine, RosterBatch(entries=tuple(life.roster.log)))
    at = datetime.now(UTC) - timedelta(seconds=1)
    about: Raw = {"district": "haidian", "organisation": None, "days": 1, "at": at, "by": "tester"}
    _, token = await Keys(engine).create("test", EVERYTHING, **about)
    async with over_http(make_app(Connections(world, engine)), token) as found:
        yield found


async def test_what_is_brought_in_and_the_next_term_are_signed(
    client: PingtaiHttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By who says it; unsigned they are refused, and nobody signs what a service made of it."""
    stood = brought_in(2, days=300, actor=actor_of(A))
    raw = builders.application(platform_id=PLATFORM, application_id="h-1", brought_in=stood)
    form = parse(PlatformApplication, raw)

    async def sign(to_sign: ToSign) -> Raw:
        signer = KW_A if to_sign.decision["actor"]["id"] == A.id else OP
        proof = await client.roster_proof(signer.entry.id)
        return with_signature(to_sign.decision, signer, proof)

    with pytest.raises(InvalidMessage, match="are signed, and this one is not"):
        await client.apply(form)
    assert not (await client.apply(form, sign)).repeated
    assert (await client.apply(form, sign)).repeated
    [opened, taken] = (await client.log(PLATFORM))[:2]
    assert (taken.name, len(taken.said["signatures"])) == ("bringing_in", 1)
    assert opened.said["policy"]["authorship"] == "required"

    later = builders.application(
        platform_id=PLATFORM, application_id="h-2", submitted_by=actor_of(OP.entry)
    )
    next_term = parse(PlatformApplication, later)
    with pytest.raises(Exception, match="this one is not"):
        await client.apply(next_term)
    looked = PingtaiHttpClient.application_to_sign

    async def changed(self: PingtaiHttpClient, application: PlatformApplication) -> Any:
        asked = await looked(self, application)
        assert asked
        other = asked.decision["application"] | {"name": "另一平台"}
        return asked.model_copy(update={"decision": asked.decision | {"application": other}})

    with monkeypatch.context() as patch, pytest.raises(BadInput, match="something else signed"):
        patch.setattr(PingtaiHttpClient, "application_to_sign", changed)
        await client.apply(next_term, sign)
    applied = await client.apply(next_term, sign)
    assert (applied.term, bool(applied.begins)) == (2, True)
    entry_ = (await client.log(PLATFORM))[-1]
    assert (entry_.name, len(entry_.said["signatures"])) == ("next_term", 1)
