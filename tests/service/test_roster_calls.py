"""The roster by HTTP: what is signed at a desk is sent as it is, and read as the register has it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.key_rows import Keys
from db.roster_store import write_roster
from starter.client.http_client import PingtaiHttpClient
from starter.client.temporal_client import PingtaiClient
from starter.errors import BadInput, NoRoster, NotAllowed
from starter.roster.http_roster import HttpRoster
from starter.roster.roster_changes import (
    RosterChanges,
    opening,
    opening_signature,
    with_signatures,
)
from starter.service import roster_routes
from starter.service.app import make_app
from starter.signing.key_files import FileSigner, make_key, read_key_file
from tests.rules import officers
from tests.starter.memory_roster import MemoryRoster
from workflows.refusal import Refused
from workflows.roster_batches import RosterBatch
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry, RosterKey, proof_holds
from workflows.vocabulary import District, Role

BODY = "市科委"


class Connections:
    """A register, and no Temporal: the roster is in memory."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def temporal(self) -> Client:
        """Nobody calls it."""
        return cast(Client, None)

    async def client(self) -> PingtaiClient:
        """Nobody calls it."""
        raise AssertionError

    async def engine(self) -> AsyncEngine:
        """The register."""
        return self._engine

    async def close(self) -> None:
        """Nothing."""


class Desk:
    """A roster behind a service, and the keys of its officers."""

    def __init__(self, engine: AsyncEngine, folder: Path, memory: MemoryRoster) -> None:
        self.engine, self.memory, self._folder = engine, memory, folder
        self.app = make_app(Connections(engine))

    def signer(self, name: str) -> FileSigner:
        """The key of a person."""
        path = self._folder / name
        if not path.exists():
            make_key(path)
        return FileSigner(read_key_file(path))

    def person(self, name: str, **changes: Any) -> RosterEntry:
        """A person with a new key."""
        today = datetime.now(UTC).date()
        said: dict[str, Any] = {
            "id": name,
            "name": f"姓名{name}",
            "role": Role.COMMISSION,
            "organisation": BODY,
            "keys": (RosterKey(public=self.signer(name).key.openssh(), first=today),),
            "first_day": today,
            "appointed_by": "人事处",
        }
        return RosterEntry(**said | changes)

    async def set_up(self) -> None:
        """By two officers."""
        people = [self.person("kw-1"), self.person("kw-2")]
        content, root = opening(people)
        signed = [opening_signature(self.signer(one.id), root, people) for one in people]
        await self.memory.start(with_signatures(content, root, signed))
        await self.written()

    async def written(self) -> None:
        """The register follows."""
        await write_roster(self.engine, RosterBatch(entries=tuple(self.memory.log.log)))

    async def roster(self, *scopes: str, **wanted: Any) -> HttpRoster:
        """The roster by HTTP, with a key of these scopes."""
        at = datetime.now(UTC) - timedelta(seconds=1)
        usual = {"district": None, "organisation": None, "days": 1, "at": at, "by": "tester"}
        _, token = await Keys(self.engine).create("test", scopes, **(usual | wanted))
        transport = httpx.ASGITransport(self.app)
        return HttpRoster(PingtaiHttpClient("http://localhost", token, transport=transport))


@pytest.fixture
async def desk(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """No roster is set up yet."""
    memory = MemoryRoster()
    monkeypatch.setattr(roster_routes, "RosterSender", lambda _: memory)
    yield Desk(engine, tmp_path, memory)


async def test_it_is_changed_and_confirmed_by_http(desk: Desk) -> None:
    """Two officers at their desks; each reads what waits, and nobody's key but theirs signs."""
    roster = await desk.roster("read", "decide:commission")
    with pytest.raises(NoRoster):
        await roster.view()
    assert await roster.newest() is None
    with pytest.raises(BadInput, match="is set up on the server"):
        await roster.start({})
    await desk.set_up()
    haidian = desk.person("hd-1", role=Role.DISTRICT, district=District.HAIDIAN)
    first = RosterChanges(roster, [desk.signer("kw-1")])
    assert (await first.change([haidian], {})).outcome == "waiting"
    assert [one.entry for one in await roster.waiting()] == [haidian]
    seen: list[RosterItem] = []
    second = RosterChanges(roster, [desk.signer("kw-2")])
    with pytest.raises(Refused, match="cannot confirm it"):
        await first.confirm(seen=seen.extend)
    with pytest.raises(BadInput, match="was not shown: hd-1"):
        await second.change([desk.person("kw-3")], {})
    confirmed = await second.confirm(seen=seen.extend)
    assert {one.entry.id for one in seen} == {"hd-1"}
    assert (confirmed.outcome, confirmed.version, confirmed.repeated) == ("confirmed", 2, False)
    last = desk.memory.log.log[-1]
    again = await roster.decide(last.said)
    assert (again.seq, again.repeated) == (last.seq, True)
    await desk.written()
    assert await roster.newest() == desk.memory.log.state.root
    assert await roster.named(["hd-1", "nobody"]) == {"hd-1": haidian}
    found = await roster.proof("hd-1")
    assert found
    assert proof_holds(found[0], found[1].root)
    assert found[0] == await roster._client.roster_proof("hd-1")
    assert await roster._client.roster_proof("nobody") is None
    assert "hd-1" == await roster._client.roster_holder(haidian.keys[0].public)
    assert "" == await roster._client.roster_holder(officers.public_key("nobody").openssh())
    page = await roster.people(limit=2)
    assert [one.id for one in page.people] == ["hd-1", "kw-1"]
    assert [one.id for one in (await roster.people(page.after or "")).people] == ["kw-2"]
    of_district = await roster.people(role="district", district="haidian")
    assert of_district.people == (haidian,)


async def test_a_key_of_the_service_is_no_signature(desk: Desk) -> None:
    """It lets its holder send; what its holder may say stands in the roster."""
    await desk.set_up()
    reader = await desk.roster("read")
    with pytest.raises(NotAllowed):
        await RosterChanges(reader, [desk.signer("kw-1")]).change([desk.person("kw-3")], {})
    sender = await desk.roster("read", "decide:commission")
    with pytest.raises(NotAllowed, match="belongs to nobody"):
        await RosterChanges(sender, [desk.signer("thief")]).change([desk.person("kw-3")], {})
    elsewhere = await desk.roster("read", "decide:commission", organisation="另一单位")
    with pytest.raises(NotAllowed, match="speaks for 另一单位"):
        await RosterChanges(elsewhere, [desk.signer("kw-1")]).change([desk.person("kw-3")], {})
    assert desk.memory.log.seq == 1
