"""The operators that notices and keys name, held against the register as the rules compare names."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.key_rows import Keys
from db.register_store import PostgresRegister
from tests.register.cases import application, batch, opened
from worker.doctor.check_names import operators_named
from worker.doctor.finding import Verdict

OPERATOR = "北京示例（材料）有限公司"


async def key(engine: AsyncEngine, organisation: str) -> None:
    """A key by which an operator decides."""
    now = datetime.now(UTC)
    await Keys(engine).create(
        f"portal of {organisation}",
        ["decide:operator"],
        district=None,
        organisation=organisation,
        at=now,
        by="tests",
        days=1,
    )


async def test_operators_that_nearly_are_one_of_the_register(
    engine: AsyncEngine,
    register: PostgresRegister,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Other brackets are the same; traditional characters are not; a body of no platform yet is no mistake."""
    await register.write(batch(opened(application(operator={"name": OPERATOR}))))
    path = tmp_path / "notices.toml"
    path.write_text(f'[[recipients]]\nname = "jia"\noperator = "{OPERATOR}"\nfile = "jia.jsonl"\n')
    monkeypatch.setenv("PINGTAI_NOTICES", str(path))
    await key(engine, "北京示例(材料)有限责任公司")
    await key(engine, "某新设公司")
    found = await operators_named(engine)
    assert (found.verdict, found.what.zh) == (Verdict.GOOD, "通知收件方和密钥所列运营单位：3 个")
    path.write_text(path.read_text().replace(OPERATOR, "北京示例材料有限責任公司"))
    await key(engine, "北京示例材料股份有限公司")
    found = await operators_named(engine)
    assert found.verdict is Verdict.NOTE
    assert found.what.en.startswith(
        "known to no platform: 2 operators (recipient jia: 北京示例材料有限責任公司,"
        f" not {OPERATOR}; key portal"
    )
