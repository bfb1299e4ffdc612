"""The keys of payloads, examined: missing, closed, behind a rotation, and back after an erasure."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.audit_tables import archived_histories
from db.erasure_store import ErasureStore
from db.register_store import PostgresRegister
from starter.encryption.encrypted_converter import configured_keys
from starter.encryption.key_errors import VARIABLE
from starter.encryption.master_keys import add_master_key
from tests.register.cases import application, batch, opened
from worker.doctor.check_payload_keys import payload_keys
from worker.doctor.finding import Finding, Verdict
from workflows.erasure_decisions import Erased, ErasedTerm
from workflows.erasure_log import ErasureLog

PLATFORM = "bj-test"


class _NoCases:
    """A Temporal that runs nothing."""

    async def list_workflows(self, query: str, limit: int) -> AsyncIterator[None]:
        """Yield nothing."""
        for _ in ():
            yield


_NO_CASES = cast(Client, _NoCases())


async def _found(engine: AsyncEngine, verdict: Verdict, *said: str) -> Finding:
    found = await payload_keys(_NO_CASES, engine)
    assert found.verdict is verdict, found
    assert all(word in f"{found.what.en} {found.what.zh}" for word in said), found
    return found


async def test_each_trouble_with_keys_is_named(
    engine: AsyncEngine,
    register: PostgresRegister,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """One after another, on one open term."""
    monkeypatch.delenv(VARIABLE, raising=False)
    await _found(engine, Verdict.GOOD, "not encrypted")
    masters = tmp_path / "keys.json"
    monkeypatch.setenv(VARIABLE, str(masters))
    await _found(engine, Verdict.BAD, str(masters))
    add_master_key(masters, "first")
    await register.write(batch(opened(application(platform_id=PLATFORM))))
    await _found(engine, Verdict.GOOD, "0 of 1 open term")  # it began in the clear
    await _archived(engine, f"{PLATFORM}:term-1:first,shared:first")
    await _found(engine, Verdict.BAD, f"missing here: {PLATFORM}:term-1", "缺失")
    with monkeypatch.context() as without:
        without.delenv(VARIABLE)
        await _found(
            engine,
            Verdict.NOTE,
            f"archived histories are encrypted with the key {PLATFORM}",
            VARIABLE,
        )
    keys = configured_keys()
    assert keys
    keys.current(f"{PLATFORM}:term-1")
    await _found(engine, Verdict.GOOD, "1 of 1 open term")
    add_master_key(masters, "second")
    await _found(engine, Verdict.NOTE, "1 older than the rotation to second")
    file = keys.directory / PLATFORM / "term-1.first.json"
    file.chmod(0o640)
    await _found(engine, Verdict.BAD, str(file))
    file.chmod(0o600)
    kept = file.read_bytes()
    keys.destroy(PLATFORM, 1)
    await _found(engine, Verdict.BAD, "missing here")  # of a term that is open
    file.write_bytes(kept)
    file.chmod(0o600)
    await _found(engine, Verdict.BAD, f"erased terms are here again: {PLATFORM}:term-1")
    (
        keys.directory / PLATFORM / "term-1.erased"
    ).unlink()  # in a copy of the directory there was no mark
    assert (await payload_keys(_NO_CASES, engine)).verdict is not Verdict.BAD
    log = ErasureLog()
    log.record_erased(Erased(entries=1, remains="c" * 64, rows={}, keys=1), datetime.now(UTC))
    await ErasureStore(engine).write(ErasedTerm(platform_id=PLATFORM, term=1), log.log)
    await _found(engine, Verdict.BAD, f"erased terms are here again: {PLATFORM}:term-1")


async def _archived(engine: AsyncEngine, codec: str) -> None:
    now = datetime.now(UTC)
    row = {
        "workflow_id": f"platform:{PLATFORM}",
        "run_id": "r",
        "platform_id": PLATFORM,
        "year": 0,
        "started_at": now,
        "archived_at": now,
        "events": 1,
        "sdk": "",
        "codec": codec,
        "sha256": "",
    }
    async with engine.begin() as connection:
        await connection.execute(insert(archived_histories).values(row))
