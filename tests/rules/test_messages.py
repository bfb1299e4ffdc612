"""Applications and decisions as messages: strict, frozen, bounded, and clear about what does not fit."""

from typing import Any

import pytest
from pydantic import ValidationError

from workflows.application import PlatformApplication
from workflows.decision_reading import decision_of
from workflows.model import MAX_MESSAGE_BYTES, InvalidMessage, parse
from workflows.vocabulary import Condition, Kind, PlanPart, Stage

from .builders import ABSENT, MECHANISMS, application, changed, panel, plan
from .cases import at_stage, decide, decision, platform


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
    assert [field for field, _ in error.problems] == ["opinon"]
    assert error.words.zh == f"{kind}：opinon：没有此字段"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("field", ["decision_id", "actor", "decided_on"])
def test_every_decision_names_who_when_and_its_id(kind: Kind, field: str) -> None:
    """A decision without its id, its author or its day is refused, naming the field."""
    error = decision_problem(decision(kind, platform(), **{field: ABSENT}))
    assert [(where, why.zh) for where, why in error.problems] == [(field, "缺少此项")]


def test_an_unknown_field_of_an_application_is_refused_by_name() -> None:
    """Also deep inside: the path to the field is named."""
    wrong = plan() | {"mechanisms": MECHANISMS | {"fee": "免费"}}
    assert [where for where, _ in problem(application(nickname="x")).problems] == ["nickname"]
    assert [where for where, _ in problem(application(plan=wrong)).problems] == [
        "plan.mechanisms.fee"
    ]


@pytest.mark.parametrize("part", PlanPart)
def test_each_missing_part_of_a_plan_is_named(part: PlanPart) -> None:
    """§四(一): a plan has all four parts; the missing one is named in both languages."""
    parts = changed(plan()["parts"], **{part: ABSENT})
    error = problem(application(plan=plan() | {"parts": parts}))
    [(field, words)] = error.problems
    assert (field, words.en) == ("plan", f"missing: {part} {part.zh} (§四(一))")
    assert part.zh in error.words.zh


@pytest.mark.parametrize("condition", Condition)
def test_each_unanswered_condition_is_named(condition: Condition) -> None:
    """§三: an application answers all five conditions; the missing one is named with its article."""
    answers = changed(application()["conditions"], **{condition: ABSENT})
    error = problem(application(conditions=answers))
    assert (
        error.problems[0].words.en == f"missing: {condition} {condition.zh} ({condition.article})"
    )


def test_a_condition_is_answered_with_documents() -> None:
    """§三: a statement alone is no answer."""
    answers = application()["conditions"] | {"openness": {"statement": "开放", "documents": []}}
    error = problem(application(conditions=answers))
    assert error.words.zh == "PlatformApplication：conditions.openness.documents：至少 1 项"


def test_messages_are_frozen() -> None:
    """What was said stays as it was said."""
    said = decision_of(decision(Kind.WITHDRAWAL, platform()))
    with pytest.raises(ValidationError, match="frozen"):
        said.note = "x"  # type: ignore[misc]


def test_a_listing_is_numbered_if_and_only_if_included() -> None:
    """§四(四): a numbered list and a certificate for those in it, nothing for the others."""
    case = at_stage(Stage.LISTING)
    for field in ("list_number", "certificate_number"):
        raw = decision(Kind.LISTING, case, **{field: ABSENT})
        assert "included needs list_number and certificate_number" in decision_problem(raw).words.en
    raw = decision(Kind.LISTING, case, "not_included", list_number="2024-1")
    assert "not_included has no list_number" in decision_problem(raw).words.en


@pytest.mark.parametrize("number", ["京科发〔2024〕12号", "2024-1", "第3批", "BJ.PT_2026-001"])
def test_a_list_may_have_the_number_of_its_document(number: str) -> None:
    """As an official document is numbered, its year in 〔〕; and so may a certificate."""
    case = at_stage(Stage.LISTING)
    decide(case, Kind.LISTING, list_number=number, certificate_number=f"{number}-1")
    assert (case.state.list_number, case.log[-1].said["list_number"]) == (number, number)


@pytest.mark.parametrize(
    "number", ["京科发[2024]12号", "京科发（2024）12号", "a/b", "..", "a b", "\u200b京", "号" * 65]
)
def test_a_number_has_one_way_of_writing(number: str) -> None:
    """Other brackets would make another list of the same document; a slash or a space, another file."""
    raw = decision(Kind.LISTING, at_stage(Stage.LISTING), list_number=number)
    assert [where for where, _ in decision_problem(raw).problems] == ["list_number"]


def test_at_most_five_problems_are_told() -> None:
    """A person can read the answer."""
    wrong = {f"x{number}": 1 for number in range(9)}
    assert len(problem(application(**wrong)).problems) == 5


def test_a_plan_of_three_megabytes_is_answered_in_one_line() -> None:
    """Long before Temporal's own limit, and without repeating the plan."""
    error = problem(application(plan=plan("计" * 1_000_000)))
    limit = f"{MAX_MESSAGE_BYTES:,}"
    assert error.problems[0][0] == "(all)"
    assert error.words.en.endswith(f"bytes are too many: at most {limit}")
    assert error.words.zh.endswith(f"字节，超过上限 {limit}")
    assert len(error.words.en.splitlines()) == 1
    assert len(error.words.en) < 200


def test_a_large_panel_and_a_bad_vote_are_bounded() -> None:
    """At most fifty experts; a vote is one of three."""
    case = at_stage(Stage.EXPERT_REVIEW)
    raw = decision(Kind.EXPERT_OPINION, case, panel=panel(51, 51))
    assert decision_problem(raw).words.zh == "expert_opinion：panel：最多 50 项"
    odd = [expert | {"vote": "maybe"} for expert in panel()]
    raw = decision(Kind.EXPERT_OPINION, case, panel=odd)
    assert decision_problem(raw).problems[0][0] == "panel.0.vote"
