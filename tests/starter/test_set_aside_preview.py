"""What falls when a decision is set aside is what the workflow itself lets fall."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from click.testing import Result

from db.row_types import LogLine
from starter.clock import today
from starter.commands.set_aside_preview import in_force, set_aside_with, standing
from starter.commands.timeline import timeline
from starter.desk.entry_numbers import by_entry
from tests.rules.cases import (
    PATHS,
    assessment,
    at_stage,
    decide,
    decision,
    moment,
    record_event,
    walk,
)
from workflows.case import Case
from workflows.run_io import DecisionPreview
from workflows.state_folding import set_aside_marks
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]


def lines(case: Case[Any], year: int = 0) -> list[LogLine]:
    """A case's log as the register has it."""
    return [
        LogLine(
            platform_id="bj-test",
            term=1,
            year=year,
            opening=int(bool(year)),
            workflow_id="w",
            entry=entry,
            set_aside_by=set_aside_marks(case.log).get(entry.seq),
        )
        for entry in case.log
    ]


@pytest.mark.parametrize("number", range(4))
def test_all_that_followed_falls(number: int) -> None:
    """The decision and everything after it, as the workflow then marks it."""
    case = at_stage(Stage.VALID)
    decide(case, Kind.SUPPORT)
    target = case.log[number + 1]
    found = [line.entry.seq for line in set_aside_with(lines(case), target.decision_id or "")]
    decide(case, Kind.SET_ASIDE, target=target.decision_id)
    assert sorted(set_aside_marks(case.log)) == found


def test_what_lasts_neither_falls_nor_is_offered() -> None:
    """A change of facts, a suspension and its end stay, as the workflow then marks it."""
    case = at_stage(Stage.EXPERT_REVIEW)
    target = case.log[-1]
    for kind in (Kind.FACTS_CHANGE, Kind.SUSPENSION, Kind.RESUMPTION):
        decide(case, kind)
    decide(case, Kind.EXPERT_OPINION)
    found = [line.entry.seq for line in set_aside_with(lines(case), target.decision_id or "")]
    offered = [line.entry.name for line in in_force(lines(case))]
    assert ["recommendation", "inspection", "expert_opinion"] == offered
    decide(case, Kind.SET_ASIDE, target=target.decision_id)
    assert sorted(set_aside_marks(case.log)) == found == [target.seq, target.seq + 4]


def test_support_falls_alone() -> None:
    """Nothing follows from it."""
    case = at_stage(Stage.VALID)
    first = decide(case, Kind.SUPPORT)
    decide(case, Kind.SUPPORT)
    assert [first.seq] == [
        line.entry.seq for line in set_aside_with(lines(case), first.decision_id)
    ]


def test_the_end_of_a_year_falls_with_what_ended_it() -> None:
    """An assessment that has ended takes its platform's note of the end with it."""
    platform = at_stage(Stage.VALID)
    record_event(platform, Happening.ASSESSMENT_OPENED)
    year = walk(assessment(platform), PATHS[AssessmentStage.EVALUATION])
    decide(year, Kind.EVALUATION, decision_id="y-1")
    record_event(platform, Happening.ASSESSMENT_ENDED, "effective")
    log = [*lines(platform), *lines(year, 1)]
    found = set_aside_with(log, "y-1")
    expected = [(1, year.log[-1].seq), (0, platform.log[-1].seq)]
    assert expected == [(line.year, line.entry.seq) for line in found]


def test_what_fell_before_does_not_fall_again() -> None:
    """Only what still counts is offered, and nothing that is not known."""
    case = at_stage(Stage.LISTING)
    target = case.log[2].decision_id or ""
    decide(case, Kind.SET_ASIDE, target=target)
    assert [] == set_aside_with(lines(case), target)
    assert [] == set_aside_with(lines(case), "d-unknown")
    seqs = [line.entry.seq for line in standing(lines(case))]
    assert [1, 2, 5] == seqs


def test_the_timeline_says_who_acted_for_whom() -> None:
    """Both names stand there."""
    case = at_stage(Stage.RECOMMENDATION)
    day = str(moment(case).date())
    absence = {"principal_id": "hd-1", "first_day": day, "last_day": day}
    raw = decision("recommendation", case)
    case.decide(raw | {"actor": raw["actor"] | {"id": "hd-2", "acting_for": absence}}, moment(case))
    cells = [str(cell) for column in timeline(lines(case)).columns for cell in column.cells]
    assert "hd-2 · 海淀区科技主管部门 (for hd-1)" in cells


