"""Applications and decisions as messages: strict, frozen, bounded, and clear about what does not fit."""

from typing import Any

import pytest
from pydantic import ValidationError

from workflows.application import PlatformApplication
from workflows.case import decision_of
from workflows.model import MAX_MESSAGE_BYTES, InvalidMessage, parse
from workflows.vocabulary import Condition, Kind, PlanPart, Stage

from .builders import ABSENT, MECHANISMS, OPERATOR, application, changed, panel, plan
from .cases import at_stage, decision, platform


def problem(raw: Any) -> InvalidMessage:
    """What is wrong with an application."""
    with pytest.raises(InvalidMessage) as caught:
        parse(PlatformApplication, raw)
    return caught.value


def decision_problem(raw: Any, kind: Kind | None = None) -> InvalidMessage:
    """What is wrong with a decision."""
    with pytest.raises(InvalidMessage) as caught:
        decision_of(raw, kind)
    return caught.value


def test_a_whole_application_is_taken_as_it_is_written() -> None:
    """Surrounding spaces do not count; what was written is what is kept."""
    form = parse(PlatformApplication, application(name="  芯片验证共性技术平台 "))
    assert form.name == "芯片验证共性技术平台"
    assert form.model_dump(mode="json", exclude_unset=True) == application()


@pytest.mark.parametrize("kind", Kind)
def test_a_whole_decision_of_each_kind_is_taken(kind: Kind) -> None:
    """Each of the eleven kinds is read back as it was said."""
    raw = decision(kind, platform())
    assert decision_of(raw).model_dump(mode="json", exclude_unset=True) == raw


@pytest.mark.parametrize("kind", Kind)
def test_an_unknown_field_of_a_decision_is_refused_by_name(kind: Kind) -> None:
    """A typing mistake is never dropped in silence."""
    error = decision_problem(decision(kind, platform(), opinon="同意"))
    assert [field for field, _, _ in error.problems] == ["opinon"]
    assert error.zh == f"{kind}：opinon：没有此字段"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("field", ["decision_id", "actor", "decided_on"])
def test_every_decision_names_who_when_and_its_id(kind: Kind, field: str) -> None:
    """A decision without its id, its author or its day is refused, naming the field."""
    error = decision_problem(decision(kind, platform(), **{field: ABSENT}))
    assert [(where, zh) for where, _, zh in error.problems] == [(field, "缺少此项")]


def test_an_unknown_field_of_an_application_is_refused_by_name() -> None:
    """Also deep inside: the path to the field is named."""
    wrong = plan() | {"mechanisms": MECHANISMS | {"fee": "免费"}}
    assert [where for where, _, _ in problem(application(nickname="x")).problems] == ["nickname"]
    assert [where for where, _, _ in problem(application(plan=wrong)).problems] == [
        "plan.mechanisms.fee"
    ]


@pytest.mark.parametrize("part", PlanPart)
def test_each_missing_part_of_a_plan_is_named(part: PlanPart) -> None:
    """§四(一): a plan has all four parts; the missing one is named in both languages."""
    parts = changed(plan()["parts"], **{part: ABSENT})
    error = problem(application(plan=plan() | {"parts": parts}))
    assert error.problems[0][:2] == ("plan", f"missing: {part} {part.zh} (§四(一))")
    assert part.zh in error.zh


@pytest.mark.parametrize("condition", Condition)
def test_each_unanswered_condition_is_named(condition: Condition) -> None:
    """§三: an application answers all five conditions; the missing one is named with its article."""
    answers = changed(application()["conditions"], **{condition: ABSENT})
    error = problem(application(conditions=answers))
    assert error.problems[0][1] == f"missing: {condition} {condition.zh} ({condition.article})"


def test_a_condition_is_answered_with_documents() -> None:
    """§三: a statement alone is no answer."""
    answers = application()["conditions"] | {"openness": {"statement": "开放", "documents": []}}
    error = problem(application(conditions=answers))
    assert error.zh == "PlatformApplication：conditions.openness.documents：至少 1 项"


@pytest.mark.parametrize("shares", [(60, 39), (60, 41), (100, 1), (0, 0)])
def test_the_shares_of_funding_add_up_to_a_hundred(shares: tuple[int, int]) -> None:
    """§五(三): the sources and their shares are the whole."""
    funding = [{"source": f"来源{n}", "share": share} for n, share in enumerate(shares)]
    error = problem(application(plan=plan() | {"mechanisms": MECHANISMS | {"funding": funding}}))
    assert error.problems[0][:2] == (
        "plan.mechanisms",
        f"the shares of funding add up to {sum(shares)}, not to 100 (§五(三))",
    )


