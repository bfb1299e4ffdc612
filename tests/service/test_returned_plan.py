"""A plan that came back: the operator reads why, fetches it, changes a part, files it; the district compares.

Five commands, and five calls of the service; docs/desk.md and docs/http.md show them.
"""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from starter.commands.plan_files.plan_file import read_plan
from tests.rules import builders
from tests.rules.builders import OPERATOR, OPERATOR_NAME
from tests.service.conftest import MakeKey, calling
from tests.service.test_commands import DISTRICT, RECOMMEND, Desk, desk, served  # noqa: F401 - fixtures
from tests.workflows.world import World
from workflows.periods import beijing_date

WHY = "请写明责任保险的覆盖范围。"
SAME = "建设方案与第 1 版内容相同。"
NEW = "责任保险覆盖测试全程。"


@pytest.fixture
async def returned(world: World) -> Any:
    """A platform whose plan the district has returned, all of it in the register."""
    life = await world.apply()
    await life.decide("recommendation", "returned", opinion=WHY)
    await life.settled(life.handle)
    return life


@pytest.mark.parametrize("name", ["plan.md", "plan.json"])
async def test_in_five_commands(desk: Desk, returned: Any, name: str) -> None:  # noqa: F811
    """What the operator changes in the file is what the district sees, and no more."""
    case, today = returned.id, str(beijing_date(datetime.now(UTC)))
    operator = ("--actor", "op-1", "--organisation", OPERATOR_NAME)
    shown, fetched = await desk.run_all(("show", case), ("plan", case, "--file", name))
    assert WHY in shown.out
    assert f"pingtai revise {case} --plan {name}" in fetched.out
    path = desk.folder / name
    plan = read_plan(str(path))
    text = path.read_text("utf-8")
    path.write_text(text.replace(plan["parts"]["safeguards"], NEW), "utf-8")
    revised = await desk.run(
        *("revise", case, "--plan", name, "--changes", "补充保险", "--date", today, *operator)
    )
    assert (0, "") == (revised.code, revised.err)
    await returned.settled(returned.handle)
    changed, recommended = await desk.run_all(
        ("plan", case, "--diff"), ("recommend", case, *RECOMMEND, "--date", today)
    )
    assert f"{{+{NEW.rstrip('。')}" in changed.out.replace("[-保障措施的内容-]", "")
    assert "Safeguards" in changed.out
    assert "Goals" not in changed.out
    assert "补充保险" in changed.out
    assert (0, True) == (recommended.code, "inspection" in recommended.out), recommended.err


async def test_in_five_calls(app: FastAPI, make_key: MakeKey, returned: Any) -> None:
    """The same over HTTP, by two systems with their own keys."""
    where, today = f"/v1/platforms/{returned.id}", beijing_date(datetime.now(UTC))
    operator = await make_key("read", "decide:operator", organisation=OPERATOR_NAME)
    district = await make_key("read", "decide:district", district="haidian")

    def ok(answer: httpx.Response) -> Any:
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async with calling(app, operator) as client:
        timeline = ok(await client.get(f"{where}/timeline"))
        view = ok(await client.get(f"{where}/plan"))
        plan = copy.deepcopy(view["shown"]["plan"])
        plan["parts"]["safeguards"] = NEW
        revision = builders.decision(
            "plan_revision", "op-7", today, actor=OPERATOR, plan=plan, changes="补充保险"
        )
        given = view["shown"]["plan"]["mechanisms"]
        mechanisms = {name: one for name, one in given.items() if one is not None}
        assert given != mechanisms, "the same plan, and another text of it"
        same = revision | {"plan": view["shown"]["plan"] | {"mechanisms": mechanisms}}
        tried = ok(await client.post(f"{where}/decisions?dry_run=true", json=same))
        refused = await client.post(f"{where}/decisions?refuse_doubts=true", json=same)
        ok(await client.post(f"{where}/decisions", json=revision))
    async with calling(app, district) as client:
        changed = ok(await client.get(f"{where}/plan", params={"diff": "1,2"}))
        recommendation = builders.decision("recommendation", "hd-46", today)
        receipt = ok(await client.post(f"{where}/decisions", json=recommendation))
    assert [{"en": "The plan says the same as version 1.", "zh": SAME}] == tried["doubts"]
    assert (409, tried["doubts"]) == (refused.status_code, refused.json()["doubts"])
    assert WHY in json.dumps(timeline["items"][1], ensure_ascii=False)
    assert [one["path"] for one in changed["difference"]] == ["parts.safeguards"]
    assert (changed["shown"]["plan"], receipt["stage"]) == (plan, "inspection")
