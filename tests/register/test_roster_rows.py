"""The roster in the register: its log, people, keys and versions, in any order of confirming."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.reconciling.roster_rows import row_faults
from db.register_errors import RegisterConflict
from db.register_store import PostgresRegister
from db.roster_queries import (
    newest_root,
    people_named,
    people_page,
    proof_of,
    roots_after,
    roster_log_page,
)
from tests.rules.officers import public_key
from tests.rules.roster_life import HAIDIAN, OPERATOR, A, B, C, Life, entry, item, new_key, revoked
from workflows.record import LogEntry
from workflows.roster_batches import RosterBatch
from workflows.roster_entries import proof_holds
from workflows.roster_log import RosterLog
from workflows.signed_roots import chain_fault
from workflows.vocabulary import District, Role


def _life() -> Life:
    life = Life.opened(HAIDIAN, OPERATOR)
    life.take(life.change([item(C)], A, B))
    two = new_key(HAIDIAN, "hd-1-new")
    life.take(life.change([item(two, HAIDIAN)], HAIDIAN))
    life.take(
        life.change([item(entry("op-2", role=Role.OPERATOR, platform_id="bj-test"))], OPERATOR)
    )
    life.take(life.confirmation(A))
    life.take(life.confirmation(B))
    gone = two.model_copy(update={"keys": (revoked(two, life.at).keys[0], two.keys[1])})
    life.take(life.change([item(gone, two)], A, C))
    return life


async def _write(register: PostgresRegister, *entries: LogEntry) -> None:
    await register.write_roster(RosterBatch(entries=entries))


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_it_is_what_the_log_says(
    engine: AsyncEngine, register: PostgresRegister, size: int
) -> None:
    """In batches of any size, each sent twice."""
    life = _life()
    log = life.roster.log
    for first in range(0, len(log), size):
        for _ in range(2):
            await _write(register, *log[first : first + size])
    assert await roster_log_page(engine, limit=100) == log
    page = await people_page(engine)
    assert {one.id: one for one in page.people} == life.entries
    assert await newest_root(engine) == life.roster.state.root
    assert chain_fault(await roots_after(engine, 0), None) is None
    assert [r.root.version for r in await roots_after(engine, 2)] == [3, 4]
    async with engine.connect() as connection:
        query = text(
            "SELECT fingerprint, revoked IS NOT NULL FROM roster_keys WHERE person_id = 'hd-1'"
        )
        keys = {row[0]: row[1] for row in await connection.execute(query)}
    names = {"hd-1": True, "hd-1-new": False}
    assert keys == {public_key(name).fingerprint(): gone for name, gone in names.items()}


async def test_people_and_proofs(engine: AsyncEngine, register: PostgresRegister) -> None:
    """A proof is one of the version in force; who only waits has none."""
    assert await newest_root(engine) is None
    assert await proof_of(engine, "kw-a") is None
    life = _life()
    life.take(life.change([item(entry("kw-w"))], A))
    await _write(register, *life.roster.log)
    found = await proof_of(engine, "op-2")
    assert found
    proof, signed = found
    assert proof_holds(proof, signed.root)
    assert proof.entry == life.entries["op-2"]
    assert await proof_of(engine, "kw-w") is None
    assert set(await people_named(engine, ["hd-1", "nobody"])) == {"hd-1"}
    districts = await people_page(engine, role="district", district=District.HAIDIAN)
    assert [one.id for one in districts.people] == ["hd-1"]
    of_platform = await people_page(engine, platform_id="bj-test", limit=1)
    assert [one.id for one in of_platform.people] == ["op-1"]
    assert of_platform.after == "op-1"
    rest = await people_page(engine, platform_id="bj-test", after="op-1")
    assert [one.id for one in rest.people] == ["op-2"]


async def test_what_a_reset_did_again_is_written_again(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """The same decisions at later moments: people, keys and versions stay; something else is refused."""
    life = _life()
    log, again = life.roster.log, RosterLog()
    await _write(register, *log)
    for one in log:
        again.decide(one.said, one.at + timedelta(hours=1) * (one.seq > 2))
    await _write(register, *again.log[1:])
    assert await roster_log_page(engine, limit=100) == again.log
    assert await newest_root(engine) == life.roster.state.root
    assert await row_faults(engine, again.log) == []
    other = again.log[3].model_copy(update={"outcome": "rejected"})
    with pytest.raises(RegisterConflict):
        await _write(register, other.model_copy(update={"hash": other.seal()}))


async def test_another_roster_and_a_gap_are_refused(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """And nothing is written."""
    ours, other = _life().roster.log, Life.opened(C).roster.log
    await _write(register, *ours[:2])
    for wrong in ((other[0],), (ours[3],), (ours[2], other[0])):
        with pytest.raises(RegisterConflict, match="roster's log differs"):
            await _write(register, *wrong)
    assert await roster_log_page(engine) == ours[:2]
