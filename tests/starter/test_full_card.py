"""What whoever must decide reads: why something came back, and all that the next decision rests on."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from click.testing import Result
from rich.cells import cell_len

from db.decisions_in_force import sent_back, what_it_rests_on
from db.indicator_rows import indicator_rows
from db.row_types import LogLine
from starter.commands import show as showing
from starter.commands.card import why_rows
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from starter.terminal.indicator_texts import cells
from tests.register.cases import (
    Told,
    application,
    assessment_of,
    findings,
    listed,
    opened,
    rectified,
    set_aside,
)
from tests.rules.builders import OPERATOR, plan
from tests.starter.shown_cases import PretendRegister, card_of, lines, plan_of
from workflows.vocabulary import AssessmentStage, Condition, Happening

Run = Callable[..., Result]
RETURNED: dict[str, Any] = {
    "outcome": "returned",
    "opinion": "请写明对外开放的机时，\n并补充责任保险。",
}


def names(found: list[LogLine]) -> list[tuple[str, str]]:
    return [(one.entry.name, one.entry.outcome) for one in found]


def test_a_return_counts_until_somebody_judges_the_answer() -> None:
    """What had to be corrected is shown with what was handed in, and no longer once it was judged."""
    told = opened()
    assert sent_back(lines(told), 1) is None
    told.decide("recommendation", **RETURNED)
    found = sent_back(lines(told), 1)
    assert found
    assert ("recommendation", None) == (found.decision.entry.name, found.answer)
    told.decide("plan_revision")
    found = sent_back(lines(told), 1)
    assert found and found.answer
    assert ("returned", "plan_revision") == (found.decision.entry.outcome, found.answer.entry.name)
    told.decide("recommendation")
    assert sent_back(lines(told), 1) is None


def test_a_return_that_was_set_aside_is_none() -> None:
    """It was wrong, and nobody is to correct anything for it."""
    told = opened()
    told.decide("recommendation", **RETURNED)
    set_aside(told, "recommendation-2")
    assert sent_back(lines(told), 1) is None
    assert [] == what_it_rests_on(lines(told), 1)


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        ([("recommendation", {"outcome": "declined"})], "declined"),
        ([("recommendation", {}), ("inspection", {"corrections": ["甲"]})], "passed"),
        ([("recommendation", {}), ("inspection", {"outcome": "failed"})], "failed"),
        ([("recommendation", {}), ("inspection", {}),
          ("expert_opinion", {"outcome": "not_supported"})], "not_supported"),
        ([("recommendation", {}), ("withdrawal", {"actor": OPERATOR})], "withdrawn"),
    ],
)  # fmt: skip
def test_every_way_back_or_out(steps: Any, last: str) -> None:
    """Also where an inspection was passed and asks for an improved plan."""
    told = opened()
    for kind, said in steps:
        told.decide(kind, **said)
    found = sent_back(lines(told), 1)
    assert found
    assert last == found.decision.entry.outcome


def test_what_must_be_rectified_and_what_was_not_met() -> None:
    """In an assessment the evaluation asks for it; the reassessment that was not met ends the term."""
    told = listed()
    assert sent_back(lines(told), 1) is None
    year = assessment_of(told)
    year.decide("self_report")
    year.decide("district_review")
    year.decide("evaluation", outcome="not_effective", findings=findings("不足"))
    found = sent_back(lines(told) + lines(year, 1), 1)
    assert found
    assert (1, "not_effective") == (found.decision.year, found.decision.entry.outcome)
    gone = listed()
    failed = rectified(gone, outcome="not_met")
    found = sent_back(lines(gone) + lines(failed, 1), 1)
    assert found
    assert "not_met" == found.decision.entry.outcome


def test_of_each_kind_the_last_that_counts() -> None:
    """The platform's own first, then those of its newest assessment."""
    told = opened()
    told.decide("recommendation", **RETURNED)
    told.decide("plan_revision")
    told.decide("recommendation")
    assert [("plan_revision", "filed"), ("recommendation", "recommended")] == names(
        what_it_rests_on(lines(told), 1)
    )
    told = listed()
    year = assessment_of(told)
    year.decide("self_report")
    found = what_it_rests_on(lines(told) + lines(year, 1), 1)
    assert ("listing", "included") == names(found)[-2]
    assert ("self_report", "filed") == names(found)[-1]


