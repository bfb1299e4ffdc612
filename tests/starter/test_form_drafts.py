"""An unfinished form is kept as a draft by itself, and taken up again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.desk.drafts import all_drafts
from starter.errors import Unreachable
from tests.rules.cases import at_stage, moment
from tests.starter.form_typing import EXPERTS, Run, Sent, day_of, drafts, terminal, typed  # noqa: F401
from tests.starter.test_guided import COMMISSION, login, show_case
from workflows.periods import beijing_date
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import AssessmentStage, Kind, Stage
from workflows.words import Words


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
