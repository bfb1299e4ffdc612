"""`pingtai import` as it is called: checked whole, started once each, waited for, and told."""

import csv
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.client.interface import Applied
from starter.commands.batch import retries
from starter.commands.importing import import_report
from starter.commands.importing.columns import COLUMNS
from starter.errors import Unreachable
from starter.tables.csv_rows import csv_of
from tests.rules.builders import COMMISSION, application
from tests.starter.conftest import PretendClient
from tests.starter.test_import_tables import rows
from workflows.application import PlatformApplication
from workflows.model import invalid
from workflows.refusal import Refusal, Refused

Run = Callable[..., Result]

AWAY = Unreachable("nobody is there", "无人应答")
OPEN = Refused(Refusal(rule="§四", en="term 1 is open", zh="第 1 期尚未结束", stage="open"))


class Started:
    """Which platforms were asked for, and what each is answered with."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, list[Any]] = {}

    def answer(self, form: PlatformApplication) -> Applied:
        self.asked.append(form.platform_id)
        waiting = self.answers.get(form.platform_id)
        told = waiting.pop(0) if waiting else None
        if isinstance(told, BaseException):
            raise told
        return Applied(
            platform_id=form.platform_id,
            application_id=form.application_id,
            term=1,
            workflow_id=f"platform:{form.platform_id}",
            repeated=told == "repeated",
        )


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The client answers from here; no register is asked, and nobody waits long."""
    made = Started()

    async def apply(self: PretendClient, form: PlatformApplication, _: object = None) -> Applied:
        return made.answer(form)

    @asynccontextmanager
    async def register(*, start: bool) -> AsyncIterator[None]:
        yield None

    monkeypatch.setattr(PretendClient, "apply", apply)
    monkeypatch.setattr("starter.client.register_access.open_register", register)
    monkeypatch.setattr(retries, "TRY_EVERY", 0.001)
    return made


def form(number: int, **changes: Any) -> dict[str, Any]:
    """An application of its own."""
    made = application(application_id=f"a-{number}", platform_id=f"p-{number}", **changes)
    return deepcopy(made)


def write(*messages: Any, name: str = "a.jsonl") -> str:
    """A file of JSON lines."""
    lines = (one if isinstance(one, str) else json.dumps(one) for one in messages)
    Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return name


def found(result: Result) -> list[dict[str, Any]]:
    """The JSON objects of an answer."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_problem_is_told_and_nothing_started(pingtai: Run, started: Started) -> None:
    """With line and field, in the order of the file; also what is missing in parts and said twice."""
    bad = form(2, district="nowhere", services=["x", "y"], name="")
    del bad["conditions"]["openness"]
    del bad["plan"]["parts"]["goals"]
    unfunded = form(3)
    unfunded["plan"]["mechanisms"]["funding"][0]["share"] = 1
    again = {**form(1), "application_id": "a-9"}
    file = write(form(1), bad, "{", "", unfunded, again, {"platform_id": "p-4"}, form(5))
    result = pingtai("import", file, "--json")
    assert 2 == result.exit_code
    assert [] == started.asked
    told = [(one["line"], one["field"]) for one in found(result)]
    assert sorted(told, key=lambda one: one[0]) == told
    assert {
        (2, "district"),
        (2, "services.0"),
        (2, "services.1"),
        (2, "name"),
        (2, "conditions.openness.statement"),
        (2, "conditions.openness.documents"),
        (2, "plan.parts.goals"),
        (3, ""),
        (5, "plan.mechanisms"),
        (6, "platform_id"),
    } == {one for one in told if one[0] != 7}
    assert (7, "conditions.strategic_fit.documents") in told
    assert "already in line 1" in result.stdout
    twin = write(form(1), {**form(2), "platform_id": form(1)["platform_id"].upper()})
    assert "differs only in writing from" in pingtai("import", twin).stdout
    assert "7 lines" not in result.stderr
    assert "Nothing was started" in result.stderr


def test_parts_are_told_once_and_as_json_names_them(pingtai: Run, started: Started) -> None:
    """What is missing in an assessment is told with its place in the list, and not once more for the column."""
    past = {"kind": "bringing_in", "assessments": [{"year": 1, "concluded_on": "2025-11-28"}]}
    told = [
        one["field"] for one in found(pingtai("import", write(form(1, brought_in=past)), "--json"))
    ]
    assert len(set(told)) == len(told)
    assert {
        "brought_in.assessments.0.result",
        "brought_in.assessments.0.documents",
        "brought_in.decision_id",
        "brought_in.listed_on",
    } < set(told)
    assert not any(name.startswith("brought_in.assessments.1") for name in told)


def test_problems_are_told_in_both_languages(pingtai: Run, started: Started) -> None:
    """Line, field and reason; the Chinese with the column's Chinese name."""
    file = write(form(1, district="nowhere"))
    assert "line 1, district: " in pingtai("import", file).stdout
    assert "第 1 行，所在区（district）：只能是" in pingtai("import", file, lang="zh").stdout


