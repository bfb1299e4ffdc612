"""What does not fit is answered field by field, in English and Chinese."""

from typing import Any

import pytest

from workflows.actors import Actor
from workflows.application import FundingSource, PlatformApplication
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage, parse
from workflows.policy import Policy
from workflows.vocabulary import Kind

from .builders import COMMISSION, OPERATOR, Raw, application, group_findings
from .cases import decision, platform


@pytest.mark.parametrize(
    ("changes", "field", "zh"),
    [
        ({"name": "x" * 201}, "name", "太长，最多 200 字"),
        ({"name": "  "}, "name", "不能为空"),
        ({"platform_id": "a b"}, "platform_id", "格式不符（^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$）"),
        ({"services": []}, "services", "至少 1 项"),
        ({"services": ["design"] * 7}, "services", "最多 6 项"),
        ({"term": 0}, "term", "不得小于 1"),
        ({"term": 100}, "term", "不得大于 99"),
        ({"stage": "valid"}, "stage", "没有此字段"),
        (
            {"lead_unit": {"name": "甲", "kind": "bank"}},
            "lead_unit.kind",
            "只能是 'enterprise', 'university' or 'research_institute'",
        ),
    ],
)
def test_each_reason_is_told_in_chinese(changes: Raw, field: str, zh: str) -> None:
    """The field is named, and the reason is Chinese."""
    with pytest.raises(InvalidMessage) as caught:
        parse(PlatformApplication, application(**changes))
    assert [(where, why.zh) for where, why in caught.value.problems] == [(field, zh)]
    assert caught.value.words.zh == f"PlatformApplication：{field}：{zh}"
    assert caught.value.words.en.startswith(f"PlatformApplication: {field}: ")
    assert str(caught.value) == caught.value.words.en


@pytest.mark.parametrize(
    ("model", "raw", "field"),
    [
        (FundingSource, {"source": "牵头单位", "share": "a hundred"}, "share"),
        (FundingSource, {"source": "牵头单位", "share": True}, "share"),
        (FundingSource, {"source": 7, "share": 100}, "source"),
        (Policy, {"validity_years": "3"}, "validity_years"),
        (Actor, OPERATOR | {"organisation": None}, "organisation"),
    ],
)
def test_nothing_is_guessed_from_another_type(model: type[Actor], raw: Raw, field: str) -> None:
    """A word is no number, a number no string, true no one."""
    with pytest.raises(InvalidMessage) as caught:
        parse(model, raw)
    assert [where for where, _ in caught.value.problems] == [field]


@pytest.mark.parametrize("score", ["ninety", 101, -1, 90.00001, True, "1e2", float("nan")])
def test_a_score_is_a_number_of_0_to_100(score: Any) -> None:
    """§六, Default: a score informs, from 0 to 100."""
    findings = group_findings() | {"teams": {"finding": "satisfactory", "score": score}}
    with pytest.raises(InvalidMessage) as caught:
        decision_of(decision(Kind.EVALUATION, platform(), findings=findings))
    assert [where for where, _ in caught.value.problems] == ["findings.teams.score"]


@pytest.mark.parametrize("day", ["2024-02-30", "gestern", "04.03.2024", 20240304, None, ""])
def test_a_day_is_a_date(day: Any) -> None:
    """`decided_on` is a day of the calendar, written YYYY-MM-DD."""
    with pytest.raises(InvalidMessage) as caught:
        decision_of(decision(Kind.WITHDRAWAL, platform(), decided_on=day))
    assert [where for where, _ in caught.value.problems] == ["decided_on"]


@pytest.mark.parametrize("text", ['{"id": "a"', "", b"\xff", "[]", "null", '"x"'])
def test_what_is_no_json_object_is_answered(text: str | bytes) -> None:
    """Broken text from a file or a socket is answered like anything else."""
    with pytest.raises(InvalidMessage) as caught:
        parse(Actor, text)
    assert [where for where, _ in caught.value.problems] == ["(all)"]


def test_broken_json_is_called_so() -> None:
    """Both languages say that it is no JSON."""
    with pytest.raises(InvalidMessage) as caught:
        parse(Actor, '{"id": ', "actor.json")
    assert caught.value.words.zh == "actor.json：(all)：不是有效的 JSON"
    assert caught.value.words.en.startswith("actor.json: (all): Invalid JSON")


@pytest.mark.parametrize("raw", [None, [], "recommendation", 7, True, [{"kind": "listing"}]])
def test_a_decision_is_an_object(raw: Any) -> None:
    """A signal may carry anything; what is no object is answered, never raised."""
    with pytest.raises(InvalidMessage) as caught:
        decision_of(raw, Kind.LISTING)
    assert caught.value.words.zh == "decision：(all)：不是 JSON 对象"


@pytest.mark.parametrize("said", ["approval", None, 7, ["listing"], {}, ""])
def test_an_unknown_kind_is_answered_with_those_there_are(said: Any) -> None:
    """The kinds are named."""
    with pytest.raises(InvalidMessage) as caught:
        decision_of(decision(Kind.LISTING, platform(), kind=said))
    [(field, (en, zh))] = caught.value.problems
    assert field == "kind"
    assert en.startswith(f"is {said!r}, and should be recommendation")
    assert zh.startswith("应为 recommendation")


def test_a_signal_says_its_kind_by_its_name() -> None:
    """Without a `kind` it is the signal's; another kind is refused."""
    raw = decision(Kind.LISTING, platform())
    unnamed = {key: value for key, value in raw.items() if key != "kind"}
    assert decision_of(unnamed, Kind.LISTING) == decision_of(raw)
    with pytest.raises(InvalidMessage) as caught:
        decision_of(raw, Kind.INSPECTION)
    assert caught.value.problems == (
        ("kind", ("is 'listing', and should be inspection", "应为 inspection")),
    )


def test_an_actor_has_a_role_of_the_guideline() -> None:
    """Operator, district or commission; the system itself takes no decision."""
    with pytest.raises(InvalidMessage) as caught:
        parse(Actor, COMMISSION | {"role": "system"})
    [(field, words)] = caught.value.problems
    assert (field, words.zh) == ("role", "只能是 'operator', 'district' or 'commission'")
