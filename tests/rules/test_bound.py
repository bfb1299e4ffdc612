"""A decision belongs to its case and to its sender, and a person has one role in a case (0.4.0)."""

from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.circumstances import Edition
from workflows.model import InvalidMessage, parse
from workflows.name_comparison import part_of, same_name
from workflows.refusal import Refused
from workflows.vocabulary import AssessmentStage, Kind, Role, Stage

from .builders import COMMISSION, DISTRICT, LEAD_UNIT, OPERATOR, OPERATOR_NAME, application
from .cases import assessment, at_stage, decide, decision, moment
from .refusing import refusal

HERE = {"platform_id": "bj-test", "term": 1}


@pytest.mark.parametrize(
    ("named", "there"),
    [
        (HERE | {"platform_id": "bj-other"}, "platform bj-other, term 1"),
        (HERE | {"term": 2}, "platform bj-test, term 2"),
        (HERE | {"year": 1}, "platform bj-test, term 1, assessment of year 1"),
    ],
    ids=["another platform", "another term", "an assessment"],
)
def test_a_decision_about_another_case(named: dict[str, Any], there: str) -> None:
    """It is refused before anything else is asked, whether or not the policy wants the case named."""
    case = at_stage(Stage.RECOMMENDATION)
    raw = decision(Kind.RECOMMENDATION, case, case=named)
    why = f"the decision is about {there}, and this is platform bj-test, term 1"
    assert refusal(case, raw, "§四(一)") == why


def test_a_decision_that_names_its_case() -> None:
    """The right platform and term, and in an assessment the right year, are taken."""
    case = at_stage(Stage.RECOMMENDATION)
    assert decide(case, Kind.RECOMMENDATION, case=HERE).stage == Stage.INSPECTION
    year = assessment()
    assert decide(year, Kind.SELF_REPORT, case=HERE | {"year": 1}).stage != Stage.VALID
    raw = decision(Kind.DISTRICT_REVIEW, year, case=HERE | {"year": 2})
    assert "assessment of year 2, and this is" in refusal(year, raw, "§六")
    raw = decision(Kind.DISTRICT_REVIEW, year, case=HERE)
    assert "the decision is about platform bj-test, term 1, and" in refusal(year, raw, "§六")


def test_a_policy_may_ask_for_the_case() -> None:
    """New cases do: who leaves it out is told what to write."""
    case = at_stage(Stage.RECOMMENDATION, policy={"decisions_name_case": True})
    raw = decision(Kind.RECOMMENDATION, case)
    assert refusal(case, raw, "§四(一)") == (
        "decisions on this platform name their case: add case (platform_id bj-test, term 1)"
    )
    assert decide(case, Kind.RECOMMENDATION, case=HERE).stage == Stage.INSPECTION


def test_an_id_is_its_senders() -> None:
    """What the operator called its withdrawal does not use up the commission's number."""
    case = at_stage(Stage.INSPECTION)
    first = case.answered("d-2")
    assert first
    again = decision(Kind.INSPECTION, case, "passed") | {"decision_id": first.decision_id}
    receipt = case.decide(again, moment(case))
    assert (receipt.repeated, receipt.sender, receipt.seq) == (False, "commission:kw-1", 3)
    assert case.answered("d-2", "commission:kw-1") == receipt
    assert case.answered("d-2", "district:hd-1") == first
    assert case.answered("d-2", "operator:op-1") is None


def test_an_older_edition_has_ids_of_the_case() -> None:
    """Runs that began before 0.4.0 replay as they were: one id, one decision, whoever sent it."""
    case = at_stage(Stage.INSPECTION)
    old: Case[Any] = Case(case.state, case.record(), Edition.V0_1)
    again = decision(Kind.INSPECTION, case, "passed") | {"decision_id": "d-2"}
    with pytest.raises(Refused, match="was used before"):
        old.decide(again, moment(case))


