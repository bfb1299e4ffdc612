"""A list of values bears in Chinese the term of each; what is to be sent stays as it is sent."""

import pytest

from starter.service.error_handlers import problem_of
from starter.service.event_routes import _among
from starter.service.feed_messages import NewSubscription
from starter.service.parameter_words import in_plain_words
from starter.terminal.official_wording import official
from starter.value_names import terms_beside
from workflows.cloud_events import EVENT_NAMES
from workflows.decision_reading import new_decision_of
from workflows.model import InvalidMessage, invalid, parse
from workflows.vocabulary import District
from workflows.words import Words


def wrong(field: str, **said: str) -> Words:
    """What is said of a field of a decision."""
    with pytest.raises(InvalidMessage) as caught:
        new_decision_of(said)
    return dict(caught.value.problems)[field]


@pytest.mark.parametrize("shown", [in_plain_words, official])
def test_values_have_their_terms(shown: object) -> None:
    """By HTTP and on the command line; the same word means different things in different lists."""
    assert callable(shown)
    why = shown(wrong("outcome", kind="recommendation", outcome="x"))
    assert "只能是推荐（recommended）、退回修改（returned）或不予推荐（declined）" == why.zh
    assert "should be 'recommended', 'returned' or 'declined'" == why.en
    why = shown(wrong("outcome", kind="listing", outcome="x"))
    assert "只能是纳入（included）或不纳入（not_included）" == why.zh
    assert "should be 'included' or 'not_included'" == why.en
    why = shown(wrong("kind", kind="x"))
    assert why.zh.startswith("应为所在区推荐（recommendation）、现场核查（inspection）、")
    assert why.zh.endswith("整改报告（rectification_report）或整改后考核（reassessment）")
    assert "plan_revision, expert_opinion" in why.en


def test_values_without_a_term_and_a_list_that_was_cut() -> None:
    """They are quoted as Chinese quotes; of the last one only a part is there, so it is not shown."""
    shown = in_plain_words(Words("", "只能是 'operators' or 'public'"))
    assert "只能是“operators”或“public”" == shown.zh
    shown = in_plain_words(Words("", "只能是 'haidian', 'shunyi', 'beij"))
    assert "只能是海淀区（haidian）、顺义区（shunyi）等" == shown.zh


def test_a_problem_of_http_names_its_message() -> None:
    """In Chinese by its term; the field has the name that is sent."""
    with pytest.raises(InvalidMessage) as caught:
        new_decision_of({"kind": "recommendation", "outcome": "x"})
    found = problem_of(caught.value).words
    assert "recommendation: decision_id: missing; " in found.en
    assert found.zh.startswith("所在区推荐：decision_id：缺少此项；")
    assert "；outcome：只能是推荐（recommended）、" in found.zh
    found = problem_of(invalid("parameters", "after", "copy it", "请取自上一页的 next")).words
    assert ("parameters: after: copy it", "参数：after：请取自上一页的 next") == found


def test_an_event_that_is_none() -> None:
    """What was meant is asked, else where the names are; in Chinese as much as in English."""
    for name, en, zh in (
        ("recomendation", "Did you mean recommendation?", "是否为所在区推荐（recommendation）？"),
        ("xyz", "the names are in /openapi.json", "事项名称见 /openapi.json"),
    ):
        with pytest.raises(InvalidMessage) as caught:
            parse(NewSubscription, {"url": "https://a.example/", "events": [name]}, "subscription")
        found = problem_of(caught.value).words
        assert en in found.en
        assert zh in found.zh
        assert found.zh.startswith("订阅：events.0：没有此事项")
    assert ["海淀区（haidian）", "y"] == terms_beside(["haidian", "y"], District)


def test_each_event_that_may_be_asked_for_has_its_term() -> None:
    """Refusals, too, which are neither a decision nor a happening."""
    named = _among(EVENT_NAMES).zh.removeprefix("以下任意项：").split("、")
    assert len(named) == len(EVENT_NAMES)
    assert [] == [one for one in named if "（" not in one]
    assert "不予受理（refused）" in named