def test_setting_aside_shows_what_falls_and_asks(
    pingtai: Run, answers: dict[str, Any], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal also with all flags: the entries, then a yes; --yes does without."""
    case = at_stage(Stage.LISTING)

    answers["log"] = lines(case)
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)
    answers["check"] = DecisionPreview(stage="inspection")
    who = ("--actor", "kw-1", "--organisation", "市科委")
    flags = ("set-aside", "bj-test", "--decision", "d-3", "--reason", "有误", *who)
    result = pingtai(*flags, stdin="n\n")
    assert 130 == result.exit_code
    assert "expert opinion: supported" in result.stdout
    assert "recommendation: recommended" not in result.stdout
    assert [] == sent
    assert 0 == pingtai(*flags, stdin="y\n").exit_code
    assert 0 == pingtai(*flags, "--yes").exit_code
    assert ["d-3", "d-3"] == [said["target"] for _, said in sent]


def test_a_decision_is_named_by_its_entry_too(
    pingtai: Run, answers: dict[str, Any], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `show` numbers it, by flag and in a table; an id that is written so is an id."""
    case = at_stage(Stage.LISTING)
    known = lines(case)
    answers["log"] = known
    who = ("--reason", "有误", "--actor", "kw-1", "--organisation", "市科委", "--yes")
    wanted = [line for line in known if line.entry.decision_id and line.entry.kind == "decision"]
    for line in wanted:
        assert 0 == pingtai("set-aside", "bj-test", "--decision", line.number, *who).exit_code
    assert [(line.entry.decision_id, None) for line in wanted] == [
        (said["target"], said.get("entry")) for _, said in sent
    ]
    [first, second, *_] = wanted

    @asynccontextmanager
    async def reads() -> AsyncIterator[Any]:
        yield SimpleNamespace(log=AsyncMock(return_value=known))

    monkeypatch.setattr("starter.commands.batch.preparation.open_reads", reads)
    row = f"bj-test,撤销更正,{second.number},有误"
    Path("x.csv").write_text(f"平台编号,事项,target,reason\n{row}\n", encoding="utf-8")
    commission = (*who[2:], "--date", str(today()))
    assert 0 == pingtai("decide", "--file", "x.csv", *commission).exit_code
    assert second.entry.decision_id == sent[-1][1]["target"]
    assert by_entry(_renamed(known, first, second.number), second.number) == {}
    same = _renamed(known, first, str(second.entry.decision_id))
    assert by_entry(same, second.number) == {
        "target": second.entry.decision_id,
        "entry": second.entry.seq,
    }
    assert by_entry(known, "9.9") == {}


def _renamed(known: list[LogLine], line: LogLine, decision_id: str) -> list[LogLine]:
    entry = line.entry.model_copy(update={"decision_id": decision_id})
    return [one.model_copy(update={"entry": entry}) if one is line else one for one in known]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_script_that_names_none_is_told_which_there_are(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str
) -> None:
    """By number and id: nothing else shows the ids."""
    answers["log"] = lines(at_stage(Stage.LISTING))
    flags = ("--reason", "有误", "--actor", "kw-1", "--organisation", "市科委")
    told = pingtai("set-aside", "bj-test", *flags, lang=lang)
    assert (2, []) == (told.exit_code, sent)
    title = {
        "en": "Decisions in force, by number or id for --decision:",
        "zh": "有效的决定（--decision 可写记录号或编号）：",
    }
    listed = told.stderr.partition(title[lang])[2]
    for line in in_force(answers["log"]):
        assert f"\n  {line.number}  " in listed
        assert str(line.entry.decision_id) in listed


def test_a_dry_run_sends_nothing(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """It says that it would be taken and where it leads, in words and for programs; or the refusal."""
    answers["check"] = DecisionPreview(stage="inspection")
    Path("x.pdf").write_bytes(b"x")
    who = ("--actor", "a", "--organisation", "某单位", "--document", "x=x.pdf")
    flags = (*who, "--outcome", "recommended", "--opinion", "同意", "--dry-run")
    result = pingtai("recommend", "p-1", *flags)
    assert (0, True) == (result.exit_code, "nothing has changed" in result.stdout)
    assert "Leads to\tinspection" in result.stdout
    told = json.loads(pingtai("recommend", "p-1", *flags, "--json").stdout)
    assert ("inspection", "同意") == (told["stage"], told["decision"]["opinion"])
    assert [] == sent
