"""A form lets one go back, check and change single answers, and go on later from its draft."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from starter.clock import today
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.desk.drafts import all_drafts
from starter.errors import Unreachable
from tests.rules.cases import at_stage, moment
from tests.starter.test_guided import COMMISSION, DISTRICT, login, show_case
from workflows.model import invalid
from workflows.periods import beijing_date
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import AssessmentStage, Kind, Stage
from workflows.words import Words

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

EXPERTS = [
    answer
    for number in range(1, 6)
    for answer in (f"专家{number}", str(number % 4 + 1), f"第{number}研究所", "1")
]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)


def typed(*lines: str) -> str:
    """Lines as somebody types them."""
    return "\n".join([*lines, ""])


def day_of(stage: Stage) -> str:
    """The day of a case in a stage."""
    return str(beijing_date(moment(at_stage(stage))))


def test_going_back_asks_the_question_before_and_offers_its_answer(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """From any question, over several; Enter keeps what was answered, and the first one has none before.

    Another district is refused when it is typed.
    """
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    day = day_of(Stage.RECOMMENDATION)
    kept = ("<", "back", "返回", "西城区", "", "")
    lines = ("<", *DISTRICT, "1", "同意", *kept, "同意推荐", day, "", "<", "", "y")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "This is the first question." in result.stdout
    assert 1 == result.stdout.count("Enter keeps the answer in brackets")
    assert 2 == result.stdout.count("Documents (")
    assert "< goes back one question" in result.stdout
    assert "Opinion [同意]" in result.stdout
    [(_, decision)] = sent
    assert "only the platform's own district, haidian" in result.stdout
    assert ("haidian", "recommended", "同意推荐") == (
        decision["actor"]["district"],
        decision["outcome"],
        decision["opinion"],
    )


def test_going_back_reaches_into_a_panel(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """A wrong vote, seen one question later; the experts before it are not asked for again."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    lines = (*COMMISSION, "1", *EXPERTS[:7], "3", "<", "1", *EXPERTS[8:], "", "", "可行")
    stdin = typed(*lines, day_of(Stage.EXPERT_REVIEW), "", "y")
    result = pingtai("opine", "bj-test", stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert ["supported"] * 5 == [one["vote"] for one in sent[0][1]["panel"]]
    assert [f"专家{n}" for n in range(1, 6)] == [one["name"] for one in sent[0][1]["panel"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_single_answers_are_changed_before_sending(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str
) -> None:
    """By their numbers: one of seven findings, a line taken out of a list, what a flag said, who decides."""
    show_case(answers, at_stage(Stage.INSPECTION))
    lines = (*COMMISSION, "1", *("1", "") * 7, "补充甲", "补充乙", "", day_of(Stage.INSPECTION), "")
    change = ("4", "2", "人少", "10", "-", "2", "kw-2", "", "y")
    result = pingtai("inspect", "bj-test", "--note", "n", lang=lang, stdin=typed(*lines, *change))
    assert 0 == result.exit_code, result.output
    decision = sent[0][1]
    assert {"finding": "to_improve", "remark": "人少"} == decision["findings"]["site"]
    assert "satisfactory" == decision["findings"]["foundation"]["finding"]
    assert ["补充乙"] == decision["corrections"]
    assert ("kw-2", COMMISSION[1]) == (decision["actor"]["id"], decision["actor"]["organisation"])
    title = {"en": "Check your answers", "zh": "请核对所填内容"}[lang]
    assert 4 == result.stdout.count(title)


def test_another_outcome_asks_for_what_goes_with_it(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """And what went with the first one is not sent."""
    show_case(answers, at_stage(Stage.LISTING))
    day = day_of(Stage.LISTING)
    lines = (*COMMISSION, "1", "2026-1", "B-1", day, "", "1", "2", "y")
    result = pingtai("list", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "not_included" == sent[0][1]["outcome"]
    assert not {"list_number", "certificate_number"} & sent[0][1].keys()
    assert 1 == result.stdout.count("List number:")


def test_what_flags_said_can_be_changed_too(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Who sees it in the check need not begin again."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    flags = ("--outcome", "declined", "--date", day_of(Stage.RECOMMENDATION))
    change = ("1", "1", "2", "hd-2", "", "", "4", "")
    result = pingtai("recommend", "bj-test", *flags, stdin=typed("同意", "", *change, "y"))
    assert 0 == result.exit_code, result.output
    assert "Number or word [declined]" in result.stdout
    actor = {"id": "hd-2", "organisation": "海淀区科委", "district": "haidian", "role": "district"}
    decision = sent[0][1]
    expected = ("recommended", actor, day_of(Stage.RECOMMENDATION))
    assert expected == (decision["outcome"], decision["actor"], decision["decided_on"])


def test_going_back_from_a_changed_answer_leaves_it_as_it_was(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Whoever chose the wrong number types < and is back at the check."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "", "3", "<", "y")
    assert 0 == pingtai("recommend", "bj-test", stdin=typed(*lines)).exit_code
    assert "同意" == sent[0][1]["opinion"]


@pytest.mark.parametrize(
    "error",
    [
        Refused(Refusal(rule="§四", en="not so", zh="不可", stage="recommendation")),
        invalid("recommendation", "", "not so", "不可"),
    ],
)
def test_what_would_be_refused_is_changed_and_sent(
    pingtai: Run,
    answers: dict[str, Any],
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """The refusal stands below the answers, a yes sends nothing; stopped, it ends with the refusal."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    allowed, answers["check"] = answers["check"], error
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines, "y", "n"))
    assert {"Refused": 3}.get(type(error).__name__, 2) == result.exit_code
    assert "It would be refused" in result.stdout
    assert "kept as a draft" in result.stderr
    assert [] == sent
    answers["check"] = allowed
    result = pingtai("recommend", "bj-test", stdin=typed("y", "3", "不同意", "y"))
    assert 0 == result.exit_code, result.output
    assert "不同意" == sent[0][1]["opinion"]


def drafts() -> list[Path]:
    """The files of drafts."""
    return list((Path(os.environ["PINGTAI_HOME"]) / "drafts").glob("*"))


@pytest.mark.parametrize("end", ["", "n\n"])
def test_an_unfinished_form_is_taken_up_again(
    pingtai: Run, answers: dict[str, Any], sent: Sent, end: str
) -> None:
    """Whatever ended it: the file is its owner's alone, in the data folder, and goes when it is sent."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    done = ("1", "同意", day_of(Stage.RECOMMENDATION), "") if end else ("1", "同意")
    result = pingtai("recommend", "bj-test", "--note", "n", stdin=typed(*done) + end)
    assert 130 == result.exit_code
    assert "Nothing was sent." in result.stderr
    assert "run the same command again" in result.stderr
    [path] = drafts()
    assert 0o600 == path.stat().st_mode & 0o777
    assert 0o700 == path.parent.stat().st_mode & 0o777
    rest = () if end else (day_of(Stage.RECOMMENDATION), "")
    result = pingtai("recommend", "bj-test", lang="zh", stdin=typed("", *rest, "y"))
    assert 0 == result.exit_code, result.output
    assert "草稿（已填" in result.stdout
    [(_, decision)] = sent
    assert ("同意", "recommended", "n") == tuple(
        decision[k] for k in ("opinion", "outcome", "note")
    )
    assert [] == drafts()
    assert not Path("y").exists()


def test_every_answer_is_kept_at_once(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed leaves them: nothing waits for the end to be written."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    seen = []

    def ask(question: str, default: str = "") -> str:
        seen.append(sum(draft.count for draft in all_drafts()))
        if len(seen) == 4:
            raise KeyboardInterrupt
        return ["1", "同意", default][len(seen) - 1]

    monkeypatch.setattr(prompts, "ask", ask)
    assert 130 == pingtai("recommend", "bj-test").exit_code
    assert [0, 1, 2, 3] == seen


def test_a_new_form_may_be_begun_in_place_of_a_draft(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """The old answers stay until the first new one."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    pingtai("recommend", "bj-test", stdin=typed("1", "同意"))
    assert 130 == pingtai("recommend", "bj-test", stdin=typed("n")).exit_code
    assert [2] == [draft.count for draft in all_drafts()]
    assert 130 == pingtai("recommend", "bj-test", stdin=typed("n", "2")).exit_code
    assert [1] == [draft.count for draft in all_drafts()]
    assert [] == sent


def test_a_draft_of_another_year_or_platform_is_not_offered(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """It was about another case."""
    case = at_stage(Stage.RECOMMENDATION)
    show_case(answers, case)
    login(pingtai)
    pingtai("recommend", "bj-test", stdin=typed("1", "同意"))
    facts = case.state.facts
    for change in ({"term": 2}, {"platform_id": "bj-other"}):
        case.state = case.state.model_copy(update={"facts": facts.model_copy(update=change)})
        show_case(answers, case)
        assert "There is a draft" not in pingtai("recommend", "bj-test", stdin="").stdout


def test_a_lost_connection_loses_nothing_and_decides_once(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """What was being sent keeps its decision id and its day, so that it may be sent once more."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    answer, answers["decide"] = answers["decide"], Unreachable("no answer", "没有应答")
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "", "y")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines))
    assert 4 == result.exit_code
    assert "may have been accepted" in result.stderr
    assert "kept as a draft" in result.stderr
    answers["decide"] = answer
    show_case(answers, at_stage(Stage.INSPECTION))  # it had been accepted
    result = pingtai("recommend", "bj-test", stdin=typed("y", "y"))
    assert 0 == result.exit_code, result.output
    assert "not due now" not in result.stdout
    assert 2 == len(sent)
    assert sent[0] == sent[1]
    assert [] == drafts()


def test_an_evaluation_that_ended_its_year_is_sent_once_more(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """The assessment is over when the answer to it was lost; its draft is still known."""
    case = at_stage(AssessmentStage.EVALUATION)
    show_case(answers, case)
    day = str(beijing_date(moment(case)))
    answer, answers["decide"] = answers["decide"], Unreachable("no answer", "没有应答")
    lines = (*COMMISSION, "1", *("1", "", "") * 4, day, "", "y")
    assert 4 == pingtai("evaluate", "bj-test", stdin=typed(*lines)).exit_code
    answers["decide"] = answer
    show_case(answers, at_stage(Stage.VALID))
    result = pingtai("evaluate", "bj-test", stdin=typed("y", "y"))
    assert 0 == result.exit_code, result.output
    assert "may have been accepted" in result.stdout
    assert sent[0] == sent[1]


def test_what_was_refused_when_it_was_sent_was_not_accepted(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """Its draft does not say that it may have been."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    refusal = Refusal(rule="§四", en="not so", zh="不可", stage="recommendation")
    answers["decide"] = Refused(refusal)
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "", "y")
    assert 3 == pingtai("recommend", "bj-test", stdin=typed(*lines)).exit_code
    assert [False] == [draft.sent for draft in all_drafts()]
    result = pingtai("recommend", "bj-test", stdin=typed("y"))
    assert "may have been accepted" not in result.stdout


def test_a_draft_that_cannot_be_read_or_written_stops_nobody(
    pingtai: Run, answers: dict[str, Any], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken file is written over; where nothing can be written it is said once."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    pingtai("recommend", "bj-test", stdin=typed("1", "同意"))
    [path] = drafts()
    path.write_text("{", encoding="utf-8")
    lines = typed("1", "同意", day_of(Stage.RECOMMENDATION), "", "y")
    assert 0 == pingtai("recommend", "bj-test", stdin=lines).exit_code

    def fail(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    result = pingtai("recommend", "bj-test", stdin=lines)
    assert 0 == result.exit_code, result.output
    assert 1 == result.stderr.count("cannot be written: Permission denied")


def test_a_dry_run_of_a_form_keeps_its_draft(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """So that it can be sent afterwards."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "")
    assert 0 == pingtai("recommend", "bj-test", "--dry-run", stdin=typed(*lines)).exit_code
    assert 0 == pingtai("recommend", "bj-test", "--yes", stdin=typed("")).exit_code
    assert 1 == len(sent)
    assert [] == drafts()


def test_a_draft_says_what_was_answered_in_words_not_in_numbers(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """The number of a choice may be another one tomorrow; the word is not."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    pingtai("recommend", "bj-test", stdin=typed("1", "同意"))
    draft = json.loads(drafts()[0].read_text(encoding="utf-8"))
    assert "recommended" == draft["answers"]["outcome"][0][1]
    assert str(Kind.RECOMMENDATION) == draft["kind"]


def test_an_answer_that_no_longer_fits_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that has gone meanwhile, or a question that is another one now."""
    lines = iter(["new", "newer"])
    monkeypatch.setattr(prompts, "ask", lambda *_: next(lines))

    def read(given: str) -> str:
        if given == "gone":
            raise ValueError("no such file")
        return given

    talk = Dialogue({"file": [("File", "gone")], "day": [("Date", "1")], "id": [("Id", "3")]})

    def form() -> list[str]:
        found = []
        for part, question in (("file", "File"), ("day", "Day"), ("id", "Id")):
            with talk.part(part):
                found.append(talk.ask(Words.same(question), read))
        return found

    assert ["new", "newer", "3"] == talk.run(form)


def test_what_an_input_method_makes_of_short_answers_is_understood(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Full-width digits, letters and brackets; capital letters."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    lines = ("Recommended", "同意", "＜", "", day_of(Stage.RECOMMENDATION), "", "１", "２", "Ｙ")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "returned" == sent[0][1]["outcome"]


def test_a_terminal_that_is_gone_ends_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading from it fails with an error of the system: as if whoever was asked went away."""

    def gone(*_: Any, **__: Any) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(click, "prompt", gone)
    with pytest.raises(click.Abort):
        prompts.ask("?")


def test_what_would_be_refused_anyway_is_said_before_the_questions(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """By whom, not only when: another district, a platform that ended, and what nobody waits for."""
    case = at_stage(Stage.RECOMMENDATION)
    show_case(answers, case)
    who = ("--actor", "x-1", "--organisation", "西城区科委", "--district", "xicheng")
    result = pingtai("recommend", "bj-test", *who, stdin=typed("n"))
    assert 130 == result.exit_code
    assert "only the platform's own district, haidian" in result.stdout
    assert "Outcome" not in result.stdout
    show_case(answers, at_stage(Stage.DECLINED))
    result = pingtai("withdraw", "bj-test", lang="zh", stdin=typed("n"))
    assert "当前环节不办理“撤回”" in result.stdout
    assert "是否继续？" in result.stdout
    person = ("--actor", "hd-1", "--organisation", "市科委")
    show_case(answers, at_stage(Stage.INSPECTION))
    result = pingtai("inspect", "bj-test", *person, stdin=typed("y", "1"))
    assert "hd-1 has acted in this case as district" in result.stdout
    assert "Number or word: 1" in result.stdout
    assert [] == sent


def test_who_may_not_decide_is_told_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """A person of another role, the body that is judged, another operator; then who may goes on."""
    case = at_stage(Stage.INSPECTION)
    show_case(answers, case)
    operator = case.state.facts.operator.name
    lines = ("hd-1", "kw-1", f"{operator}技术部", COMMISSION[1], "2")
    result = pingtai("inspect", "bj-test", stdin=typed(*lines))
    assert "! hd-1 has acted in this case as district" in result.stdout
    assert "nobody decides on their own body" in result.stdout
    assert "Number or word: 2" in result.stdout
    result = pingtai("withdraw", "bj-test", stdin=typed("op-1", "别的公司", operator, "调整"))
    assert f"only the operator, {operator}, may say this, not 别的公司" in result.stdout
    answers["log"] = Unreachable("no register", "没有名册")
    result = pingtai("inspect", "bj-test", stdin=typed("hd-1"))
    assert "has acted" not in result.stdout
    assert [] == sent


def test_an_expert_of_the_bodies_is_told_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """A department of the lead unit, too, and who is on the panel already; by the words of the rule."""
    case = at_stage(Stage.EXPERT_REVIEW)
    show_case(answers, case)
    lead = case.state.facts.lead_unit.name
    first = ("专家1", "1", f"{lead}研究部", "某研究所", "1")
    second = ("专家 1", "2", "某研究所", "某协会", "1")
    result = pingtai("opine", "bj-test", stdin=typed(*COMMISSION, "1", *first, *second))
    assert f"! 专家1 belongs to the lead unit, {lead}: experts come from outside" in result.stdout
    assert "! 专家 1 is on the panel already" in result.stdout
    assert "2 of at least 5 experts" in result.stdout


@pytest.mark.parametrize(
    ("day", "told"),
    [("2199-01-01", "is in the future"), ("2000-01-01", "is before the decision it follows")],
)
def test_a_day_that_the_rules_refuse_is_told_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], day: str, told: str
) -> None:
    """And asked for again."""
    show_case(answers, at_stage(Stage.INSPECTION))
    lines = (*COMMISSION, "3", *("3", "") * 7, day)
    result = pingtai("inspect", "bj-test", stdin=typed(*lines))
    assert told in result.stdout
    assert 2 == result.stdout.count("Date of the decision [")


def test_a_decision_is_set_aside_by_its_number(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """In the list of those in force; the draft keeps its entry, which stays the same; an id does, too."""
    case = at_stage(Stage.LISTING)
    show_case(answers, case)
    day = day_of(Stage.LISTING)
    wrong = ("9", "../", "2")
    lines = (*COMMISSION, *wrong, "有误", day, "")
    result = pingtai("set-aside", "bj-test", stdin=typed(*lines))
    assert "Decisions in force" in result.stdout
    draft = json.loads(drafts()[0].read_text(encoding="utf-8"))
    assert "1.3" == draft["answers"]["target"][0][1]
    result = pingtai("set-aside", "bj-test", stdin=typed("y", "2", "1", "y"))
    assert 0 == result.exit_code, result.output
    assert [case.log[1].decision_id] == [said["target"] for _, said in sent]
    assert "Will be set aside" in result.stdout
    by_id = (*COMMISSION, str(case.log[2].decision_id), "有误", day, "", "y")
    assert 0 == pingtai("set-aside", "bj-test", stdin=typed(*by_id)).exit_code
    assert case.log[2].decision_id == sent[1][1]["target"]


def test_a_platform_whose_register_does_not_answer_can_set_aside_by_id(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Then there is no list."""
    show_case(answers, at_stage(Stage.LISTING))
    answers["log"] = Unreachable("no register", "没有名册")
    lines = (*COMMISSION, "d-3", "有误", day_of(Stage.LISTING), "", "y")
    result = pingtai("set-aside", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "d-3" == sent[0][1]["target"]


def test_an_unusual_decision_by_flags_is_asked_about(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """At a terminal, unless --yes answers it; what is usual goes at once."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    flags = ("recommend", "bj-test", "--outcome", "recommended", "--opinion", "同意", "--date")
    result = pingtai(*flags, "2024-03-01", lang="zh", stdin=typed("n"))
    assert 130 == result.exit_code
    assert "! 2024-03-01 早于申请日期 2024-03-04。" in result.stdout
    assert "仍要提交？" in result.stdout
    assert [] == sent
    assert 0 == pingtai(*flags, "2024-03-01", stdin=typed("y")).exit_code
    assert 0 == pingtai(*flags, "2024-03-01", "--yes").exit_code
    assert 0 == pingtai(*flags, str(today())).exit_code
    assert 3 == len(sent)
