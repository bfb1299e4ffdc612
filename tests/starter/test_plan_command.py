"""`pingtai plan`: what it shows of a plan, what it fetches, and which questions it does not take."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from db.plan_rows import PlanText, PlanVersion, TextState
from starter.client.interface import Applied
from starter.commands import plan as planning
from starter.commands.plan_files.plan_file import read_plan
from starter.errors import Unreachable
from starter.plans.plan_view import PlanView
from starter.terminal import pager
from tests.rules.builders import application, plan
from workflows.application import PlatformApplication
from workflows.model import as_sent, sha256
from workflows.vocabulary import IndicatorGroup

from .conftest import PretendClient
from .lines import ACTOR, AT

Run = Callable[..., Result]
FIRST, SECOND = plan(), plan("以产业急需为牵引，分步建设")


def version(number: int, said: dict[str, Any], **more: Any) -> PlanVersion:
    usual: dict[str, Any] = {"changes": None, "set_aside_by": None, "decision_id": None}
    return PlanVersion(
        term=1, version=number, sha256=sha256(said), entry=3 * number - 2, filed_at=AT,
        filed_by=ACTOR, **usual | more,
    )  # fmt: skip


VERSIONS = (
    version(1, FIRST),
    version(2, FIRST, changes="有误", set_aside_by=6, decision_id="d-2"),
    version(3, SECOND, changes="分步建设。", decision_id="d-3"),
)


class Plans:
    """A register with the plan of one platform; `state` is that of its texts."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.state: TextState = "whole"

    async def plan(self, platform_id: str, **asked: Any) -> PlanView | None:
        self.asked.append(asked)
        if platform_id != "p-1":
            return None
        return PlanView(
            platform_id="p-1",
            name="卫星互联网共性技术平台",
            term=1,
            versions=VERSIONS,
            shown=self._text(VERSIONS[2], SECOND),
            before=None if asked["diff"] is None else self._text(VERSIONS[0], FIRST),
        )

    def _text(self, of: PlanVersion, said: dict[str, Any]) -> PlanText:
        return PlanText(**dict(of), text=self.state, plan=said if self.state == "whole" else None)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Plans:
    pretended = Plans()

    @asynccontextmanager
    async def pretend() -> AsyncIterator[Plans]:
        yield pretended

    monkeypatch.setattr(planning, "open_reads", pretend)
    return pretended


def test_a_plan_is_read_with_its_versions(pingtai: Run, plans: Plans) -> None:
    """When, by which entry and by whom each was filed, which was set aside, and that the text is bound."""
    en, zh = pingtai("plan", "p-1").stdout, pingtai("plan", "p-1", lang="zh").stdout
    for shown, words in (
        (en, ("3, filed", "(entry 1.7)", "SET ASIDE by 1.6 有误", "as entry 1.7 of the log binds",
              "with the application", "\nApproach\n", "Operating mechanisms")),
        (zh, ("第 3 版", "（记录 1.7）", "【已由 1.6 撤销】 有误", "与日志记录 1.7 一致", "随申请提交",
              "\n思路\n", "\n运作机制")),
    ):  # fmt: skip
        for word in (
            *words,
            "分步建设。",
            ACTOR.id,
            VERSIONS[2].sha256,
            SECOND["parts"]["approach"],
        ):
            assert word in shown
        assert "\x1b" not in shown
    assert plans.asked[0] == {"term": None, "version": None, "diff": None}


def test_what_changed_is_marked(pingtai: Run, plans: Plans) -> None:
    """By default the last two; in a pipe without colours, so that it can be searched and sent on."""
    shown = pingtai("plan", "p-1", "--diff").stdout
    assert "以产业[-需求-]{+急需+}为牵引{+，分步建设+}" in shown
    assert "Goals" not in shown
    assert "From" in shown
    for given, asked in ((["--diff", "1", "2"], (1, 2)), (["--diff", "1"], (1,)), (["--diff"], ())):
        pingtai("plan", "p-1", *given)
        assert plans.asked[-1]["diff"] == asked


