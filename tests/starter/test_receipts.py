"""What is shown after a decision or an application was taken."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.client.interface import Applied
from starter.client.register_lookups import RegisterLookups
from starter.commands.forms_by_kind import FORMS
from starter.commands.guided.questions import show_case
from starter.errors import Unreachable
from starter.terminal.chosen_language import speaking
from starter.terminal.wording import awaited_in
from tests.rules.cases import at_stage
from tests.starter.test_guided import view_of
from workflows.activity_messages import DueDate
from workflows.application import PlatformApplication, PreviousTerm
from workflows.case import Case
from workflows.model import invalid, parse
from workflows.run_io import CaseView
from workflows.states import Receipt, application_content
from workflows.vocabulary import AssessmentStage, Condition, Kind, Stage

Run = Callable[..., Result]

GOOD = ("withdraw", "p-1", "--reason", "x", "--actor", "u", "--organisation", "某单位")
DOCUMENT = {"name": "说明.pdf", "sha256": "0" * 64}
APPLICATION = {
    "application_id": "a-1",
    "platform_id": "p-1",
    "name": "平台",
    "operator": {"name": "运营公司"},
    "lead_unit": {"name": "大学", "kind": "university"},
    "district": "haidian",
    "field": "integrated_circuits",
    "services": ["research"],
    "conditions": {
        condition: {"statement": "x", "documents": [DOCUMENT]} for condition in Condition
    },
    "plan": {
        "parts": dict.fromkeys(("approach", "goals", "key_tasks", "safeguards"), "t"),
        "mechanisms": {
            "legal_form": "independent",
            "funding": [{"source": "a", "share": 100}],
            "lead_unit_funding_wan": 10,
        },
    },
}
AT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def view(**changes: Any) -> CaseView:
    """Where the platform of APPLICATION stands just after it was applied for."""
    case = Case[Any].open(application_content(parse(PlatformApplication, APPLICATION)), AT)
    state = case.state.model_copy(update=changes)
    due = DueDate(due=datetime(2026, 12, 22, 16, tzinfo=UTC))
    return CaseView(platform=state, due=due, log_seq=1, log_hash="0" * 64, refusals=0, recorded=1)


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Friday of a year whose holidays are announced."""
    for module in ("apply", "receipt_view"):
        monkeypatch.setattr(f"starter.commands.{module}.today", lambda: date(2026, 12, 18))


def test_receipt_in_both_languages(pingtai: Run, answers: dict[str, Any], receipt: Receipt) -> None:
    """A receipt says what was taken, the entry, the stage, who acts next, until when, and how long that is."""
    due = datetime(2026, 12, 23, 16, tzinfo=UTC)
    answers["decide"] = receipt.model_copy(update={"due": due})
    assert [
        "Accepted\trecommendation: recommended",
        "Case\tp-1, term 1",
        "Entry\t1.2 · 2026-11-24 02:30",
        "Stage\tinspection",
        "Next\tinspection from the commission (§四(二)), until 2026-12-23 (3 working days left)",
        "Decision id\td-1",
    ] == pingtai(*GOOD).stdout.splitlines()
    assert [
        "已办理\t所在区推荐：推荐",
        "事项\tp-1 第 1 期",
        "记录\t1.2 · 2026-11-24 02:30",
        "阶段\t待现场核查",
        "下一步\t市科委、中关村管委会：现场核查（《指引》第四部分第（二）项），"
        "截止 2026-12-23（还有 3 个工作日）",
        "决定编号\td-1",
    ] == pingtai(*GOOD, lang="zh").stdout.splitlines()


def test_repeated_receipt_says_so(pingtai: Run, answers: dict[str, Any], receipt: Receipt) -> None:
    """The first answer given again is marked as such."""
    answers["decide"] = receipt.model_copy(update={"repeated": True})
    shown = pingtai(*GOOD).stdout
    assert ("Repeated" in shown, "working days" in shown) == (True, False)
    assert "重复提交" in pingtai(*GOOD, lang="zh").stdout


def test_receipt_as_json(pingtai: Run, receipt: Receipt) -> None:
    """--json prints the whole receipt and nothing else."""
    result = pingtai(*GOOD, "--json")
    assert receipt.model_dump(mode="json") == json.loads(result.stdout)


