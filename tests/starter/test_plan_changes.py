"""Whoever files a plan sees what it changes before it is sent, and is asked about one that changes nothing."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.clock import today
from starter.commands.plan_files.plan_file import written_plan
from tests.rules.builders import OPERATOR_NAME, plan
from tests.rules.cases import at_stage, decision
from tests.starter.shown_cases import PretendRegister, card_of, plan_of
from tests.starter.test_case_brief import register, returned, terminal  # noqa: F401 - fixtures
from tests.starter.test_guided import show_case
from workflows.vocabulary import Kind, Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
ANSWERS = ("op-1", OPERATOR_NAME, "plan.md", "已修改", "", "")


@pytest.fixture
def revise(
    pingtai: Run,
    answers: dict[str, Any],
    register: Any,  # noqa: F811
) -> Callable[..., str]:
    """Hand in a plan by the form, and return what was shown."""

    def run(said: dict[str, Any], last: str, lang: str = "zh", text: str = "whole") -> str:
        show_case(answers, at_stage(Stage.CORRECTION))
        register(returned(), text=text)
        Path("plan.md").write_bytes(written_plan(said, ".md"))
        stdin = "".join(f"{line}\n" for line in (*ANSWERS, last))
        return str(pingtai("revise", "p-1", lang=lang, stdin=stdin).output)

    return run


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_changes_is_shown_before_it_is_sent(
    revise: Callable[..., str], sent: Sent, lang: str
) -> None:
    """By parts, above the question whether to submit it."""
    shown = revise(plan("以产业急需为牵引"), "y", lang)
    title = {
        "en": "What changes in the plan, from version 1",
        "zh": "建设方案的修改（对照第 1 版）",
    }
    changes = shown.partition(title[lang])[2]
    assert "以产业[-需求-]{+急需+}为牵引" in changes
    assert "保障措施的内容" not in changes
    assert sent[-1][1]["plan"]["parts"]["approach"] == "以产业急需为牵引"


def test_a_plan_that_changes_nothing_is_asked_about(revise: Callable[..., str], sent: Sent) -> None:
    """The file that was fetched may have been sent by mistake."""
    shown = revise(plan(), "n")
    assert "建设方案与第 1 版内容相同。" in shown
    assert sent == []


def test_without_the_text_before_nothing_is_said_of_changes(
    revise: Callable[..., str], sent: Sent
) -> None:
    """A plan can be filed also while the register does not have the one before."""
    shown = revise(plan(), "y", text="changed")
    assert "建设方案的修改" not in shown
    assert "内容相同" not in shown
    assert len(sent) == 1


REMARKS = ("平台（bj-other） · 第 1 版", "pingtai revise bj-other --plan plan.md --changes …")
FLAGS = (
    "--plan",
    "plan.md",
    "--changes",
    "已修改",
    "--actor",
    "op-1",
    "--organisation",
    OPERATOR_NAME,
)


def test_flags_ask_about_a_plan_that_changes_nothing(
    pingtai: Run,
    answers: dict[str, Any],
    sent: Sent,
    register: Any,  # noqa: F811
) -> None:
    """As the form does: the file that was fetched may have been sent by mistake."""
    show_case(answers, at_stage(Stage.CORRECTION))
    register(returned(), text="whole")
    Path("plan.md").write_bytes(written_plan(plan(), ".md"))
    shown = pingtai("revise", "p-1", *FLAGS, lang="zh", stdin="n\n").output
    assert "建设方案与第 1 版内容相同。" in shown
    for lang, why in (
        ("zh", "建设方案与第 1 版内容相同。确需提交的，请加 --yes"),
        ("en", "The plan says the same as version 1. If that is meant, add --yes"),
    ):
        for how in ("--json", "--dry-run"):
            refused = pingtai("revise", "p-1", *FLAGS, how, lang=lang)
            assert (2, True) == (refused.exit_code, why in refused.stderr), refused.output
    assert sent == []
    assert 0 == pingtai("revise", "p-1", *FLAGS, "--yes").exit_code
    assert len(sent) == 1


def test_a_batch_holds_back_a_plan_that_changes_nothing(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody is asked; what was filed by the same line before is not compared with itself."""
    monkeypatch.setattr("starter.commands.batch.batch_run.at_terminal", lambda: False)
    shown = plan_of(returned())

    @asynccontextmanager
    async def reads() -> AsyncIterator[PretendRegister]:
        yield PretendRegister(card_of(returned()), shown)

    monkeypatch.setattr("starter.commands.batch.confirmation.open_reads", reads)
    raw = decision(Kind.PLAN_REVISION, at_stage(Stage.CORRECTION), plan=plan())
    line = raw | {"platform": "p-1", "decided_on": str(today())}
    Path("x.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    held = pingtai("decide", "--file", "x.jsonl", lang="zh")
    assert (2, []) == (held.exit_code, sent), held.output
    assert "建设方案与第 1 版内容相同。确需提交的，请加 --yes" in held.output
    assert 0 == pingtai("decide", "--file", "x.jsonl", "--yes").exit_code
    filed = shown.shown.model_copy(update={"decision_id": raw["decision_id"]})
    shown = shown.model_copy(update={"shown": filed})
    assert 0 == pingtai("decide", "--file", "x.jsonl").exit_code
    assert len(sent) == 2


def test_a_plan_of_another_platform_is_asked_about(
    pingtai: Run,
    answers: dict[str, Any],
    sent: Sent,
    register: Any,  # noqa: F811
) -> None:
    """Its file says in a comment whose it is; --yes sends it all the same."""
    show_case(answers, at_stage(Stage.CORRECTION))
    register(returned(), text="whole")
    Path("plan.md").write_bytes(written_plan(plan("以急需为牵引"), ".md", REMARKS))
    shown = pingtai("revise", "p-1", *FLAGS, lang="zh", stdin="n\n").output
    assert "该文件属于平台 bj-other" in shown
    assert sent == []
    for how in ("--json", "--dry-run"):
        refused = pingtai("revise", "p-1", *FLAGS, how, lang="zh")
        assert 2 == refused.exit_code
        assert "该文件属于平台 bj-other" in refused.stderr
    assert sent == []
    assert 0 == pingtai("revise", "p-1", *FLAGS, "--yes").exit_code
    assert len(sent) == 1


def test_the_form_asks_about_a_plan_of_another_platform(
    revise: Callable[..., str], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by flags, and already when the file is named: nobody fills in the rest for it."""
    monkeypatch.setitem(globals(), "written_plan", partial(written_plan, remarks=REMARKS))
    said = revise(plan("以急需为牵引"), "n").split("该文件属于平台 bj-other")
    assert 3 == len(said)
    assert "修改说明" not in said[0].rpartition("修改后的建设方案")[2]
    assert sent == []