def test_setting_aside_of_an_id_that_two_people_used() -> None:
    """The entry says which is meant."""
    case = at_stage(Stage.INSPECTION)
    again = decision(Kind.INSPECTION, case, "passed") | {"decision_id": "d-2"}
    case.decide(again, moment(case))
    raw = decision(Kind.SET_ASIDE, case, target="d-2")
    why = "d-2 was used by more than one person (entries 2, 3): say which entry"
    assert refusal(case, raw, "§四, §六") == why
    assert decide(case, Kind.SET_ASIDE, target="d-2", entry=3).stage == Stage.INSPECTION


@pytest.mark.parametrize("acting", [False, True], ids=["in person", "as a substitute for them"])
def test_one_person_has_one_role(acting: bool) -> None:
    """Who recommended for the district does not inspect for the commission, nor by a substitute."""
    case = at_stage(Stage.INSPECTION)
    one = DISTRICT["id"]
    day = decision(Kind.INSPECTION, case)["decided_on"]
    absence = {"principal_id": one, "first_day": day, "last_day": day}
    actor = COMMISSION | ({"acting_for": absence} if acting else {"id": one})
    why = f"{one} has acted in this case as district: one person has one role in a case"
    assert refusal(case, decision(Kind.INSPECTION, case, actor=actor), "§四(二)") == why


def test_an_id_in_other_letters_is_the_same_person() -> None:
    """Case does not make one person two."""
    case = at_stage(Stage.INSPECTION)
    actor = COMMISSION | {"id": DISTRICT["id"].upper()}
    why = refusal(case, decision(Kind.INSPECTION, case, actor=actor), "§四(二)")
    assert "has acted in this case as district" in why


def test_the_applicant_has_a_role_too() -> None:
    """Who applied for the operator does not decide for the commission."""
    case = open_platform(parse(PlatformApplication, application()), moment(at_stage(Stage.VALID)))
    actor = DISTRICT | {"id": OPERATOR["id"]}
    raw = decision(Kind.RECOMMENDATION, case, actor=actor)
    assert "op-1 has acted in this case as operator" in refusal(case, raw, "§四(一)")


@pytest.mark.parametrize(
    ("organisation", "body"),
    [
        (OPERATOR_NAME, "operator"),
        (f" {OPERATOR_NAME}　技术部", "operator"),
        (LEAD_UNIT, "lead unit"),
        (LEAD_UNIT[:2] + "\u00ad" + LEAD_UNIT[2:], "lead unit"),
        (LEAD_UNIT[:2] + "\ufe0f" + LEAD_UNIT[2:], "lead unit"),
    ],
    ids=["operator", "its department", "lead unit", "soft hyphen", "variation selector"],
)
def test_nobody_decides_on_their_own_body(organisation: str, body: str) -> None:
    """An officer of the commission who belongs to the operator or the lead unit is refused."""
    case = at_stage(Stage.INSPECTION)
    raw = decision(Kind.INSPECTION, case, actor=COMMISSION | {"organisation": organisation})
    assert f"kw-1 belongs to the {body}" in refusal(case, raw, "§四(二)")


@pytest.mark.parametrize(
    ("organisation", "is_part"),
    [
        ("Acme", True),
        ("ACME　Robotics", True),
        ("Acme (Beijing)", True),
        ("Acme研究院", True),
        ("Acmeson Labs", False),
        ("Ａｃｍｅ２", False),
        ("Ac\u00adme", True),
    ],
)
def test_bodies_whose_names_begin_alike(organisation: str, is_part: bool) -> None:
    """A name in Latin letters ends where a word ends; a run of before keeps its comparison."""
    assert is_part == part_of(organisation, "Acme")
    assert part_of("Acmeson Labs", "Acme", Edition.V0_1)


