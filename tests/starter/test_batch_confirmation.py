"""A batch asks once at a terminal, with what is unusual in it; scripts are not asked."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.clock import today
from starter.errors import Unreachable, no_such_platform
from tests.register.cases import opened
from tests.rules.builders import application
from tests.starter.shown_cases import card_of
from tests.starter.test_decision_doubts import inspection
from workflows.periods import beijing_date
from workflows.refusal import Refusal, Refused
from workflows.run_io import DecisionPreview

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
DISTRICT = {"id": "hd-1", "role": "district", "organisation": "海淀区科委", "district": "haidian"}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    """Somebody sits there, no register answers, and the rules have nothing against any decision."""
    answers["check"] = DecisionPreview(stage="inspection")

    def away() -> Any:
        raise Unreachable("no register", "没有名册")

    monkeypatch.setattr("starter.commands.batch.confirmation.open_reads", away)
    for module in ("batch.batch_run", "importing.import_run"):
        monkeypatch.setattr(f"starter.commands.{module}.at_terminal", lambda: True)


def line(number: int, **changes: Any) -> str:
    """A recommendation as a line."""
    said = {
        "platform": f"bj-{number}",
        "kind": "recommendation",
        "decided_on": str(today()),
        "actor": DISTRICT,
        "outcome": "recommended",
        "opinion": "同意",
        **changes,
    }
    return json.dumps(said, ensure_ascii=False)


def write(*lines: str) -> None:
    """The file that is run."""
    Path("x.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("lang", "question", "what"),
    [
        (
            "en",
            "Send 3, 1 of them unusual, hold back 1?",
            "1\tbj-1\trecommendation: recommended {today}\thd-1 district 海淀区科委 Haidian District",
        ),
        (
            "zh",
            "提交 3 项，其中 1 项待核实，暂不提交 1 项？",
            "4\tbj-4\t所在区推荐：推荐 {today}\thd-1 所在区 海淀区科委 海淀区",
        ),
    ],
)
def test_a_batch_asks_once(pingtai: Run, sent: Sent, lang: str, question: str, what: str) -> None:
    """What is sent and by whom, how many not, and which have an unusual date; a no sends nothing."""
    write(line(1), line(2, decided_on="2020-01-02"), line(3, outcome="perhaps"), line(4))
    result = pingtai("decide", "--file", "x.jsonl", lang=lang, stdin="n\n")
    assert 130 == result.exit_code
    assert 1 == result.stdout.count(question)
    assert what.format(today=today()) in result.stdout
    assert "2  bj-2" in result.stdout
    assert {"en": "outcome: should be", "zh": "结论（outcome）："}[lang] in result.stdout
    assert [] == sent
    assert not list(Path().glob("*refused*"))
    result = pingtai("decide", "--file", "x.jsonl", lang=lang, stdin="y\n")
    assert 2 == result.exit_code  # one line is bad
    assert ["bj-1", "bj-2", "bj-4"] == sorted(platform for platform, _ in sent)
    assert Path("x.refused.jsonl").exists()


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("flags", [("--yes",), ("--json",), ("--dry-run",)])
def test_who_said_so_is_not_asked(pingtai: Run, sent: Sent, flags: tuple[str, ...]) -> None:
    """Nor is a program, nor who only tries."""
    write(line(1))
    result = pingtai("decide", "--file", "x.jsonl", *flags, stdin="")
    assert 0 == result.exit_code, result.output
    assert "Send 1" not in result.stdout
    assert ("--dry-run" in flags) is (sent == [])


def test_a_pipe_is_not_asked(pingtai: Run, sent: Sent) -> None:
    """Whoever runs it by a script gets no question to hang on; an odd day is held back, unless it is meant."""
    write(line(1), line(2, decided_on="2001-01-01"))
    for lang, what in (("en", "days ago. If that is meant, add --yes"), ("zh", "请加 --yes")):
        result = pingtai("decide", "--file", "x.jsonl", lang=lang)
        assert 2 == result.exit_code
        assert what in result.output
        assert ["bj-1"] == [platform for platform, _ in sent]
        sent.clear()
    assert 0 == pingtai("decide", "--file", "x.jsonl", "--yes").exit_code
    assert 2 == len(sent)


def test_a_pipe_hears_what_is_refused_whether_it_is_meant_or_not(
    pingtai: Run, sent: Sent, answers: dict[str, Any]
) -> None:
    """Of a platform's first line: --yes would change nothing. Of the next nobody can say it yet."""
    answers["check"] = REFUSED
    old = {"decided_on": "2001-01-01"}
    write(line(1, **old), line(2, **old), line(2, **old, opinion="同"))
    for more in ((), ("--dry-run",)):
        tried = pingtai("decide", "--file", "x.jsonl", *more, "--json")
        found = [json.loads(one) for one in tried.stdout.splitlines()]
        assert ["refused", "refused", "bad"] == [
            one["result"] for one in sorted(found, key=lambda one: one["line"])
        ]
    assert [] == sent