def test_end_of_validity_and_of_ended_cases(
    pingtai: Run, answers: dict[str, Any], receipt: Receipt
) -> None:
    """A listing says until when it is valid, if that can be asked; what has ended awaits nothing."""
    changes = {"stage": "valid", "awaited": (), "due": None}
    answers["decide"] = receipt.model_copy(update=changes)
    answers["state"] = view(valid_until=datetime(2029, 11, 24, 16, tzinfo=UTC))
    assert "valid until 2029-11-24" in pingtai(*GOOD).stdout
    answers["state"] = Unreachable("away", "不在")
    result = pingtai(*GOOD)
    assert (0, False) == (result.exit_code, "valid until" in result.stdout)
    answers["decide"] = receipt.model_copy(update=changes | {"stage": "declined"})
    assert "none: this has ended" in pingtai(*GOOD).stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_receipt_says_what_becomes_of_the_platform(
    pingtai: Run, answers: dict[str, Any], receipt: Receipt, lang: str
) -> None:
    """§六: not met ends the assessment, and delists the platform; effective leaves it listed."""
    ended = {"awaited": (), "due": None, "year": 1}
    told = {"en": "not met; the platform: delisted", "zh": "整改后仍不符合要求；平台：已移出名单"}[
        lang
    ]
    answers["decide"] = receipt.model_copy(update=ended | {"stage": "not_met"})
    assert told in pingtai(*GOOD, lang=lang).stdout
    answers["decide"] = receipt.model_copy(update=ended | {"stage": "effective"})
    assert not {"the platform:", "平台："} & set(pingtai(*GOOD, lang=lang).stdout.split())


def test_application_answered(pingtai: Run, answers: dict[str, Any]) -> None:
    """An application is answered with its term, its workflow and what is awaited until when."""
    answers["state"] = view().model_copy(
        update={"awaited": awaited_in("recommendation", overdue=False)}
    )
    result = pingtai("apply", "--file", "-", stdin=json.dumps(APPLICATION))
    assert 0 == result.exit_code, result.output
    assert [
        "Platform\tp-1",
        "Application\ta-1",
        "Term\t1",
        "Workflow\tplatform:p-1",
        "Stage\trecommendation",
        "Next\trecommendation from the district (§四(一)), until 2026-12-22 (2 working days left)",
    ] == result.stdout.splitlines()
    printed = json.loads(
        pingtai("apply", "--file", "-", "--json", stdin=json.dumps(APPLICATION)).stdout
    )
    assert ("p-1", False, "recommendation") == (
        printed["platform_id"],
        printed["repeated"],
        printed["state"]["platform"]["stage"],
    )


def test_what_was_brought_in_is_told_what_comes_next(pingtai: Run, answers: dict[str, Any]) -> None:
    """It awaits nobody: the receipt says what the clock begins, and until when it is valid."""
    answers["state"] = view(stage="valid", valid_until=datetime(2029, 11, 24, 16, tzinfo=UTC))
    done = pingtai("apply", "--file", "-", stdin=json.dumps(APPLICATION), lang="zh")
    assert "下一步\t年度考核按期自动开始（《指引》第六部分）；有效期至 2029-11-24" in done.stdout
    assert "yearly assessments start automatically" in (
        pingtai("apply", "--file", "-", stdin=json.dumps(APPLICATION)).stdout
    )


