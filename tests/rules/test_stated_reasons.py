"""Why something was decided: whichever field says it, and no reason of any kind is forgotten."""

from typing import Any

import pytest

from tests.register.cases import START
from tests.rules.builders import content
from workflows.case_changes import CHANGEABLE
from workflows.decision import Decision
from workflows.decisions import MODELS
from workflows.field_labels import bare, label_of
from workflows.record import EntryKind, LogEntry
from workflows.stated_reasons import REASON_FIELDS, reasons_in, stated_reasons
from workflows.vocabulary import Kind

REPORTED = {
    "inspectors",
    "groups",
    "indicators",
    "title",
    "list_number",
    "certificate_number",
    "target",
    *CHANGEABLE,
}
"""Words that are no reason: a report, a name, a number."""


def written(annotation: Any) -> bool:
    """Whether a field holds words of whoever decides: text, or a list or an object of it."""
    inside = bare(annotation)
    return "str" in str(inside) or inside is str


@pytest.mark.parametrize("kind", MODELS)
def test_every_field_of_words_is_a_reason_or_said_to_be_none(kind: Kind) -> None:
    """A field that is added later must not lose its words on the way."""
    fields = {
        name
        for name, field in MODELS[kind].model_fields.items()
        if name not in Decision.model_fields and label_of(field) and written(field.annotation)
    }
    assert set() == fields - set(REASON_FIELDS) - REPORTED


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        ("recommendation", {"opinion": "请补充"}, [("opinion: 请补充", "推荐意见：请补充")]),
        ("inspection",
         {"corrections": ["甲", "乙"],
          "findings": {"site": {"finding": "to_improve", "remark": "通风不足"},
                       "equipment": {"finding": "satisfactory", "remark": "好"},
                       "facilities": {"finding": "unsatisfactory"}}},
         [("corrections: 甲", "修改意见：甲"), ("corrections: 乙", "修改意见：乙"),
          ("site: to improve, 通风不足", "场地：需改进，通风不足"),
          ("facilities: unsatisfactory", "设施：不符合")]),
        ("reassessment",
         {"findings": {"teams": {"finding": "unsatisfactory", "remark": "人少", "score": 40}}},
         [("teams: unsatisfactory, 人少", "技术和运营团队：不符合，人少")]),
        ("evaluation", {"to_mend": ["开放"], "mend_by": "2027-06-30"},
         [("to be rectified: 开放", "整改内容：开放"),
          ("rectification due: 2027-06-30", "整改期限：2027-06-30")]),
        ("no_such_kind", {"opinion": "x"}, []),
    ],
)  # fmt: skip
def test_what_is_told(kind: str, said: Any, words: list[tuple[str, str]]) -> None:
    """Corrections come first; of findings those that are not satisfactory, with their remarks."""
    assert words == [tuple(reason.words) for reason in reasons_in(kind, said)]


def test_only_decisions_have_reasons() -> None:
    """A refused signal was none, whatever it said."""
    facts: dict[str, Any] = {"seq": 1, "at": START, "outcome": "", "stage": "", "previous": ""}
    said = content(Kind.WITHDRAWAL)
    for kind in EntryKind:
        entry = LogEntry(kind=kind, name="withdrawal", said=said, **facts)
        assert (kind is EntryKind.DECISION) is bool(stated_reasons(entry))