def test_hundreds_are_told_and_the_rest_counted(
    pingtai: Run, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads more."""
    monkeypatch.setattr(import_report, "MOST_TOLD", 3)
    result = pingtai("import", write(*["{"] * 5))
    assert 3 == len(result.stdout.splitlines())
    assert "2 more problems" in result.stderr
    assert "5 problems in 5 lines" in result.stderr


def test_the_heading_is_judged_once(pingtai: Run, started: Started) -> None:
    """A column that is unknown, twice there or missing is one problem, however many rows there are."""
    names = ["application_id", "platform_id", "distrikt", "name", "name"]
    Path("a.csv").write_text(f"{','.join(names)}\na-1,p-1,x,n,n\na-2,p-2,x,n,n\n", encoding="utf-8")
    told = found(pingtai("import", "a.csv", "--json"))
    assert 1 == sum(one["field"] == "distrikt" for one in told)
    assert "district" in next(o for o in told if o["field"] == "distrikt")["problem"]["en"]
    assert 1 == sum(one["field"] == "name" for one in told)
    assert [1] == [one["line"] for one in told if one["field"] == "operator.name"]
    assert {1} == {one["line"] for one in told}


@pytest.mark.parametrize("name", ["platform_id", "district"])
def test_a_column_that_is_missing_is_one_problem(name: str, pingtai: Run, started: Started) -> None:
    """Also that by which platforms are known, in a table that is good otherwise."""
    pingtai("import", "--template", "t.csv")
    text = (
        Path("t.csv")
        .read_text(encoding="utf-8-sig")
        .replace("EXAMPLE-", "a-")
        .replace("bj-ex", "p")
    )
    rows = list(csv.reader(text.splitlines()))
    place = rows[0].index(COLUMNS[name].label.en)
    with Path("b.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row[:place], *row[place + 1 :]] for row in rows)
    told = found(pingtai("import", "b.csv", "--json"))
    assert [(1, name)] == [(one["line"], one["field"]) for one in told]
    assert [] == started.asked


def test_the_rules_judge_what_is_brought_in(pingtai: Run, started: Started) -> None:
    """Before anything is started: a past that the message allows and the clock does not."""
    pingtai("import", "--template", "t.csv")
    rows = list(csv.reader(Path("t.csv").read_text(encoding="utf-8-sig").splitlines()))
    place = rows[0].index("existing platform: as of")
    kept = [rows[0], rows[4]]
    kept[1] = [
        cell.replace("EXAMPLE-2", "a-1").replace("bj-example-listed", "p-1") for cell in kept[1]
    ]
    for day, code in (("2026-11-01", 0), ("2190-01-01", 2)):
        kept[1][place] = day
        with Path("b.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(kept)
        result = pingtai("import", "b.csv", "--check", "--json")
        assert code == result.exit_code
    assert {"brought_in"} == {one["field"].partition(".")[0] for one in found(result)}


def test_a_policy_of_its_own_is_the_commissions(pingtai: Run, started: Started) -> None:
    """Of two lines with a policy the operator's is a problem of its line, and the commission's is none."""
    policy = {"validity_years": 4}
    file = write(form(1, policy=policy), form(2, policy=policy, submitted_by=COMMISSION))
    result = pingtai("import", file, "--json")
    assert [(1, "policy")] == [(one["line"], one["field"]) for one in found(result)]
    assert (2, []) == (result.exit_code, started.asked)


def test_the_templates_examples_are_not_taken(pingtai: Run, started: Started) -> None:
    """Whoever forgets to write over them is told."""
    assert 0 == pingtai("import", "--template", "t.xlsx").exit_code
    result = pingtai("import", "t.xlsx", "--json")
    assert 2 == result.exit_code
    assert {"application_id", "platform_id"} == {one["field"] for one in found(result)}
    assert 2 == pingtai("import", "--template", "t.pdf").exit_code
    assert 2 == pingtai("import", "--template", "t.xlsx").exit_code


def test_check_starts_nothing(pingtai: Run, started: Started) -> None:
    """It says that nothing is wrong."""
    assert "1 application: nothing wrong" in pingtai("import", write(form(1)), "--check").stdout
    assert [] == started.asked


def test_started_repeated_and_refused(pingtai: Run, started: Started) -> None:
    """The refused one is told, and set apart with its reason; the others are started."""
    started.answers = {"p-1": ["repeated"], "p-2": [OPEN]}
    result = pingtai("import", write(form(1), form(2), form(3)), "--json")
    assert 3 == result.exit_code
    told = {one["line"]: one["result"] for one in found(result)}
    assert {1: "already_started", 2: "refused", 3: "started"} == told
    assert "1 started, 1 already started, 1 REFUSED" in result.stderr
    kept = json.loads(Path("a.refused.jsonl").read_text(encoding="utf-8"))
    assert ("p-2", "term 1 is open (§四).") == (kept["platform_id"], kept["problem"])
    assert 0 == pingtai("import", "a.refused.jsonl").exit_code


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_rows_that_were_refused_can_be_run_again(
    name: str, pingtai: Run, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are set apart in the form in which they came, with the reason in a column that is passed over."""
    monkeypatch.setattr("starter.commands.importing.import_checks.EXAMPLE_IDS", frozenset())
    pingtai("import", "--template", name)
    started.answers = {"bj-example-listed": [OPEN]}
    assert 3 == pingtai("import", name).exit_code
    apart = Path(name).with_stem("t.refused")
    assert apart.exists()
    assert 0 == pingtai("import", str(apart)).exit_code
    assert ["bj-example", "bj-example-listed", "bj-example-listed"] == started.asked


def test_waits_while_nobody_answers_and_goes_on(pingtai: Run, started: Started) -> None:
    """It says so once, and when it goes on; in the end everything is started."""
    started.answers = {"p-2": [AWAY] * 3}
    result = pingtai("import", write(*(form(n) for n in range(1, 6))), "--at-once", "1")
    assert 0 == result.exit_code
    assert 1 == result.stderr.count("Waiting for an answer")
    assert "going on" in result.stderr
    assert ["p-1", *["p-2"] * 4, "p-3", "p-4", "p-5"] == started.asked


def test_gives_up_when_its_patience_ends(pingtai: Run, started: Started) -> None:
    """Nothing more is sent, the rest is set apart, and the same file can be run again."""
    started.answers = {"p-2": [AWAY]}
    file = write(*(form(n) for n in range(1, 5)))
    result = pingtai("import", file, "--at-once", "1", "--patience", "0")
    assert 4 == result.exit_code
    assert ["p-1", "p-2"] == started.asked
    assert "Nothing in them needs correcting: run the same command with that file" in result.stderr
    assert "Stopped: no answer." in result.stderr
    assert 3 == len(Path("a.refused.jsonl").read_text(encoding="utf-8").splitlines())
    assert 0 == pingtai("import", file).exit_code


def test_who_started_nothing_hears_it_at_once(
    pingtai: Run, started: Started, answers: dict[str, Any]
) -> None:
    """Patience is for what goes away in the middle."""
    answers["connect"] = AWAY
    assert 4 == pingtai("import", write(form(1))).exit_code
    assert not Path("a.refused.jsonl").exists()


def test_without_a_register_terms_are_not_guessed(pingtai: Run) -> None:
    """It would take a second term for a first: it says how to tell it that there is none."""
    result = pingtai("import", write(form(1)))
    assert 4 == result.exit_code
    assert "--first-terms" in result.stderr
    assert 0 == pingtai("import", "a.jsonl", "--first-terms").exit_code


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-",),
        ("a.txt",),
        ("nowhere.csv",),
        ("empty.jsonl",),
        ("empty.csv",),
        ("a.jsonl", "--template", "t.csv"),
    ],
)
def test_what_cannot_be_read_is_bad_input(
    pingtai: Run, started: Started, arguments: tuple[str, ...]
) -> None:
    """No file, no form, nothing in it."""
    for name in ("empty.jsonl", "empty.csv", "a.txt"):
        Path(name).touch()
    assert 2 == pingtai("import", *arguments).exit_code


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_one_object_on_several_lines_is_one(pingtai: Run, started: Started, name: str) -> None:
    """As the examples are written; what is wrong with it is told once, and where."""
    file = write(json.dumps(form(1), indent=2), name=name)
    assert (0, ["p-1"]) == (pingtai("import", file).exit_code, started.asked)
    Path(file).write_text('{\n  "a": 1,\n  b\n}\n', encoding="utf-8")
    told = pingtai("import", file, lang="zh")
    assert (2, 1) == (told.exit_code, told.output.count("文件不是 JSON：第 3 行")), told.output
    assert "第 2 行" not in told.output


def test_standard_input_is_read_in_the_form_that_is_said(pingtai: Run, started: Started) -> None:
    """What was not done of it is kept only where it is told."""
    line = json.dumps(form(1))
    assert 0 == pingtai("import", "-", "--format", "jsonl", stdin=line).exit_code
    assert ["p-1"] == started.asked


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_what_the_rules_find_in_a_line_is_told_in_words(
    pingtai: Run, started: Started, name: str
) -> None:
    """No class and no short article: as `pingtai apply` tells it of one application."""
    why = "brought_in：本平台的决定须签名，该决定未签名（§四）"
    error = invalid("PlatformApplication", "", "brought_in: decisions are signed (§四)", why)
    started.answers["p-1"] = [error]
    file = write(form(1))
    if name == "a.csv":
        Path(name).write_text(csv_of(rows([form(1)])), encoding="utf-8")
        file = name
    told = pingtai("import", file, lang="zh")
    assert 2 == told.exit_code, told.output
    assert "申请：既有平台转入：本平台的决定须签名，该决定未签名（《指引》第四部分）" in told.output
