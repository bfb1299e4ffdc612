"""Bodies are told apart by their unified social credit codes 统一社会信用代码 where both have one."""

from collections.abc import Iterator

import pytest
from stdnum.cn import uscc

from workflows.application import Organisation, PlatformApplication
from workflows.bodies import Body, belongs_to, same_body
from workflows.credit_codes import check_character
from workflows.model import InvalidMessage, as_sent, parse
from workflows.vocabulary import Kind, Stage

from .builders import COMMISSION, LEAD_UNIT, OPERATOR, OPERATOR_NAME, Raw, application
from .cases import at_stage, decide, decision
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
    form = parse(PlatformApplication, application())
    assert "credit_code" not in form.model_dump_json()
    coded = parse(PlatformApplication, application(**BODIES))
    assert as_sent(coded)["operator"] == BODIES["operator"]