def test_equal_plans_with_other_hashes_are_explained(
    pingtai: Run, plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is empty may have been named or left out: the hash is of what was sent. Both are shown."""
    why = "内容相同而 SHA-256 不同：哈希按提交时的原样计算"
    assert why not in pingtai("plan", "p-1", "--diff", lang="zh").stdout
    named = FIRST | {"mechanisms": FIRST["mechanisms"] | {"membership": None}}
    monkeypatch.setitem(globals(), "SECOND", named)
    shown = pingtai("plan", "p-1", "--diff", lang="zh").stdout
    assert why in shown and "两个版本内容相同。" in shown
    assert VERSIONS[0].sha256 in shown and VERSIONS[2].sha256 in shown
    assert "SHA-256 differ though" in pingtai("plan", "p-1", "--diff").stdout


def test_as_json(pingtai: Run, plans: Plans) -> None:
    """The same that HTTP answers."""
    view = PlanView.model_validate_json(pingtai("plan", "p-1", "--json").stdout)
    assert (view.shown.plan, len(view.versions)) == (SECOND, 3)


@pytest.mark.parametrize("name", ["plan.md", "plan.json", "plan.xlsx"])
def test_what_is_fetched_is_what_revise_reads(
    pingtai: Run, plans: Plans, name: str, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """Fetched, and handed in again as it is."""
    fetched = pingtai("plan", "p-1", "--file", name)
    assert f"pingtai revise p-1 --plan {name}" in fetched.stdout
    assert f"pingtai report p-1 --mechanisms {name}" in fetched.stdout
    assert [1, 1] == [line.count("pingtai ") for line in fetched.stdout.splitlines()]
    assert read_plan(name) == SECOND
    by = ("--actor", "op-1", "--organisation", ACTOR.organisation)
    done = pingtai("revise", "p-1", "--plan", name, "--changes", "改", *by)
    assert done.exit_code == 0, done.stderr
    assert sent[-1][1]["plan"] == SECOND
    again = pingtai("plan", "p-1", "--file", name)
    assert (again.exit_code, "is kept" in again.stderr) == (2, True)


def test_a_plan_in_a_pipe(pingtai: Run, plans: Plans) -> None:
    """`--file -` is Markdown, with what it is and how it is handed in."""
    written = pingtai("plan", "p-1", "--file", "-", lang="zh").stdout
    assert written.startswith("# 建设方案\n\n<!--\n卫星互联网")
    Path("again.md").write_text(written, "utf-8")
    assert read_plan("again.md") == SECOND


def test_a_broken_file_names_its_line(pingtai: Run, plans: Plans) -> None:
    """`revise` says what is wrong where, and sends nothing."""
    pingtai("plan", "p-1", "--file", "plan.md", lang="zh")
    text = Path("plan.md").read_text("utf-8").replace("## 目标", "## 预算")
    Path("plan.md").write_text(text, "utf-8")
    number = text.splitlines().index("## 预算") + 1
    refused = pingtai("revise", "p-1", "--plan", "plan.md", "--changes", "改", lang="zh")
    assert refused.exit_code == 2
    assert f"plan.md：第 {number} 行：“预算”不是建设方案的标题" in refused.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["1"], "--version 1"),
        (["--diff", "1", "2", "3"], "compares two"),
        (["--diff", "1", "2", "--version", "1"], "compares two"),
        (["--diff", "--file", "plan.md"], "leave out --diff"),
        (["--json", "--file", "plan.md"], "leave out --diff and --json"),
        (["--file", "plan.docx"], ".json, .md or .xlsx"),
    ],
)
def test_what_makes_no_sense_is_said(
    pingtai: Run, plans: Plans, given: list[str], said: str
) -> None:
    refused = pingtai("plan", "p-1", *given)
    assert (refused.exit_code, said in refused.stderr) == (2, True), refused.stderr


def test_a_platform_that_is_not_known(pingtai: Run, plans: Plans) -> None:
    refused = pingtai("plan", "p-2")
    assert (refused.exit_code, "p-2" in refused.stderr) == (2, True)


@pytest.mark.parametrize(("state", "code"), [("changed", 1), ("absent", 4)])
def test_a_text_that_is_not_the_one_filed_is_not_shown(
    pingtai: Run, plans: Plans, state: TextState, code: int
) -> None:
    """Nor fetched, nor compared; by JSON it is seen that it is withheld."""
    plans.state = state
    for given in ([], ["--diff"], ["--file", "plan.md"]):
        refused = pingtai("plan", "p-1", *given)
        assert (refused.exit_code, refused.stdout) == (code, "")
        assert "entry 1." in refused.stderr
    assert not Path("plan.md").exists()
    assert json.loads(pingtai("plan", "p-1", "--json").stdout)["shown"]["plan"] is None


def test_a_long_plan_goes_through_the_pager(
    pingtai: Run, plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, as all that is long."""
    shown: list[str] = []
    monkeypatch.setattr(pager, "show_long", lambda *parts: shown.append(str(len(parts))))
    pingtai("plan", "p-1")
    pingtai("plan", "p-1", "--diff")
    assert len(shown) == 2


def test_an_application_takes_its_plan_from_a_file(
    pingtai: Run, plans: Plans, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]
) -> None:
    """What was fetched of one term can be handed in for the next."""
    handed_in: list[PlatformApplication] = []

    async def apply(_: object, application: PlatformApplication, __: object = None) -> Applied:
        handed_in.append(application)
        return Applied(platform_id="p-1", application_id="a-1", term=2, workflow_id="platform:p-1")

    monkeypatch.setattr(PretendClient, "apply", apply)
    answers["state"] = Unreachable("no worker", "无")
    pingtai("plan", "p-1", "--file", "plan.md", lang="zh")
    Path("application.json").write_text(json.dumps(application()), "utf-8")
    done = pingtai("apply", "--file", "application.json", "--plan", "plan.md", "--json")
    assert done.exit_code == 0, done.stderr
    assert as_sent(handed_in[0].plan) == SECOND
    assert handed_in[0].application_id == application()["application_id"]


def test_a_report_takes_its_mechanisms_from_the_plan(
    pingtai: Run, plans: Plans, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """Fetched, brought up to date, and handed in with the yearly report."""
    pingtai("plan", "p-1", "--file", "plan.md", lang="zh")
    groups = [f"--group={group}=正常" for group in IndicatorGroup]
    by = ("--actor", "op-1", "--organisation", ACTOR.organisation)
    done = pingtai("report", "p-1", "--mechanisms", "plan.md", *groups, *by)
    assert done.exit_code == 0, done.stderr
    assert sent[-1][1]["mechanisms"] == SECOND["mechanisms"]
