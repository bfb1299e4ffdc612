"""Where there is a roster, new cases ask for signatures, which the client makes, with proofs."""

from base64 import b64decode
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.server_histories import ServerHistories
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading
from db import roster_queries
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.roster_store import write_roster
from starter.client.interface import ToSign
from starter.client.register_lookups import RegisterLookups
from starter.client.signed_decisions import decide_signed, with_signature
from starter.client.temporal_client import PingtaiClient
from tests.rules import builders, officers
from tests.rules.builders import Raw
from tests.rules.roster_life import HAIDIAN, A, B, C, Life, actor_of, entry, item, revoked
from tests.workflows.world import World, brought_in
from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, parse
from workflows.periods import beijing_date
from workflows.refusal import Refused
from workflows.roster_batches import RosterBatch
from workflows.roster_entries import RosterEntry
from workflows.run_io import CarriedPlatform
from workflows.vocabulary import Authorship, Happening


class Officer:
    """A person of the roster, who signs."""

    def __init__(self, entry: RosterEntry) -> None:
        """Who it is."""
        self.entry, self.key = entry, officers.public_key(entry.id)

    def ready(self) -> None:
        """Nothing is asked."""

    def sign(self, form: bytes, namespace: str = "pingtai-decision") -> bytes:
        """Sign at once."""
        return b64decode(officers.sshsig(self.entry.id, form, namespace))

    def says(self, kind: str, **changes: Any) -> Raw:
        """A decision of theirs, today."""
        day = beijing_date(datetime.now(UTC))
        actor = actor_of(self.entry)
        return builders.decision(kind, f"{self.entry.id}-{kind}", day, actor=actor, **changes)


KW_A, KW_B, KW_C, HD = (Officer(one) for one in (A, B, C, HAIDIAN))


@pytest.fixture
async def roster(engine: AsyncEngine, register: PostgresRegister) -> Life:
    """A roster in a register of its own: new cases of others ask for no signatures."""
    life = Life.opened(HAIDIAN)
    await write_roster(engine, RosterBatch(entries=tuple(life.roster.log)))
    return life


async def test_a_case_is_decided_by_those_who_stand_in_the_roster(
    world: World, engine: AsyncEngine, roster: Life
) -> None:
    """From the application, which the client completes, to a listing by two and to somebody who came later."""
    lookups = RegisterLookups(lambda: nullcontext(RegisterQueries(engine)))
    client = PingtaiClient(world.temporal, lookups, due=False)
    form = parse(
        PlatformApplication, builders.application(platform_id="signed-1", application_id="s-1")
    )
    await client.apply(form)
    assert (await client.apply(form)).repeated, (
        "what the client fills in makes it no other application"
    )
    policy = (await client.state("signed-1")).platform.facts.policy  # type: ignore[union-attr]
    assert (Authorship.REQUIRED, 3) == (policy.authorship, len(policy.second_signature))

    recommended = HD.says("recommendation")
    with pytest.raises(Refused, match="are signed, and this one is not"):
        await client.decide("signed-1", recommended)
    assert "inspection" == (await client.check("signed-1", recommended)).stage
    await decide_signed(client, "signed-1", recommended, HD)
    for kind in ("inspection", "expert_opinion"):
        await decide_signed(client, "signed-1", KW_A.says(kind), KW_A)

    listing = KW_A.says("listing")
    to_sign = await client.to_sign("signed-1", listing)
    assert to_sign
    assert 2 == to_sign.signatures_needed
    once = with_signature(to_sign.decision, KW_A, await client.roster_proof("kw-a"))
    with pytest.raises(Refused, match="two persons sign"):
        await client.decide("signed-1", once)
    both = with_signature(once, KW_B, await client.roster_proof("kw-b"))
    assert "valid" == (await client.decide("signed-1", both)).stage

    roster.take(roster.change([item(C)], A, B))
    await write_roster(engine, RosterBatch(entries=tuple(roster.roster.log)))
    support = KW_C.says("support", given_on=str(beijing_date(datetime.now(UTC))))
    assert "valid" == (await decide_signed(client, "signed-1", support, KW_C)).stage
    log = await client.log("signed-1")
    assert [Happening.ROSTER_LEARNED] == [
        one.name for one in log if one.name == Happening.ROSTER_LEARNED
    ]
    # Signed under this version, sent when the case knows the next: nothing that was signed has changed.
    kept = {**support, "decision_id": "kept"}
    to_sign = await client.to_sign("signed-1", kept)
    assert to_sign
    kept = with_signature(to_sign.decision, KW_C, await client.roster_proof("kw-c"))
    roster.take(roster.change([item(entry("kw-d"))], A, B))
    await write_roster(engine, RosterBatch(entries=tuple(roster.roster.log)))
    later = {**KW_A.says("support", given_on=support["given_on"]), "amount_wan": 2}
    await decide_signed(client, "signed-1", later, KW_A)
    assert len([one for one in await client.log("signed-1") if one.name == "roster_learned"]) == 2
    assert "valid" == (await client.decide("signed-1", kept)).stage
    revoked_c = roster.entries["kw-c"]
    roster.take(roster.change([item(revoked(revoked_c, roster.at), revoked_c)], A, B))
    await write_roster(engine, RosterBatch(entries=tuple(roster.roster.log)))
    lost = await client.to_sign("signed-1", {**support, "decision_id": "lost"})
    assert lost
    with pytest.raises(Refused, match="is revoked since"):
        await client.decide(
            "signed-1", with_signature(lost.decision, KW_C, await client.roster_proof("kw-c"))
        )

    assert await client.roster_proof("nobody") is None
    assert "kw-c" == await client.roster_holder(KW_C.key.openssh())
    assert "" == await client.roster_holder(officers.public_key("nobody").openssh())


