"""Names that the rules hold for two bodies, and that a person is asked about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from starter.clock import today
from starter.commands.decision_calls import DecisionCalls
from starter.commands.forms_by_kind import FORMS
from starter.commands.panel_options import called_panel
from starter.desk.alike_names import alike
from starter.desk.known_organisations import nearly
from starter.desk.panels import Panel, PanelExpert, keep_panel
from starter.desk.traditional_characters import SIMPLIFIED
from starter.doubts.body_doubts import alike_bodies
from starter.doubts.decision_doubts import decision_doubts, known_platform
from starter.errors import Unreachable
from tests.register.cases import opened
from tests.starter.shown_cases import card_of
from workflows.name_comparison import same_name
from workflows.vocabulary import ExpertField, Kind

BODY = "北京示例工业科技有限公司"


@pytest.mark.parametrize(
    "organisation",
    [
        "北京示例工業科技有限公司",
        "北京示例工業科技有限責任公司研發部",
        "北京示例工业科技股份有限公司",
        "北京示例工业科技集团有限公司",
        "北京示例工业科技",
        "北京示例工业科技研发部",
        "示例（北京）工业科技有限公司",
        "示例工業科技（北京）",
    ],
)
def test_names_that_are_asked_about(organisation: str) -> None:
    """In traditional characters, with another legal form or none, with the place elsewhere."""
    assert not same_name(organisation, BODY)
    assert alike(organisation, BODY)


@pytest.mark.parametrize(
    "organisation",
    [
        BODY,
        f"{BODY}研发部",
        "北京（示例）工业科技有限责任公司",
        "北京示例化工科技有限公司",
        "示例",
        "公司",
    ],
)
def test_names_that_are_not(organisation: str) -> None:
    """The body itself is refused by the rules; another is another."""
    assert not alike(organisation, BODY)


def test_a_doubt_names_the_expert_and_both_bodies() -> None:
    """Once for each; who is recused judges nothing, and what is no panel is for the model to name."""
    panel = [
        {"name": "王", "organisation": "北京示例工業科技有限公司", "vote": "supported"},
        {"name": "李", "organisation": "北京示例工業科技有限公司", "vote": "recused"},
        {"name": "张", "organisation": "某研究所", "vote": "supported"},
        "赵",
    ]
    [told] = alike_bodies({"panel": panel}, (BODY, BODY))
    assert told.en.startswith("王 is of 北京示例工業科技有限公司: is that 北京示例工业科技有限公司")
    assert "名称相近，请核实是否为同一单位" in told.zh
    assert not list(alike_bodies({"panel": "x"}, (BODY,)))


def test_a_panel_by_flags_and_in_a_batch_is_held_against_the_register(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the names of operator and lead unit; a register that is away asks nothing."""
    card = card_of(opened())
    row = card.platform.model_copy(update={"operator": BODY})
    card = card.model_copy(update={"platform": row})
    own = BODY.replace("业", "業")
    raw = {"kind": "expert_opinion", "decided_on": str(today()), "panel": [{"organisation": own}]}

    @asynccontextmanager
    async def reads() -> AsyncIterator[Any]:
        yield SimpleNamespace(platform=AsyncMock(return_value=card))

    monkeypatch.setattr("starter.commands.decision_calls.open_reads", reads)
    with closing(DecisionCalls(FORMS[Kind.EXPERT_OPINION], "bj-test", None)) as calls:
        [told] = calls.doubts(raw)
        assert BODY in told.en
        away = Mock(side_effect=Unreachable("no register", "没有名册"))
        monkeypatch.setattr("starter.commands.decision_calls.open_reads", away)
        assert calls.doubts(raw) == []
    assert [told] == decision_doubts(raw, today(), known_platform(card))
    assert [] == decision_doubts(raw, today(), None)


def test_a_known_organisation_in_other_brackets_is_known() -> None:
    """And one in traditional characters is asked about, before what looks like it less."""
    known = ["北京示例（科技）有限公司", "北京示范科技有限公司"]
    assert nearly("北京示例(科技)有限责任公司", known) == []
    assert nearly("北京示例科技有限責任公司", known)[0] == known[0]


def test_a_vote_is_of_the_expert_however_the_name_is_typed() -> None:
    """By flags, of a panel that was kept."""
    one = PanelExpert(name="王·伟", field=ExpertField.INDUSTRY, organisation="某所")
    other = PanelExpert(name="李", field=ExpertField.INDUSTRY, organisation="某所")
    keep_panel(Panel(name="甲组", experts=(one, other)))
    experts = called_panel("甲组", ["王•伟=returned", "all=supported"])
    assert [each["vote"] for each in experts] == ["returned", "supported"]


def test_the_table_of_traditional_characters() -> None:
    """Each has one simplified form, which is none of the traditional ones."""
    assert (
        "工業電機學院國際華東龍產業醫藥".translate(SIMPLIFIED) == "工业电机学院国际华东龙产业医药"
    )
    assert [] == [chr(one) for one in SIMPLIFIED.values() if one in SIMPLIFIED]
