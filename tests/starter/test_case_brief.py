"""Whoever is asked to decide sees first what it is about: why it came back, what was said, what was filed."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import click
import pytest
from click.testing import Result
from rich.cells import cell_len

from db.row_types import AssessmentRow, PlatformCard
from starter.commands import decision_calls
from starter.commands.forms_by_kind import FORMS
from starter.commands.guided.case_brief import ON_NOTHING, TITLE
from starter.errors import Unreachable
from starter.terminal import screen
from tests.register.cases import Told, application, assessment_of, findings, listed, opened
from tests.rules.cases import NO_TIME, at_stage
from tests.starter.shown_cases import PretendRegister, card_of, lines, plan_of
from tests.starter.test_guided import show_case
from worker.main import pingtai as pingtai_group
from workflows.record import BEGINNING
from workflows.vocabulary import Kind, Stage

Run = Callable[..., Result]
QUESTION = {"en": "Person's id", "zh": "人员编号"}
REPORT = "新增设备十二台并全部进入共享目录，" * 20


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let forms read a case."""

    def pretend(
        told: Told,
        year: Told | None = None,
        text: str = "whole",
        *,
        card: PlatformCard | None = None,
    ) -> None:
        more = lines(year, 1) if year else []

        @asynccontextmanager
        async def opened_reads() -> AsyncIterator[PretendRegister]:
            yield PretendRegister(card or card_of(told, *more), plan_of(told, text))

        monkeypatch.setattr(decision_calls, "open_reads", opened_reads)

    return pretend


def before_questions(result: Result, lang: str = "zh") -> str:
    """What was shown before the first question."""
    shown, asked, _ = result.output.partition(QUESTION[lang])
    assert asked, result.output
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


def returned() -> Told:
    told = opened()
    told.decide("recommendation")
    told.decide("inspection", outcome="returned", corrections=["补充通风方案", "补充设备清单"])
    return told


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_operator_reads_why_a_plan_came_back(
    pingtai: Run, answers: dict[str, Any], register: Any, lang: str
) -> None:
    """The reason and the corrections, the plan, and how to fetch it, before anything is asked."""
    show_case(answers, at_stage(Stage.CORRECTION))
    register(returned())
    shown = before_questions(pingtai("revise", "p-1", lang=lang, stdin=""), lang)
    for words in ("补充通风方案", "补充设备清单", "重点任务的内容", "pingtai show p-1 --full"):
        assert words in shown
    assert "pingtai plan p-1 --file" in shown


def test_a_district_reads_what_was_corrected(
    pingtai: Run, answers: dict[str, Any], register: Any
) -> None:
    """After a return: what had to be corrected, what the operator says of it, conditions and plan."""
    told = opened()
    told.decide("recommendation", outcome="returned", opinion="请写明机时")
    told.decide("plan_revision", changes="已写明每周四十小时")
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    register(told)
    shown = before_questions(pingtai("recommend", "p-1", lang="zh", stdin=""))
    for words in ("请写明机时", "已写明每周四十小时", "牵头单位实力", "文件 1 份", "第 2 版"):
        assert words in shown


def test_experts_and_the_commission_read_what_was_said(
    pingtai: Run, answers: dict[str, Any], register: Any
) -> None:
    """Before the listing: the recommendation, the inspection, the votes of the panel."""
    told = opened()
    for kind in ("recommendation", "inspection", "expert_opinion"):
        told.decide(kind)
    show_case(answers, at_stage(Stage.LISTING))
    register(told)
    shown = before_questions(pingtai("list", "p-1", lang="zh", stdin=""))
    for words in ("推荐意见：意见", "现场核查", "论证意见：专家组意见", "支持 5"):
        assert words in shown


def test_an_evaluation_reads_the_report(
    pingtai: Run, answers: dict[str, Any], register: Any
) -> None:
    """The report's beginnings and the district's view; of the platform's own log nothing."""
    told = listed()
    year = assessment_of(told)
    year.decide("self_report", groups=dict.fromkeys(findings(), REPORT))
    year.decide("district_review", view="运行良好，建议通过")
    show_case(answers, at_stage(Stage.VALID))
    register(told, year)
    shown = before_questions(pingtai("evaluate", "p-1", lang="zh", stdin="y\n"))
    assert 4 == shown.count("新增设备十二台")
    assert "运行良好，建议通过" in shown
    assert "专家论证意见" not in shown