# ---- the command ----


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the command read a case."""

    def pretend(told: Told, *more: LogLine, text: str = "whole") -> None:
        @asynccontextmanager
        async def opened_reads() -> AsyncIterator[PretendRegister]:
            yield PretendRegister(card_of(told, *more), plan_of(told, text))

        monkeypatch.setattr(showing, "open_reads", opened_reads)

    return pretend


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_show_says_why_it_came_back(pingtai: Run, register: Any, lang: str) -> None:
    """The plain card has the reason and what must be corrected, and says how to read all."""
    told = opened()
    told.decide("recommendation")
    told.decide("inspection", outcome="returned", corrections=["补充通风方案", "补充设备清单"])
    register(told)
    card = pingtai("show", "p-1", lang=lang).stdout.partition(
        "\nTerms" if lang == "en" else "\n各期"
    )[0]
    assert "补充通风方案" in card
    assert "补充设备清单" in card
    assert "pingtai show p-1 --full" in card


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [0, 80])
def test_all_that_a_decision_rests_on(
    pingtai: Run, register: Any, monkeypatch: pytest.MonkeyPatch, lang: str, columns: int
) -> None:
    """Conditions with documents, the plan with its mechanisms, findings and votes; at 80 columns, too."""
    told = opened()
    told.decide("recommendation")
    told.decide("inspection", corrections=["补充通风方案"])
    told.decide("plan_revision")
    told.decide("expert_opinion", outcome="returned", opinion="请补充" + "长" * 900 + "尾")
    register(told)
    if columns:
        monkeypatch.setattr(screen, "watched", lambda stream: True)
        monkeypatch.setenv("COLUMNS", str(columns))
    shown = re.sub(r"\x1b\[[0-9;]*m", "", pingtai("show", "p-1", "--full", lang=lang).stdout)
    if columns:
        assert max(cell_len(row) for row in shown.splitlines()) <= columns
    whole = "".join(shown.split())
    words = [str(one.words.zh if lang == "zh" else one.words.en) for one in Condition]
    words += ["证明.pdf", "abababababab", "重点任务的内容", "牵头单位 60%", "补充通风方案"]
    words += ["专家4", "第4研究所", "长" * 900 + "尾", "以产业需求为牵引"]
    assert [] == [one for one in words if "".join(one.split()).lower() not in whole.lower()]


@pytest.mark.parametrize("text", ["changed", "absent"])
def test_a_text_that_the_log_does_not_bind_is_not_shown(
    pingtai: Run, register: Any, text: str
) -> None:
    """It says so in the plan's place; all else is shown."""
    told = opened()
    register(told, text=text)
    result = pingtai("show", "p-1", "--full")
    assert 0 == result.exit_code
    assert "重点任务的内容" not in result.stdout
    said = {"changed": "is not the one that was filed", "absent": "does not have the text"}
    assert said[text] in result.stdout


def test_as_data(pingtai: Run, register: Any) -> None:
    """Programs get the card with the conditions, the plan, and the decisions with their reasons."""
    told = opened()
    told.decide("recommendation", **RETURNED)
    register(told)
    data = json.loads(pingtai("show", "p-1", "--full", "--json").stdout)
    assert set(map(str, Condition)) == data["conditions"].keys()
    assert plan() == data["plan"]["shown"]["plan"]
    (decision,) = data["in_force"]
    assert "推荐意见：" + RETURNED["opinion"] == decision["reasons"][0]["zh"]
    assert decision == data["sent_back"]["decision"]
    plain = json.loads(pingtai("show", "p-1", "--json").stdout)
    assert decision == plain["sent_back"]["decision"]
    assert "plan" not in plain


def test_a_reassessment_that_was_not_met(pingtai: Run, register: Any) -> None:
    """Its findings stand on the card, with the numbers of the assessment's entries."""
    told = listed()
    year = assessment_of(told)
    for kind in ("self_report", "district_review"):
        year.decide(kind)
    year.decide("evaluation", outcome="not_effective", findings=findings("不足"))
    year.decide("rectification_report")
    bad = {group: {"finding": "unsatisfactory", "remark": "未见改善"} for group in findings()}
    year.decide("reassessment", outcome="not_met", findings=bad)
    told.record_event(
        Happening.ASSESSMENT_ENDED,
        {"year": 1, "log_hash": year.case.log[-1].hash},
        AssessmentStage.NOT_MET,
    )
    register(told, *lines(year, 1))
    shown = pingtai("show", "p-1", lang="zh").stdout
    assert "整改后考核：仍不符合要求" in shown.partition("\n各期")[0]
    assert "未见改善" in shown.partition("\n各期")[0]


def test_how_the_term_before_ended(pingtai: Run, register: Any) -> None:
    """Whoever judges a second application reads why the first was declined."""
    told = opened()
    told.decide("recommendation", outcome="declined", opinion="与本区产业不符")
    first = lines(told)
    again = [line.model_copy(update={"term": 2}) for line in lines(opened())]
    card = card_of(told)
    second = card.platform.model_copy(update={"term": 2})
    both = card.model_copy(update={"platform": second, "log": (*first, *again)})
    assert both.sent_back is None
    shown = " ".join(str(cell) for row in why_rows(both) for cell in row)
    assert "与本区产业不符" in shown
    assert "declined" in shown


def test_indicators_stand_beside_their_targets() -> None:
    """Each year's figure, what the plan aims at, and the years before; a report set aside counts no more."""
    one = {"id": "clients", "name": "服务企业", "unit": "家", "group": "service_and_impact"}
    targets = [{"indicator": "clients", "year": year, "value": 20 * year} for year in (1, 2)]
    aims = {**plan(), "indicators": {"targets": targets}}
    platform = listed(application(policy={"indicators": [one]}, plan=aims))
    year = assessment_of(platform)
    year.decide("self_report", indicators={"clients": 999})
    set_aside(year, "self_report-2")
    year.decide("self_report", indicators={"clients": "1240.5"})
    [row] = indicator_rows([*lines(platform), *lines(year, 1)], 1, aims)
    assert ({1: "1240.5"}, {1: 20, 2: 40}) == (row.figures, row.targets)
    with speaking("zh"):
        assert [["服务企业（家）", "1,240.5 / 20", "– / 40"]] == [one[1:] for one in cells([row])]
    assert [] == indicator_rows(lines(listed()), 1, aims)
