"""A decision asks no case anything: each question costs a worker a whole history (docs/decisions/0001)."""

from typing import Any

import pytest

from starter.client.case_queries import CaseQueries
from starter.client.register_lookups import NoRegister
from starter.client.temporal_client import PingtaiClient
from starter.errors import Unreachable
from tests.workflows.world import World
from workflows.states import Receipt


async def test_decisions_ask_no_case(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a platform and of its open assessment; the receipt has its due date all the same."""
    life = await world.apply()
    listed = await world.in_its_first_year()
    decisions = [
        (life, await life.decision("recommendation")),
        (listed, await listed.decision("self_report")),
    ]
    asked: list[Any] = []

    async def count(self: CaseQueries, *question: Any) -> Any:
        asked.append(question)
        raise Unreachable("asked", "询问")

    with monkeypatch.context() as patch:
        patch.setattr(CaseQueries, "query", count)
        for of, raw in decisions:
            receipt = await world.client.decide(of.id, raw)
            assert receipt.due
    assert asked == []


async def test_a_register_that_is_away(world: World) -> None:
    """Then the case is asked when what it awaits is due."""

    class Away(NoRegister):
        async def due_after(self, receipt: Receipt) -> None:
            raise Unreachable("the register is down", "名册停机")

    life = await world.apply()
    client = PingtaiClient(world.clockwork.client, Away())
    receipt = await client.decide(life.id, await life.decision("recommendation"))
    view = await life.view()
    assert view.due
    assert receipt.due == view.due.due