@pytest.mark.usefixtures("terminal")
def test_a_batch_with_nothing_to_send_asks_nothing(pingtai: Run, sent: Sent) -> None:
    """It says what is wrong, and ends."""
    write(line(1, outcome="perhaps"))
    result = pingtai("decide", "--file", "x.jsonl", stdin="")
    assert 2 == result.exit_code
    assert "Send" not in result.stdout


@pytest.mark.usefixtures("terminal")
def test_a_date_before_the_application_is_part_of_the_question(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register knows it; where it does not answer the date is compared with today alone."""
    card = card_of(opened())
    applied = beijing_date(card.terms[0].applied_at or card.terms[0].since)
    before = str(applied.fromordinal(applied.toordinal() - 1))
    asked: list[str] = []

    class Register:
        async def platform(self, platform: str) -> Any:
            asked.append(platform)
            return card if platform == "bj-1" else None

    @asynccontextmanager
    async def reads() -> AsyncIterator[Any]:
        yield Register()

    def away() -> Any:
        raise Unreachable("no register", "没有名册")

    write(line(1, decided_on=before), line(2, decided_on=before), line(3))
    monkeypatch.setattr("starter.commands.batch.confirmation.open_reads", reads)
    result = pingtai("decide", "--file", "x.jsonl", stdin="n\n")
    assert f"{before} is before the application of {applied}." in result.stdout
    assert ["bj-1", "bj-2", "bj-3"] == asked
    assert f"1\tbj-1 {card.platform.name}\t" in result.stdout
    monkeypatch.setattr("starter.commands.batch.confirmation.open_reads", away)
    result = pingtai("decide", "--file", "x.jsonl", stdin="n\n")
    assert "before the application" not in result.stdout
    assert 2 == result.stdout.count("days ago.")
    assert [] == sent


@pytest.mark.usefixtures("terminal")
def test_many_unusual_lines_are_counted(pingtai: Run, sent: Sent) -> None:
    """A screen is enough to see what is wrong with a column."""
    write(*(line(number, decided_on="2020-01-02") for number in range(1, 31)))
    result = pingtai("decide", "--file", "x.jsonl", stdin="n\n")
    assert "… and 20 more" in result.stdout
    assert "Send 30, 30 of them unusual?" in result.stdout
    assert "… and 21 more" not in result.stdout


@pytest.mark.usefixtures("terminal")
def test_more_lines_than_anybody_reads_are_counted(pingtai: Run, sent: Sent) -> None:
    """A hundred are shown, with what all of them are."""
    write(*(line(number) for number in range(1, 102)), line(102, outcome="returned"))
    result = pingtai("decide", "--file", "x.jsonl", stdin="n\n")
    assert "… and 2 more" in result.stdout
    assert "In all: 101 recommendation: recommended, 1 recommendation: returned" in result.stdout
    assert "Send 102?" in result.stdout


REFUSED = Refused(Refusal(rule="§四(一)", en="not its turn", zh="未到该环节", stage="valid"))


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("why", [REFUSED, no_such_platform("bj-2")])
def test_what_would_be_refused_is_held_back_before_the_question(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    """It is told with its reason, not offered and refused after the yes."""

    async def check(_: Any, platform: str, __: Any) -> Any:
        if platform == "bj-2":
            raise why
        return DecisionPreview(stage="inspection")

    monkeypatch.setattr("tests.starter.conftest.PretendClient.check", check)
    write(line(1), line(2))
    result = pingtai("decide", "--file", "x.jsonl", stdin="y\n")
    assert "Send 1, hold back 1?" in result.stdout
    assert result.stdout.index("2  bj-2") < result.stdout.index("To be sent")
    assert ["bj-1"] == [platform for platform, _ in sent]
    assert "bj-2" in Path("x.refused.jsonl").read_text(encoding="utf-8")
    write(line(2))
    result = pingtai("decide", "--file", "x.jsonl", stdin="")
    assert "Send" not in result.stdout
    assert 1 == len(sent)


@pytest.mark.usefixtures("terminal")
def test_a_list_and_an_import_ask_too(pingtai: Run, sent: Sent) -> None:
    """Every command that sends many."""
    Path("names.txt").write_text("bj-1 B-1\nbj-2 B-2\n", encoding="utf-8")
    flags = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    result = pingtai("list", "publish", "--number", "1", "--file", "names.txt", *flags, stdin="n\n")
    assert "Send 2?" in result.stdout
    assert (
        f"2\tbj-2\tlisting: included {today()} list 1, B-2\tkw-1 commission 市科委" in result.stdout
    )
    Path("a.json").write_text(json.dumps([application()]), encoding="utf-8")
    result = pingtai("import", "a.json", stdin="n\n")
    assert "Submit 1 application?" in result.stdout
    assert "Nothing was sent." in result.stderr
    assert [] == sent


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("lang", "why"), [("en", "is in the future"), ("zh", "晚于今天")])
def test_a_dry_run_waits_for_no_line_that_is_refused(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch, lang: str, why: str
) -> None:
    """The next line is asked about in its place; a day to come is refused whatever stands before it."""
    ahead = str(today() + timedelta(days=30))

    async def check(_: Any, platform: str, raw: dict[str, Any]) -> Any:
        if raw["opinion"] == "不当":
            raise REFUSED
        return DecisionPreview(stage="inspection")

    monkeypatch.setattr("tests.starter.conftest.PretendClient.check", check)
    lines = (line(1, opinion="不当"), line(1), line(1, decided_on=ahead), line(1, opinion="同"))
    write(*lines)
    tried = pingtai("decide", "--file", "x.jsonl", "--dry-run", "--json", lang=lang)
    found = [json.loads(one) for one in tried.stdout.splitlines()]
    assert ["refused", "would_be_taken", "refused", "comes_later"] == [
        one["result"] for one in sorted(found, key=lambda one: one["line"])
    ]
    assert why in pingtai("decide", "--file", "x.jsonl", "--dry-run", lang=lang).output


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "The outcome is “passed”, but unsatisfactory: site. If that is meant, add --yes"),
        ("zh", "结论为“通过”，但以下项目为“不符合”：场地。确需提交的，请加 --yes"),
    ],
)
def test_what_a_terminal_asks_about_a_script_says_yes_to(
    pingtai: Run, sent: Sent, answers: dict[str, Any], lang: str, told: str
) -> None:
    """One list of doubts: by a file of one decision, in a batch, and where either is only tried."""
    answers["check"] = DecisionPreview(stage="expert_review")
    raw = inspection("passed", site="unsatisfactory") | {"inspectors": ["张某（某院）"]}
    Path("one.json").write_text(json.dumps(raw), encoding="utf-8")
    fine = inspection("passed") | {"inspectors": ["张某（某院）"], "decision_id": "fine"}
    lines = [json.dumps({"platform": p, **one}) for p, one in (("bj-1", raw), ("bj-2", fine))]
    Path("x.jsonl").write_text("\n".join(lines), encoding="utf-8")
    one, batch = ("inspect", "bj-1", "--file", "one.json"), ("decide", "--file", "x.jsonl")
    for command in ((*one, "--dry-run"), (*batch, "--dry-run"), one, batch):
        done = pingtai(*command, lang=lang)
        assert (2, True) == (done.exit_code, told in " ".join(done.output.split())), done.output
    assert ["bj-2"] == [platform for platform, _ in sent]
    for command in (one, batch):
        assert 0 == pingtai(*command, "--yes", lang=lang).exit_code
    assert ["bj-2", "bj-1", "bj-1", "bj-2"] == [platform for platform, _ in sent]


@pytest.mark.usefixtures("terminal")
def test_what_was_taken_before_is_told_before_the_question(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither to be sent nor held back; with nothing else to send nobody is asked."""
    before = {"bj-1": None, "bj-3": "aside-1"}

    async def check(_: Any, platform: str, said: Any) -> DecisionPreview:
        taken = platform in before and said["outcome"] == "recommended"
        by = before.get(platform)
        return DecisionPreview(stage="inspection", repeated=taken, set_aside_by=by)

    monkeypatch.setattr("tests.starter.conftest.PretendClient.check", check)
    write(line(1), line(2), line(3), line(1, outcome="returned"))
    for lang, words in (
        (
            "en",
            ("already done", "Send 2, hold back 1, 1 already done?", "set aside since, by aside-1"),
        ),
        (
            "zh",
            ("此前已办理", "提交 2 项，暂不提交 1 项，另有 1 项此前已办理？", "后由 aside-1 撤销"),
        ),
    ):
        result = pingtai("decide", "--file", "x.jsonl", lang=lang, stdin="n\n")
        told, _, listed = result.stdout.partition({"en": "To be sent", "zh": "拟提交"}[lang])
        assert words[0] in told
        assert words[2] in told
        assert words[1] in listed
        assert "1\tbj-1" not in listed
    write(line(1))
    result = pingtai("decide", "--file", "x.jsonl", stdin="")
    assert (0, []) == (result.exit_code, sent)
    assert "1 line: 1 already done" in result.stderr
    monkeypatch.setattr("starter.commands.batch.batch_run.LISTED", 1)
    before |= {"bj-2": None}
    write(line(1), line(2))
    result = pingtai("decide", "--file", "x.jsonl", stdin="")
    assert (1, True) == (result.stdout.count("already done"), "and 1 more" in result.stdout)
    assert "2 lines: 2 already done" in result.stderr
