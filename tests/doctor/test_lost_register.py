"""One part that has nothing of what the other has: said where the system starts, and by `doctor`."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from tests.register.cases import batch, opened
from worker.doctor.check_register import register_complete
from worker.doctor.finding import Verdict
from worker.register_owner import parts_apart


def temporal(running: int) -> Any:
    """A Temporal with so many platforms, all of them open."""

    async def count(_: str) -> SimpleNamespace:
        return SimpleNamespace(count=running)

    return SimpleNamespace(count_workflows=count, namespace="default")


async def test_an_empty_register(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Beside a Temporal with platforms it is lost; beside an empty one it is new."""
    assert await parts_apart(temporal(0), engine) is None
    said = await parts_apart(temporal(3), engine)
    assert said
    assert "the register is empty, and Temporal has 3 open platforms: pingtai doctor" in said.en
    assert "名册为空，而 Temporal 中有未结束的平台 3 个" in said.zh
    found = await register_complete(temporal(3), engine)
    assert (found.verdict, bool(found.advice)) == (Verdict.BAD, True)
    assert found.advice
    assert "pingtai register rebuild" in found.advice.en
    await register.write(batch(opened()))
    assert await parts_apart(temporal(1), engine) is None
    lost = await parts_apart(temporal(0), engine)
    assert lost
    assert "1 open term" in lost.en
    assert "never had a platform" in lost.en
