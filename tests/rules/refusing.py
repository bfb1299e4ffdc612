"""How a refusal is asserted: the rule, what is awaited and from whom, and that nothing has changed."""

import re
from typing import Any

import pytest

from workflows.case import Case
from workflows.refusal import Refused
from workflows.vocabulary import Kind

from .builders import Raw
from .cases import moment

AWAITED: dict[str, list[tuple[str, str, str]]] = {
    "recommendation": [("recommendation", "district", "§四(一)")],
    "correction": [("plan_revision", "operator", "§四")],
    "inspection": [("inspection", "commission", "§四(二)")],
    "improvement": [("plan_revision", "operator", "§四(二)")],
    "expert_review": [("expert_opinion", "commission", "§四(三)")],
    "listing": [("listing", "commission", "§四(四)")],
    "self_report": [("self_report", "operator", "§六")],
    "district_review": [("district_review", "district", "§六")],
    "evaluation": [("evaluation", "commission", "§六")],
    "rectification": [("rectification_report", "operator", "§六")],
    "reassessment_view": [("district_review", "district", "§六")],
    "reassessment": [("reassessment", "commission", "§六")],
}
"""What each stage awaits from whom, by which rule; a stage that is not named awaits nothing."""

PASSED_OVER = ("self_report", "district_review", "rectification", "reassessment_view")
"""Where the commission may go on without what is overdue."""


def refusal(case: Case[Any], raw: Raw, rule: str) -> str:
    """Assert that a decision is refused by a rule and leaves nothing; answer the English reason."""
    state, record = case.state, case.record()
    with pytest.raises(Refused) as caught:
        case.validate(raw, moment(case))
    with pytest.raises(Refused) as again:
        case.decide(raw, moment(case))
    told = again.value.refusal
    assert told == caught.value.refusal
    assert (told.rule, told.stage) == (rule, state.stage)
    awaited = list(AWAITED.get(state.stage, ()))
    if state.overdue and state.stage in PASSED_OVER:
        awaited += [(kind, "commission", article) for kind, _, article in awaited]
    assert [(what.kind, what.role, what.rule) for what in told.awaited] == awaited
    en, zh = again.value.words
    assert en.startswith(f"{told.en} ({rule}).")
    assert told.en != ""
    assert zh.startswith(f"{told.zh}（{rule}）。")
    assert re.search(r"[\u4e00-\u9fff]", told.zh)
    assert [
        kind for kind, role, _ in awaited if f"{Kind(kind).words.en} from the {role}" not in en
    ] == []
    assert [w for w in told.awaited if f"{w.role.zh}的“{Kind(w.kind).zh}”" not in zh] == []
    assert (case.state, case.record()) == (state, record)
    return told.en
