"""Names of bodies and people: what is one name however it is written, and what is another."""

from itertools import combinations

import pytest

from workflows.circumstances import Edition
from workflows.name_comparison import name_key, part_of, same_name
from workflows.vocabulary import Kind, Stage

from .builders import OPERATOR, OPERATOR_NAME
from .cases import at_stage, decide, decision, moment
from .refusing import refusal

SAME = {
    "brackets": [
        "示例（北京）科技有限公司",
        "示例(北京)科技有限公司",
        "示例【北京】科技有限公司",
        "示例北京科技有限公司",
        "示例〔北京〕科技有限公司",
        "示例﹙北京﹚科技有限公司",
    ],
    "Kangxi radicals": [
        "示例工业大学",
        "示例⼯业⼤学",
        "示例⼯业大学",
    ],
    "radicals of the supplement": [
        "民航长风贝车龙门",
        "⺠航⻓⻛⻉⻋⻰⻔",
    ],
    "forms of one character": [
        "黄河户外青年",
        "⿈河⼾外⾭年",
        "黃河戶外靑年",
    ],
    "what nobody sees": [
        "示例研究院",
        "示\u00ad例研\u00ad究院",
        "示例\ufe00研究\U000e0101院",
        "\u200b示例\u2060研究院\ufeff",
        "示例\u202e研究院",
    ],
    "width": [
        "ACME Labs",
        "ＡＣＭＥ Ｌａｂｓ",
        "ａｃｍｅ　ｌａｂｓ",
    ],
    "spaces": [
        "示例研究院",
        " 示例 研究院",
        "示例\u3000研究院",
        "示\u00a0例研究院",
    ],
    "letters of other scripts": [
        "ACME Robotics",
        "АСМЕ Rоbоtісs",
        "ΑCΜΕ Robotics",
    ],
    "composition": [
        "Société X",
        "Socie\u0301te\u0301 X",
    ],
    "dots, dashes, quotes": [
        "中科院·自动化所",
        "中科院自动化所",
        "中科院•自动化所",
        "中科院－自动化所",
        "“中科院”自动化所",
        "中科院—自动化所",
    ],
    "Latin legal forms": [
        "Acme Company Limited",
        "Acme Co., Ltd.",
        "ACME CO LTD",
        "Acme Co.,Ltd",
    ],
    "one legal form": [
        "示例科技有限责任公司",
        "示例科技有限公司",
        "示例科技（有限责任公司）",
        "示例科技 有限 公司",
    ],
    "stock company": [
        "示例科技股份有限公司",
        "示例科技股份公司",
    ],
    "zeros": [
        "第二〇八研究所",
        "第二○八研究所",
        "第二◯八研究所",
    ],
    "Roman numerals": [
        "示例Ⅱ所",
        "示例II所",
    ],
}
"""Each is one name."""

OTHER = [
    ("示例科技股份有限公司", "示例科技有限公司"),
    ("示例科技集团有限公司", "示例科技有限公司"),
    ("示例科技有限公司", "示例科技"),
    ("示例（北京）科技有限公司", "示例（上海）科技有限公司"),
    ("北京示例科技有限公司", "示例科技有限公司"),
    ("示例科技中心（有限合伙）", "示例科技中心"),
    ("第一研究所", "第十研究所"),
    ("第1-12研究所", "第11-2研究所"),
    ("第1.1所", "第11所"),
    ("Acme & Co", "Acme Co"),
    ("A+ Labs", "A Labs"),
    ("示例研究院", "示例研究所"),
    ("土木所", "士木所"),
]
"""Two bodies: nothing of these parts is dropped."""

PAIRS = [(one, other) for names in SAME.values() for one, other in combinations(names, 2)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_one_name_however_it_is_written(one: str, other: str) -> None:
    """And the departments of the body are its own."""
    assert same_name(one, other)
    assert part_of(f"{other} 研究部", one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_names_that_are_two(one: str, other: str) -> None:
    """Place, legal form, numbers and every letter tell bodies apart."""
    assert not same_name(one, other)


def test_a_name_of_signs_alone_is_compared_by_them() -> None:
    """It has no letters that could be compared."""
    assert name_key("()") == "()"
    assert not same_name("()", "[]")
    assert not part_of("示例研究院", "——")


@pytest.mark.parametrize(
    ("organisation", "is_part"),
    [
        ("Acme Co., Ltd. Beijing Labs", True),
        ("Acme Company Limited, R&D", True),
        ("Acme Co Ltdx", False),
        ("Acme-Robotics", False),
    ],
)
def test_departments_of_a_body_in_latin_letters(organisation: str, is_part: bool) -> None:
    """A dash ends a word as a space does; a longer last word is another."""
    assert part_of(organisation, "Acme Co Ltd") is is_part
    assert part_of("Acme-Robotics", "Acme")


def test_cases_of_before_are_judged_as_they_were() -> None:
    """By the tables of their edition."""
    assert not same_name("示例【北京】公司", "示例(北京)公司", Edition.V0_4)
    assert same_name("示例（北京）公司", "示例(北京)公司", Edition.V0_1)
    assert not same_name("示例⼯业⼤学", "示例工业大学", Edition.V0_1)
    assert name_key("民航⻓风-1", Edition.V0_4) == "民航⻓风-1"


def test_an_expert_of_the_body_in_other_brackets() -> None:
    """§四(三): however the operator's name is spelled."""
    for written, spelled in (
        ("北京示例（有限公司）", "北京示例(有限公司)"),
        ("北京示例有限公司", "北京示例（有限责任公司）技术部"),
    ):
        case = at_stage(Stage.EXPERT_REVIEW, operator={"name": written})
        raw = decision(Kind.EXPERT_OPINION, case)
        raw["panel"][0]["organisation"] = spelled
        assert f"belongs to the operator, {written}" in refusal(case, raw, "§四(三)")
    raw["panel"][0]["organisation"] = "北京示例股份有限公司"
    assert case.decide(raw, moment(case)).stage == "listing"


def test_the_operator_in_other_brackets_speaks_for_itself() -> None:
    """§四(一): its own report and plan are not refused for a bracket."""
    case = at_stage(Stage.IMPROVEMENT)
    actor = OPERATOR | {"organisation": OPERATOR_NAME.replace("有限公司", "（有限责任公司）")}
    assert decide(case, Kind.PLAN_REVISION, actor=actor).stage == Stage.EXPERT_REVIEW