@pytest.mark.parametrize(
    ("stage", "command"), [(Stage.INSPECTION, "inspect"), (Stage.EXPERT_REVIEW, "opine")]
)
def test_reviewers_of_the_next_term_read_how_the_last_one_ended(
    pingtai: Run, answers: dict[str, Any], register: Any, stage: Stage, command: str
) -> None:
    """A year that ended unmended, and what was to be rectified, before inspection and review."""
    told = listed(application(policy=NO_TIME))
    year = assessment_of(told)
    year.decide("self_report")
    year.decide("district_review")
    year.decide("evaluation", outcome="not_effective", to_mend=["补齐相控阵暗室的计量校准"])
    state = year.case.state
    ended = AssessmentRow(
        term=1, year=1, opening=1, stage=state.stage, since=state.since, overdue=False, due=None,
        due_provisional=False, mend_by=None, opened_at=state.since, ended_at=state.since,
        result=state.stage, log_seq=4, log_hash=BEGINNING,
    )  # fmt: skip
    card = card_of(told, *lines(year, 1))
    [term] = card.terms
    terms = (term.model_copy(update={"assessments": (ended,)}), term.model_copy(update={"term": 2}))
    platform = card.platform.model_copy(update={"term": 2})
    show_case(answers, at_stage(stage))
    register(told, card=card.model_copy(update={"platform": platform, "terms": terms}))
    shown = before_questions(pingtai(command, "p-1", lang="zh", stdin=""))
    assert "上一期考核" in shown
    assert "第 1 年 · 成效不明显（有效期内不及整改）" in shown
    assert "补齐相控阵暗室的计量校准" in shown


@pytest.mark.parametrize("kind", sorted(set(FORMS) - ON_NOTHING))
def test_every_form_says_what_it_is_about(
    pingtai: Run, answers: dict[str, Any], register: Any, kind: Kind
) -> None:
    """Whichever it is, and also where it is not due."""
    show_case(answers, at_stage(Stage.CORRECTION))
    register(returned())
    result = pingtai(*FORMS[kind].name.split(), "p-1", lang="zh", stdin="y\n")
    assert TITLE.zh in before_questions(result)
    assert "补充通风方案" in before_questions(result)
    says_how_to_get_the_file = "pingtai plan p-1 --file plan.md" in before_questions(result)
    assert says_how_to_get_the_file is (kind in (Kind.PLAN_REVISION, Kind.SELF_REPORT))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_fits_eighty_columns(
    pingtai: Run,
    answers: dict[str, Any],
    register: Any,
    monkeypatch: pytest.MonkeyPatch,
    *,
    lang: str,
) -> None:
    """A line each for conditions and parts, however long they are."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    show_case(answers, at_stage(Stage.CORRECTION))
    register(returned())
    shown = before_questions(pingtai("inspect", "p-1", lang=lang, stdin="y\n"), lang)
    brief = shown.partition(TITLE.text("zh" if lang == "zh" else "en"))[2].splitlines()
    assert max(map(cell_len, brief)) <= 80
    assert len(brief) < 24


def test_a_text_that_the_log_does_not_bind_is_not_shown(
    pingtai: Run, answers: dict[str, Any], register: Any
) -> None:
    """It says so in the plan's place."""
    show_case(answers, at_stage(Stage.CORRECTION))
    register(returned(), text="changed")
    shown = before_questions(pingtai("revise", "p-1", lang="zh", stdin=""))
    assert "重点任务的内容" not in shown
    assert "文本与提交时不符" in "".join(shown.split())


def test_who_knows_it_may_decide_while_the_register_is_away(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that nothing can be shown, and the questions follow."""

    @asynccontextmanager
    async def away() -> AsyncIterator[PretendRegister]:
        raise Unreachable("the register does not answer", "名册没有应答")
        yield

    monkeypatch.setattr(decision_calls, "open_reads", away)
    show_case(answers, at_stage(Stage.CORRECTION))
    result = pingtai("revise", "p-1", lang="zh", stdin="")
    assert "名册暂不能提供依据材料" in result.stderr
    assert QUESTION["zh"] in result.output


def test_the_commands_that_are_named_exist() -> None:
    """With the options with which they are named, here and in notices."""
    for name, option in (("show", "--full"), ("plan", "--diff"), ("plan", "--file")):
        command = pingtai_group.get_command(click.Context(pingtai_group), name)
        assert command
        assert option in [each for param in command.params for each in param.opts]
