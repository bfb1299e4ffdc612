"""Bodies are told apart by their unified social credit codes 统一社会信用代码 where both have one."""

from collections.abc import Iterator

import pytest
from stdnum.cn import uscc

from starter.commands.notation import body, lead_unit
from workflows.application import Organisation, PlatformApplication
from workflows.bodies import Body, belongs_to, same_body
from workflows.case_opening import open_platform
from workflows.circumstances import Edition
from workflows.credit_codes import check_character
from workflows.model import InvalidMessage, as_sent, parse
from workflows.policy import NEW_CASES, policy_for_new_cases
from workflows.vocabulary import Kind, Stage

from .builders import (
    ABSENT,
    COMMISSION,
    LEAD_UNIT,
    OPERATOR,
    OPERATOR_CODE,
    OPERATOR_NAME,
    Raw,
    application,
)
from .cases import START, at_stage, decide, decision
from .refusing import refusal


def code(number: int) -> str:
    """A valid code of a region that there is not."""
    first = f"91119999MA{number:07}"
    return first + check_character(first)


OURS, OTHER = code(1), code(2)
BODIES: Raw = {
    "operator": {"name": OPERATOR_NAME, "credit_code": OURS},
    "lead_unit": {"name": LEAD_UNIT, "kind": "research_institute", "credit_code": code(3)},
}


UNCODED: Raw = {
    "operator": {"name": OPERATOR_NAME},
    "lead_unit": {"name": LEAD_UNIT, "kind": "research_institute"},
}


def mistyped(given: str) -> Iterator[str]:
    """Codes with one character changed, two exchanged, one missing, in small letters."""
    for place, sign in enumerate(given):
        yield given[:place] + ("0" if sign != "0" else "7") + given[place + 1 :]
        if place and given[place - 1] != sign:
            yield given[: place - 1] + sign + given[place - 1] + given[place + 1 :]
    yield given[:-1]
    yield given.lower()


@pytest.mark.parametrize("number", range(40))
def test_codes_are_checked_as_python_stdnum_checks_them(number: int) -> None:
    """Each mistake of one key, too."""
    given = code(number)
    assert uscc.is_valid(given)
    assert Organisation(name="甲", credit_code=given).credit_code == given
    for wrong in mistyped(given):
        with pytest.raises(InvalidMessage) as caught:
            parse(Organisation, {"name": "甲", "credit_code": wrong})
        assert caught.value.problems[0].field == "credit_code"
        assert wrong != wrong.upper() or not uscc.is_valid(wrong)


def test_real_codes_of_each_kind_are_taken() -> None:
    """Of a company (the example of python-stdnum), and of a village's collective, whose first is a letter."""
    assert Organisation(name="甲", credit_code="91110000600037341L")
    first = "N2110108MF0000001"
    assert Organisation(name="乙", credit_code=first + check_character(first))
    with pytest.raises(InvalidMessage, match="check character is wrong"):
        parse(Organisation, {"name": "甲", "credit_code": "911100006000373410"})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Body("甲", OURS), Body("乙", OURS), True),
        (Body("甲", OURS), Body("甲", OTHER), False),
        (Body("甲", OURS), Body("甲"), True),
        (Body("甲"), Body("乙", OURS), False),
    ],
)
def test_a_code_decides_where_both_have_one(one: Body, other: Body, same: bool) -> None:
    """Otherwise names are compared."""
    assert same_body(one, other) is same_body(other, one) is same
    assert belongs_to(one, other) is same


def test_an_expert_of_a_body_by_its_code() -> None:
    """§四(三): under whichever name; a hospital of the university with a code of its own is another body."""
    case = at_stage(Stage.EXPERT_REVIEW, **BODIES)
    raw = decision(Kind.EXPERT_OPINION, case)
    raw["panel"][0] |= {"organisation": "原名称研究所", "credit_code": OURS}
    assert "belongs to the operator" in refusal(case, raw, "§四(三)")
    raw["panel"][0] |= {"organisation": f"{LEAD_UNIT}附属医院", "credit_code": None}
    assert "belongs to the lead unit" in refusal(case, raw, "§四(三)")
    raw["panel"][0] |= {"credit_code": OTHER}
    assert decide(case, Kind.EXPERT_OPINION, panel=raw["panel"]).stage == "listing"


def test_who_decides_is_compared_by_code() -> None:
    """The operator under a new name speaks for itself, another of its name does not; officers step back."""
    case = at_stage(Stage.IMPROVEMENT, **BODIES)
    imposter = OPERATOR | {"credit_code": OTHER}
    raw = decision(Kind.PLAN_REVISION, case, actor=imposter)
    assert "only the operator" in refusal(case, raw, "§四(二)")
    renamed = OPERATOR | {"organisation": "新名称有限公司", "credit_code": OURS}
    assert decide(case, Kind.PLAN_REVISION, actor=renamed).stage == "expert_review"
    officer = COMMISSION | {"organisation": "某中心", "credit_code": OURS}
    raw = decision(Kind.EXPERT_OPINION, case, actor=officer)
    assert "nobody decides on their own body" in refusal(case, raw, "§四(三)")


def test_a_body_without_a_code_is_written_as_before() -> None:
    """So that hashes stay, and a worker of before reads what a newer one wrote."""
    form = parse(PlatformApplication, application(**UNCODED))
    for one in (form.operator, form.lead_unit, form.submitted_by):
        assert one is not None
        assert "credit_code" not in one.model_dump_json()
    coded = parse(PlatformApplication, application(**BODIES))
    assert as_sent(coded)["operator"] == BODIES["operator"]


@pytest.mark.parametrize("name", ["operator", "lead_unit"])
def test_new_cases_name_the_codes_of_their_bodies(name: str) -> None:
    """By their policy; a case of before does without, and so does an edition before."""
    assert NEW_CASES["credit_codes"] is True
    raw = application(**{name: UNCODED[name]})
    assert open_platform(parse(PlatformApplication, raw), START)
    form = parse(PlatformApplication, raw)
    asked = form.model_copy(update={"policy": policy_for_new_cases(form.policy)})
    with pytest.raises(InvalidMessage) as caught:
        open_platform(asked, START)
    assert [field for field, _ in caught.value.problems] == [f"{name}.credit_code"]
    assert open_platform(asked, START, Edition.V0_4)


def test_a_changed_body_has_its_code_too() -> None:
    """A renamed operator keeps its own, and says so; without one the new name alone would count."""
    case = at_stage(Stage.INSPECTION, policy={"credit_codes": True})
    raw = decision(Kind.FACTS_CHANGE, case, name=ABSENT, operator={"name": "新名称有限公司"})
    assert "operator.credit_code: required" in refusal(case, raw, "§三(二)")
    renamed = {"name": "新名称有限公司", "credit_code": OPERATOR_CODE}
    assert decide(case, Kind.FACTS_CHANGE, name=ABSENT, operator=renamed)
    assert case.state.facts.operator.credit_code == OPERATOR_CODE


def test_codes_in_flags() -> None:
    """After the name, or after the kind of a lead unit; commas within a name stay."""
    assert body("甲公司") == {"name": "甲公司"}
    assert body(f"甲，乙公司， {OURS.lower()}") == {"name": "甲，乙公司", "credit_code": OURS}
    said = {"name": "甲,乙大学", "kind": "university", "credit_code": OURS}
    assert lead_unit(f"甲,乙大学,高等院校,{OURS}") == said
    assert lead_unit("甲大学,university") == {"name": "甲大学", "kind": "university"}