@pytest.mark.parametrize("at_once", [50, 1])
async def test_what_had_ended_is_set_aside_by_whoever_stands_in_the_roster_today(
    world: World,
    engine: AsyncEngine,
    roster: Life,
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody shows a case that has ended later versions: they come with the setting aside, or before it."""

    class Lookups(RegisterLookups):
        """Cases are in the world's register, the roster is in this test's."""

        async def ended_term(self, platform_id: str) -> CarriedPlatform | None:
            return await world.lookups.ended_term(platform_id)

    client = PingtaiClient(
        world.temporal, Lookups(lambda: nullcontext(RegisterQueries(engine))), due=False
    )
    monkeypatch.setattr(roster_queries.roots_after, "__kwdefaults__", None)
    monkeypatch.setattr(roster_queries.roots_after, "__defaults__", (at_once,))
    id_ = f"signed-ended-{at_once}"
    raw = builders.application(platform_id=id_, application_id=id_)
    await client.apply(parse(PlatformApplication, raw))
    wrong = HD.says("recommendation", outcome="declined")
    assert "declined" == (await decide_signed(client, id_, wrong, HD)).stage
    for officer in (C, entry("kw-d"), entry("kw-e")):
        roster.take(roster.change([item(officer)], A, B))
    await write_roster(engine, RosterBatch(entries=tuple(roster.roster.log)))

    set_aside = KW_C.says("set_aside", target=wrong["decision_id"], reason="材料齐全")
    await world.client.temporal.get_workflow_handle(f"platform:{id_}").result()
    to_sign = await client.to_sign(id_, set_aside)
    assert to_sign
    signed = with_signature(to_sign.decision, KW_C, await client.roster_proof("kw-c"))
    signed = with_signature(signed, KW_A, await client.roster_proof("kw-a"))
    assert "recommendation" == (await client.decide(id_, signed)).stage
    names = [one.name for one in await client.log(id_)]
    assert [
        "recommendation",
        *["roster_learned"] * (3 if at_once == 1 else 1),
        "set_aside",
    ] == names[names.index("recommendation") :]
    assert (
        "inspection"
        == (
            await decide_signed(
                client, id_, HD.says("recommendation") | {"decision_id": "again"}, HD
            )
        ).stage
    )
    runs = [one async for one in ServerHistories(world.temporal).runs(id_)]
    assert check_reading(read_runs(id_, runs)) == [], "what came with it is no part of its words"


async def test_what_is_brought_in_is_signed_with_its_application(
    world: World, engine: AsyncEngine, roster: Life
) -> None:
    """It answers the application itself; sent again it is the same, whoever signs it anew."""
    lookups = RegisterLookups(lambda: nullcontext(RegisterQueries(engine)))
    client = PingtaiClient(world.temporal, lookups, due=False)
    stood = brought_in(1, actor=actor_of(A))
    raw = builders.application(platform_id="signed-2", application_id="s-2", brought_in=stood)
    form = parse(PlatformApplication, raw)

    async def sign(to_sign: ToSign) -> Raw:
        return with_signature(to_sign.decision, KW_A, await client.roster_proof("kw-a"))

    with pytest.raises(InvalidMessage, match="are signed, and this one is not"):
        await client.apply(form)
    assert not (await client.apply(form, sign)).repeated
    assert (await client.apply(form, sign)).repeated
    entry = (await client.log("signed-2"))[1]
    assert ("bringing_in", 1) == (entry.name, len(entry.said["signatures"]))
