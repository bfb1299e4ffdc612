"""Flags, files and the environment become the decision that is sent."""

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import Result

from starter.commands.decision_form import DecisionForm
from starter.commands.forms_by_kind import FORMS
from starter.commands.plan_files.plan_file import written_plan
from starter.commands.word_choice import WordChoice, known
from starter.errors import Unreachable
from tests.rules.builders import NEXT
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import IndicatorGroup, InspectionItem, Kind, Role

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

SAME = ("--id", "d-1", "--date", "2026-11-24")
MECHANISMS = {
    "legal_form": "independent",
    "funding": [{"source": "牵头单位", "share": 100}],
    "lead_unit_funding_wan": 10,
}
PLAN = {
    "parts": dict.fromkeys(("approach", "goals", "key_tasks", "safeguards"), "t"),
    "mechanisms": MECHANISMS,
}
OK = {"finding": "satisfactory"}
ITEMS = {str(item): OK for item in InspectionItem}
GROUPS = {str(group): OK for group in IndicatorGroup}
EXPERTS = (
    "甲,technology,某所,supported",
    "乙，产业，某会, 分会，支持",
    "丙,commercialisation,某基金,returned",
)
PANEL = [
    {"name": "甲", "field": "technology", "organisation": "某所", "vote": "supported"},
    {"name": "乙", "field": "industry", "organisation": "某会, 分会", "vote": "supported"},
    {"name": "丙", "field": "commercialisation", "organisation": "某基金", "vote": "returned"},
]