def test_what_an_application_brings_in_is_refused_in_words(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """The workflow names the field; a person reads what it is called, and the article in full."""
    why = "本平台的决定须签名，该决定未签名（§四）"
    en = "decisions on this platform are signed (§四)"
    answers["apply"] = invalid("PlatformApplication", "", f"brought_in: {en}", f"brought_in：{why}")
    given = json.dumps(APPLICATION)
    refused = pingtai("apply", "--file", "-", stdin=given)
    assert (2, True) == (
        refused.exit_code,
        f"application: existing platform: {en}" in refused.stderr,
    )
    assert "申请：既有平台转入：本平台的决定须签名，该决定未签名（《指引》第四部分）" in (
        pingtai("apply", "--file", "-", stdin=given, lang="zh").stderr
    )


def test_application_taken_without_a_worker(pingtai: Run, answers: dict[str, Any]) -> None:
    """An application that nobody has taken up yet is in all the same, and awaits the district."""
    answers["state"] = Unreachable("away", "不在")
    Path("a.json").write_text(json.dumps(APPLICATION), encoding="utf-8")
    result = pingtai("apply", "--file", "a.json", lang="zh")
    assert 0 == result.exit_code
    assert "申请已提交" in result.stderr
    assert "所在区：所在区推荐（《指引》第四部分第（一）项）" in result.stdout


def test_application_that_was_there_before(pingtai: Run, answers: dict[str, Any]) -> None:
    """The first answer again is called that."""
    answers["apply"] = Applied(
        platform_id="p-1", application_id="a-1", term=1, workflow_id="platform:p-1", repeated=True
    )
    answers["state"] = view()
    result = pingtai("apply", "--file", "-", stdin=json.dumps(APPLICATION))
    assert "this is the first answer; nothing has changed" in result.stdout


def test_application_that_does_not_fit(pingtai: Run) -> None:
    """An application with a missing part names it."""
    rest = {key: value for key, value in APPLICATION.items() if key != "name"}
    result = pingtai("apply", "--file", "-", stdin=json.dumps(rest), lang="zh")
    assert (2, True) == (result.exit_code, "平台名称（name）：缺少此项" in result.stderr)


def test_application_goes_on_from_the_register(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register's last term is handed to the client; one that is away does not hinder."""
    answers["state"] = view()

    async def known(self: RegisterLookups, platform_id: str) -> PreviousTerm:
        return PreviousTerm(term=2, log_hash="a" * 64)

    with monkeypatch.context() as there:
        there.setattr(RegisterLookups, "last_term", known)
        result = pingtai("apply", "--file", "-", stdin=json.dumps(APPLICATION))
    assert "Term\t3" in result.stdout

    @asynccontextmanager
    async def away(*, start: bool) -> AsyncIterator[None]:
        raise Unreachable("away", "不在")
        yield

    monkeypatch.setattr("starter.client.register_lookups.open_register", away)
    result = pingtai("apply", "--file", "-", stdin=json.dumps(APPLICATION))
    assert (0, True) == (result.exit_code, "Term\t1" in result.stdout)
    assert "the register does not answer" in result.stderr


@pytest.mark.parametrize("stage", ["effective", "met"])
def test_an_assessment_that_ends_well_leaves_its_platform_valid(
    pingtai: Run, answers: dict[str, Any], receipt: Receipt, stage: str
) -> None:
    """Not "ended" without a word of what: the platform goes on."""
    answers["decide"] = receipt.model_copy(update={"stage": stage, "year": 1, "awaited": ()})
    assert "无：本年度考核已结束，平台继续有效" in pingtai(*GOOD, lang="zh").stdout


def test_a_form_points_to_the_assessment_that_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    """A form of the platform says where to look, not that nothing is awaited."""
    of_year = view_of(at_stage(AssessmentStage.SELF_REPORT))
    form, of_platform = FORMS[Kind.RECOMMENDATION], view(stage=Stage.VALID, open_assessment=2)
    with speaking("zh"):
        show_case(form, of_platform)
        assert "第 2 年考核进行中，其待办见 pingtai show" in capsys.readouterr().out
        show_case(form, of_platform, of_year)
        assert "第 2 年考核：平台运营单位：年度报告（《指引》第六部分）" in capsys.readouterr().out
    with speaking("en"):
        show_case(form, of_platform, of_year)
    shown = " ".join(capsys.readouterr().out.split())
    assert "assessment of year 2: self report from the operator (§六)" in shown


def test_a_receipt_is_kept_and_sent_again(
    pingtai: Run, sent: list[tuple[str, dict[str, Any]]], receipt: Receipt
) -> None:
    """The file has the receipt and the decision as it was sent; by it the same decision goes out again."""
    assert 0 == pingtai(*GOOD, "--receipt", "r.json").exit_code
    kept = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert receipt.model_dump(mode="json", exclude_none=True) == kept["receipt"]
    assert [("p-1", kept["decision"])] == sent
    assert 0o600 == Path("r.json").stat().st_mode & 0o777
    again = pingtai("withdraw", "p-1", "--file", "r.json")
    assert 0 == again.exit_code, again.output
    assert sent[0] == sent[1]


def test_nothing_is_sent_where_no_receipt_can_be_kept(
    pingtai: Run, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """A file that is there, a folder that is not: said before the decision goes out."""
    Path("r.json").write_text("mine", encoding="utf-8")
    for path, words in (("r.json", "不予覆盖"), ("none/r.json", "没有目录")):
        result = pingtai(*GOOD, "--receipt", path, lang="zh")
        assert (2, True) == (result.exit_code, words in result.stderr)
    assert ([], "mine") == (sent, Path("r.json").read_text(encoding="utf-8"))


def test_the_receipt_of_an_application(pingtai: Run, answers: dict[str, Any]) -> None:
    """Its entry with the hash, once a worker has written it; until then it is said that there is none."""
    words = ("apply", "--file", "-", "--receipt", "a.json")
    answers["state"] = view()
    early = pingtai(*words, stdin=json.dumps(APPLICATION))
    assert (2, True) == (early.exit_code, "Run the same command again" in early.stderr)
    case = Case[Any].open(application_content(parse(PlatformApplication, APPLICATION)), AT)
    answers["case_log"] = case.log
    assert 0 == pingtai(*words, stdin=json.dumps(APPLICATION)).exit_code
    kept = json.loads(Path("a.json").read_text(encoding="utf-8"))["receipt"]
    assert (1, case.log[0].hash, "a-1") == (
        kept["seq"],
        kept["entry_hash"],
        kept["application_id"],
    )
