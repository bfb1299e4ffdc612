"""What `doctor` says of a case whose record fills, before the case refuses what it has no room for."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.record_sizes import largest_records
from db.register_store import PostgresRegister
from tests.register.cases import application, batch, listed
from tests.rules.builders import COMMISSION
from worker.doctor import check_record_sizes
from worker.doctor.check_record_sizes import records_have_room
from worker.doctor.finding import Verdict
from workflows.case_record import CaseRecord


def carried(record: CaseRecord) -> int:
    """Bytes of log and receipts, as they are carried."""
    parts = [*record.log, *record.receipts]
    return sum(len(one.model_dump_json().encode()) for one in parts)


async def test_a_record_that_fills_is_named(
    engine: AsyncEngine, register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its share and its entries; what the register reckons is what the case carries, or a little more."""
    told = listed(application("p-1"))
    case = told.case
    for _ in range(20):
        given = str(case.state.listed_on)
        told.decide("support", actor=COMMISSION, note="大" * 1_000, given_on=given)
    await register.write(batch(told))
    (found,) = await largest_records(engine, 0)
    assert len(case.log) == found.entries
    assert carried(case.record()) <= found.size <= carried(case.record()) * 1.15
    assert Verdict.GOOD == (await records_have_room(engine)).verdict
    monkeypatch.setattr(check_record_sizes, "FILLING", found.filled)
    said = await records_have_room(engine)
    share = found.size * 100 // 6_300_000
    assert Verdict.NOTE == said.verdict
    assert f"{found.platform_id} ({share}%, {found.entries} entries)" in said.what.en
    assert f"{found.platform_id}（{share}%，{found.entries} 条）" in said.what.zh