CASES: tuple[tuple[str, str, str, tuple[str, ...], dict[str, Any]], ...] = (
    (
        "recommend",
        "recommendation",
        "district",
        ("--outcome", "recommended", "--opinion", "同意"),
        {"outcome": "recommended", "opinion": "同意"},
    ),
    (
        "inspect",
        "inspection",
        "commission",
        ("--outcome", "passed", "--finding", "all=satisfactory",
         "--finding", "site=to_improve:通风:不足", "--correction", "补充", "--correction", "复测"),
        {
            "outcome": "passed",
            "findings": ITEMS | {"site": {"finding": "to_improve", "remark": "通风:不足"}},
            "corrections": ["补充", "复测"],
        },
    ),
    (
        "revise",
        "plan_revision",
        "operator",
        ("--plan", "plan.json", "--changes", "补充通风"),
        {"plan": PLAN, "changes": "补充通风"},
    ),
    (
        "opine",
        "expert_opinion",
        "commission",
        ("--outcome", "支持", "--opinion", "可行", *(x for e in EXPERTS for x in ("--expert", e))),
        {"outcome": "supported", "opinion": "可行", "panel": PANEL},
    ),
    (
        "list",
        "listing",
        "commission",
        ("--outcome", "included", "--list-number", "2026-3", "--certificate-number", "BJ-31"),
        {"outcome": "included", "list_number": "2026-3", "certificate_number": "BJ-31"},
    ),
    ("withdraw", "withdrawal", "operator", ("--reason", "调整"), {"reason": "调整"}),
    (
        "report",
        "self_report",
        "operator",
        ("--mechanisms", "mechanisms.json", "--group", "teams=稳定=好", "--group", "service_and_impact=x"),
        {"mechanisms": MECHANISMS, "groups": {"teams": "稳定=好", "service_and_impact": "x"}},
    ),
    (
        "report",
        "self_report",
        "commission",
        ("--not-filed", "--reason", "逾期"),
        {"outcome": "not_filed", "reason": "逾期"},
    ),
    ("review", "district_review", "district", ("--view", "好"), {"view": "好"}),
    (
        "review",
        "district_review",
        "commission",
        ("--not-given", "--reason", "逾期"),
        {"outcome": "not_given", "reason": "逾期"},
    ),
    (
        "evaluate",
        "evaluation",
        "commission",
        ("--outcome", "not_effective", "--finding", "all=satisfactory",
         "--finding", "teams=不符合：人太少@40", "--mend", "加人", "--mend-by", "2027-06-30"),
        {
            "outcome": "not_effective",
            "findings": GROUPS
            | {"teams": {"finding": "unsatisfactory", "remark": "人太少", "score": 40}},
            "to_mend": ["加人"],
            "mend_by": "2027-06-30",
        },
    ),
    ("rectify", "rectification_report", "operator", ("--mended", "已加"), {"mended": ["已加"]}),
    (
        "rectify",
        "rectification_report",
        "commission",
        ("--not-filed", "--reason", "逾期"),
        {"outcome": "not_filed", "reason": "逾期"},
    ),
    (
        "reassess",
        "reassessment",
        "commission",
        ("--outcome", "met", "--finding", "all=satisfactory@80"),
        {"outcome": "met", "findings": {g: OK | {"score": 80} for g in GROUPS}},
    ),
    (
        "set-aside",
        "set_aside",
        "commission",
        ("--decision", "d-9", "--reason", "有误", "--year", "2"),
        {"target": "d-9", "reason": "有误", "year": 2},
    ),
    (
        "support record",
        "support",
        "commission",
        ("--support", "税收", "--given-on", "2026-05-06", "--title", "加计扣除", "--amount-wan", "30"),
        {"support": "tax", "given_on": "2026-05-06", "title": "加计扣除", "amount_wan": 30},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} as {case[2]}")
def test_flags_make_a_decision(
    pingtai: Run,
    sent: Sent,
    case: tuple[str, str, str, tuple[str, ...], dict[str, Any]],
) -> None:
    """Each command sends its kind of decision, by default from the role that the table awaits."""
    command, kind, role, flags, content = case
    Path("plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    Path("mechanisms.json").write_text(json.dumps(MECHANISMS), encoding="utf-8")
    who = ("--actor", "u-1", "--organisation", "某单位")
    result = pingtai(*command.split(), "p-1", *flags, *SAME, *who)
    assert 0 == result.exit_code, result.output
    actor = {"id": "u-1", "organisation": "某单位", "role": role}
    common = {"kind": kind, "decision_id": "d-1", "decided_on": "2026-11-24", "actor": actor}
    assert [("p-1", common | content)] == sent


def test_common_flags(pingtai: Run, sent: Sent) -> None:
    """Documents are hashed or taken by their hash; note, role and district are as they were given."""
    Path("意见.pdf").write_bytes(b"content")
    result = pingtai(
        *("review", "p-1", "--view", "x", *SAME, "--actor", "u", "--organisation", "某单位"),
        *("--role", "commission", "--district", "海淀区", "--note", "n"),
        *("--document", "意见=意见.pdf", "--document", f"b={'AB' * 32}"),
    )
    assert 0 == result.exit_code, result.output
    decision = sent[0][1]
    hashed = hashlib.sha256(b"content").hexdigest()
    assert [{"name": "意见", "sha256": hashed}, {"name": "b", "sha256": "ab" * 32}] == decision[
        "documents"
    ]
    assert "n" == decision["note"]
    actor = {"id": "u", "organisation": "某单位", "role": "commission", "district": "haidian"}
    assert actor == decision["actor"]


def test_new_id_and_today(pingtai: Run, sent: Sent) -> None:
    """Without --id and --date the id is new each time and the day is today in Beijing."""
    flags = ("withdraw", "p-1", "--reason", "x", "--actor", "u", "--organisation", "某单位")
    pingtai(*flags)
    pingtai(*flags)
    first, second = (decision for _, decision in sent)
    assert UUID(first["decision_id"]) != UUID(second["decision_id"])
    beijing = timezone(timedelta(hours=8))
    assert abs(
        datetime.now(UTC) - datetime.fromisoformat(second["decided_on"]).replace(tzinfo=beijing)
    ) < timedelta(hours=25)


def test_environment_says_who(pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    """PINGTAI_ACTOR and the others say who acts; a district only where the district acts."""
    monkeypatch.setenv("PINGTAI_ACTOR", "u-env")
    monkeypatch.setenv("PINGTAI_ORGANISATION", "某区科委")
    monkeypatch.setenv("PINGTAI_DISTRICT", "fengtai")
    pingtai("review", "p-1", "--view", "x", *SAME)
    pingtai("withdraw", "p-1", "--reason", "x", *SAME)
    base = {"id": "u-env", "organisation": "某区科委"}
    expected = [base | {"role": "district", "district": "fengtai"}, base | {"role": "operator"}]
    assert expected == [decision["actor"] for _, decision in sent]


def test_flags_go_before_the_file_and_the_file_before_the_environment(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flag given besides overrides the file's field; the environment only fills what is open."""
    monkeypatch.setenv("PINGTAI_ACTOR", "u-env")
    monkeypatch.setenv("PINGTAI_ORGANISATION", "o-env")
    file = {
        "decision_id": "d-1",
        "actor": {"id": "u-file", "role": "commission"},
        "decided_on": "2026-11-24",
        "outcome": "passed",
        "findings": ITEMS,
    }
    result = pingtai(
        *("inspect", "p-1", "--file", "-", "--outcome", "returned", "--date", "2026-11-25"),
        *("--finding", "site=unsatisfactory", "--correction", "x"),
        stdin=json.dumps(file),
    )
    assert 0 == result.exit_code, result.output
    assert {
        **file,
        "kind": "inspection",
        "actor": {"id": "u-file", "role": "commission", "organisation": "o-env"},
        "decided_on": "2026-11-25",
        "outcome": "returned",
        "findings": ITEMS | {"site": {"finding": "unsatisfactory"}},
        "corrections": ["x"],
    } == sent[0][1]


def test_whole_decision_by_file(pingtai: Run, sent: Sent) -> None:
    """A file with a whole decision is sent as it is; its mark of UTF-8 does not matter."""
    decision = {
        "kind": "withdrawal",
        "decision_id": "d-9",
        "actor": {"id": "u", "role": "operator", "organisation": "某单位"},
        "decided_on": "2026-11-24",
        "reason": "x",
    }
    Path("d.json").write_text(json.dumps(decision), encoding="utf-8-sig")
    assert 0 == pingtai("withdraw", "p-1", "--file", "d.json").exit_code
    assert [("p-1", decision)] == sent


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_be_said(pingtai: Run, sent: Sent, role: Role) -> None:
    """--role goes before the role of the table, in English and in Chinese; the rules judge it."""
    for said in (str(role), role.zh):
        pingtai(
            "review",
            "p-1",
            "--view",
            "x",
            "--role",
            said,
            "--actor",
            "u",
            "--organisation",
            "某单位",
        )
    assert [role, role] == [decision["actor"]["role"] for _, decision in sent]


@pytest.mark.parametrize("kind", [Kind.RECOMMENDATION, Kind.DISTRICT_REVIEW])
def test_a_former_term_of_a_kind_is_still_understood(kind: Kind) -> None:
    """Files that people keep say it; what is shown is today's term."""
    former = kind.zh.removeprefix("所在")
    assert former != kind.zh
    assert [str(kind)] * 2 == [known(Kind, said) for said in (former, kind.zh)]
    assert str(kind) == WordChoice(Kind).convert(former, None, None)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_examples_of_the_help_hold(pingtai: Run, sent: Sent, form: DecisionForm) -> None:
    """Every command's help has an example, and it makes a decision that fits its model."""
    command = ("support", "record") if form.kind == Kind.SUPPORT else (form.name,)
    assert f"Example:\n    {form.example[:40]}" in pingtai(*command, "--help").stdout
    Path("plan.md").write_bytes(written_plan(PLAN, ".md"))
    Path("mechanisms.json").write_text(json.dumps(MECHANISMS), encoding="utf-8")
    Path("application-2.json").write_text(json.dumps(NEXT), encoding="utf-8")
    for document in re.findall(r"[^ :]+\.pdf", form.example):
        Path(document).write_bytes(b"%PDF")
    program, *arguments = shlex.split(form.example.replace("\\\n", " "))
    result = pingtai(*arguments)
    assert ("pingtai", 0) == (program, result.exit_code), result.output
    assert ["bj-water-membrane"] == [platform for platform, _ in sent]


@pytest.mark.parametrize(
    "command",
    [
        *("apply", "show", "register", "login", "logout", "decide", "list publish"),
        *("support record", "absence name", "absence list", "absence withdraw"),
    ],
)
def test_other_commands_have_examples(pingtai: Run, command: str) -> None:
    """So have the commands that decide nothing, or many."""
    assert f"Example:\n    pingtai {command}" in pingtai(*command.split(), "--help").stdout


def test_an_odd_day_needs_a_yes_where_nobody_is_asked(pingtai: Run, sent: Sent) -> None:
    """A slip of the keyboard is not sealed by a script; who means it says so."""
    given = ("recommend", "p-1", "--outcome", "recommended", "--opinion", "同意")
    who = ("--actor", "u", "--organisation", "某单位", "--district", "haidian")
    flags = (*given, *who, "--date", "2001-01-01")
    for lang, why in (
        ("en", "days ago. If that is meant, add --yes"),
        ("zh", "天。确需提交的，请加 --yes"),
    ):
        result = pingtai(*flags, lang=lang)
        assert (2, []) == (result.exit_code, sent)
        assert why in result.output
    assert 0 == pingtai(*flags, "--yes").exit_code
    assert ["2001-01-01"] == [raw["decided_on"] for _, raw in sent]


@pytest.mark.parametrize(("lang", "why"), [("en", "before the last"), ("zh", "早于前一决定")])
def test_what_the_rules_refuse_anyway_is_not_asked_about(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str, why: str
) -> None:
    """No advice to say --yes leads to a refusal that was certain: it comes at once, and in a dry run too."""
    said = Refusal(rule="§四", en="before the last", zh="早于前一决定", stage="x")
    answers["check"] = Refused(said)
    given = ("recommend", "p-1", "--outcome", "recommended", "--opinion", "同意")
    who = ("--actor", "u", "--organisation", "某单位", "--district", "haidian")
    for more in ((), ("--dry-run",)):
        result = pingtai(*given, *who, "--date", "2001-01-01", *more, lang=lang)
        assert (3, True, False) == (
            result.exit_code,
            why in result.stderr,
            "--yes" in result.stderr,
        )
    answers["check"] = Unreachable("away", "无法访问")
    assert 2 == pingtai(*given, *who, "--date", "2001-01-01").exit_code
    assert [] == sent