def test_a_separately_managed_platform_names_the_date_it_aims_at() -> None:
    """§五(一): without independence there is a date for it."""
    apart = MECHANISMS | {"legal_form": "separately_managed"}
    assert "§五(一)" in problem(application(plan=plan() | {"mechanisms": apart})).en
    dated = apart | {"independent_by": "2026-12-31"}
    form = parse(PlatformApplication, application(plan=plan() | {"mechanisms": dated}))
    assert str(form.plan.mechanisms.independent_by) == "2026-12-31"


def test_an_unknown_field_of_technology_is_refused_and_policy_may_add_one() -> None:
    """§三(二): the list is open (等), and the policy says how far."""
    assert "quantum is not one of next_generation_it" in problem(application(field="quantum")).en
    form = parse(
        PlatformApplication, application(field="quantum", policy={"fields": ["quantum"]})
    )
    assert form.field == "quantum"


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ({"majority_of": [3, 2]}, "majority_of must be a share such as [2, 3]"),
        ({"majority_of": [0, 3]}, "majority_of must be a share such as [2, 3]"),
        (
            {"assessment_opens_from_hour": 18},
            "assessment_opens_from_hour must be before ..._until_hour",
        ),
        ({"experts_at_least": 3}, "Input should be greater than or equal to 4"),
        ({"listing_day": 3}, "Extra inputs are not permitted"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(policy: dict[str, Any], why: str) -> None:
    """A case never sets out with rules it cannot go by."""
    assert [en for _, en, _ in problem(application(policy=policy)).problems] == [why]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"services": ["design", "design"]}, "services name each service once (§一)"),
        ({"term": 2}, "term follows previous: the first is 1 and has none before it"),
        (
            {"previous": {"term": 1, "log_hash": "0" * 64}},
            "term follows previous: the first is 1 and has none before it",
        ),
    ],
)
def test_an_application_is_one_whole(changes: dict[str, Any], why: str) -> None:
    """Services once each (§一), and terms in a row."""
    assert [en for _, en, _ in problem(application(**changes)).problems] == [why]


def test_a_second_term_follows_the_first() -> None:
    """§四: after its term a platform applies again, and its history goes on."""
    previous = {"term": 1, "log_hash": "0" * 64}
    assert parse(PlatformApplication, application(term=2, previous=previous)).term == 2


def test_messages_are_frozen() -> None:
    """What was said stays as it was said."""
    said = decision_of(decision(Kind.WITHDRAWAL, platform()))
    with pytest.raises(ValidationError, match="frozen"):
        said.note = "x"


def test_a_listing_is_numbered_if_and_only_if_included() -> None:
    """§四(四): a numbered list and a certificate for those in it, nothing for the others."""
    case = at_stage(Stage.LISTING)
    for field in ("list_number", "certificate_number"):
        raw = decision(Kind.LISTING, case, **{field: ABSENT})
        assert "included needs list_number and certificate_number" in decision_problem(raw).en
    raw = decision(Kind.LISTING, case, "not_included", list_number="2024-1")
    assert "not_included has no list_number" in decision_problem(raw).en


def test_at_most_five_problems_are_told() -> None:
    """A person can read the answer."""
    wrong = {f"x{number}": 1 for number in range(9)}
    assert len(problem(application(**wrong)).problems) == 5


def test_a_plan_of_three_megabytes_is_answered_in_one_line() -> None:
    """Long before Temporal's own limit, and without repeating the plan."""
    error = problem(application(plan=plan("计" * 1_000_000)))
    limit = f"{MAX_MESSAGE_BYTES:,}"
    assert error.problems[0][0] == "(all)"
    assert error.en.endswith(f"bytes are too many: at most {limit}")
    assert error.zh.endswith(f"字节，超过上限 {limit}")
    assert len(error.en.splitlines()) == 1
    assert len(error.en) < 200


def test_a_large_panel_and_a_bad_vote_are_bounded() -> None:
    """At most fifty experts; a vote is one of three."""
    case = at_stage(Stage.EXPERT_REVIEW)
    raw = decision(Kind.EXPERT_OPINION, case, panel=panel(51, 51))
    assert decision_problem(raw).zh == "expert_opinion：panel：最多 50 项"
    odd = [expert | {"vote": "maybe"} for expert in panel()]
    raw = decision(Kind.EXPERT_OPINION, case, panel=odd)
    assert decision_problem(raw).problems[0][0] == "panel.0.vote"


def test_the_operator_of_the_builders_is_the_applicant() -> None:
    """The builders speak for the operator that the application names."""
    assert application()["operator"]["name"] == OPERATOR["organisation"]