@pytest.mark.parametrize(
    "spelled",
    [
        "\u00ad".join(LEAD_UNIT),
        LEAD_UNIT.replace("子", "⼦"),
        LEAD_UNIT[:1] + "\U000e0101" + LEAD_UNIT[1:],
        LEAD_UNIT[:2] + "\u2800" + LEAD_UNIT[2:],
        LEAD_UNIT[:2] + "\u0008" + LEAD_UNIT[2:],
    ],
    ids=[
        "soft hyphens",
        "a Kangxi radical",
        "a variation selector",
        "a blank Braille pattern",
        "a control character",
    ],
)
def test_experts_of_the_lead_unit_however_it_is_spelled(spelled: str) -> None:
    """§四(三): what nobody sees in a name makes it no other name."""
    case = at_stage(Stage.EXPERT_REVIEW)
    raw = decision(Kind.EXPERT_OPINION, case)
    raw["panel"][0]["organisation"] = spelled
    assert "belongs to the lead unit" in refusal(case, raw, "§四(三)")
    old: Case[Any] = Case(case.state, case.record(), Edition.V0_1)
    assert old.validate(raw, moment(case))


@pytest.mark.parametrize("north", ["\uf963", "\U0002f82b"], ids=["U+F963", "U+2F82B"])
def test_compatibility_ideographs_are_the_characters_they_stand_for(north: str) -> None:
    """Who reads the name sees no difference; an old case is judged as it was."""
    assert same_name("北京大学", f"{north}京大学")
    assert not same_name("北京大学", f"{north}京大学", Edition.V0_1)


def test_the_operator_however_it_is_spelled() -> None:
    """Its own word is taken, with a soft hyphen as without."""
    case = at_stage(Stage.IMPROVEMENT)
    actor = OPERATOR | {"organisation": OPERATOR_NAME + "\u00ad"}
    assert decide(case, Kind.PLAN_REVISION, actor=actor).stage == Stage.EXPERT_REVIEW


@pytest.mark.parametrize(
    ("policy", "by", "why"),
    [
        ({"validity_years": 10}, OPERATOR, "is the commission's to give"),
        ({"listing_days": 31}, None, "is the commission's to give"),
        ({"majority_of": [1, 1000]}, COMMISSION, "1/1000 is no majority"),
        ({"majority_of": [1, 2]}, COMMISSION, "1/2 is no majority"),
        ({"assessment_lead_days": 0}, COMMISSION, "0 days are too few"),
        ({"assessment_lead_days": 83}, COMMISSION, "at least 84 days before the anniversary"),
        ({"expiry_notice_days": [400], "validity_years": 1}, COMMISSION, "has not begun"),
        (
            {"validity_years": 10},
            COMMISSION | {"organisation": f"{OPERATOR_NAME} 法务部"},
            "kw-1 belongs to the operator",
        ),
        (
            {"validity_years": 10},
            COMMISSION | {"organisation": LEAD_UNIT},
            "kw-1 belongs to the lead unit",
        ),
    ],
)
def test_a_policy_of_ones_own(policy: dict[str, Any], by: Any, why: str) -> None:
    """It is the commission's to give, on every way in, and makes sense."""
    at = moment(at_stage(Stage.RECOMMENDATION))
    form = parse(PlatformApplication, application(policy=policy, submitted_by=by))
    with pytest.raises(InvalidMessage) as caught:
        open_platform(form, at)
    assert why in caught.value.words.en
    assert open_platform(form, at, Edition.V0_1), "cases that began so are replayed so"


def test_the_usual_policy_is_anybodys() -> None:
    """Written out in full, and asking for the case to be named, it is still the usual one."""
    policy = {"validity_years": 3, "decisions_name_case": True}
    form = parse(PlatformApplication, application(policy=policy))
    assert open_platform(form, moment(at_stage(Stage.VALID))).state.facts.policy.decisions_name_case


def test_roles_are_known_to_the_assessment() -> None:
    """Who recommended the platform does not evaluate it for the commission a year later."""
    year = assessment()
    assert year.state.stage == AssessmentStage.SELF_REPORT
    year.note_outside_roles({"kw-1": Role.OPERATOR})
    for kind in (Kind.SELF_REPORT, Kind.DISTRICT_REVIEW):
        decide(year, kind)
    raw = decision(Kind.EVALUATION, year)
    assert "kw-1 has acted in this case as operator" in refusal(year, raw, "§六")
    assert year.record().roles == {"kw-1": Role.OPERATOR}
