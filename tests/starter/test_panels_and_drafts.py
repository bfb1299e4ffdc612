"""Panels of experts are kept and called again; drafts are listed and removed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.commands.forms_by_kind import FORMS
from starter.desk.drafts import MOST as MOST_DRAFTS
from starter.desk.drafts import Draft, all_drafts, keep_draft
from starter.desk.panels import MOST, Panel, PanelExpert, keep_panel, read_panels
from starter.desk.profile import read_profile, write_profile
from tests.rules.cases import at_stage, moment
from tests.starter.form_typing import EXPERTS, day_of, typed
from tests.starter.test_guided import COMMISSION, login, show_case
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import ExpertField, Kind, Stage
from workflows.words import Words

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
NAMES = [f"专家{n}" for n in range(1, 6)]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)


def panel(name: str = "甲组", *more: PanelExpert) -> Panel:
    """Five experts of all four fields."""
    fields = (*ExpertField, ExpertField.TECHNOLOGY)
    experts = [
        PanelExpert(name=one, field=field, organisation=f"{one}所")
        for one, field in zip(NAMES, fields, strict=True)
    ]
    return Panel(name=name, experts=(*experts, *more))


def votes(opinion: dict[str, Any]) -> dict[str, str]:
    """Who voted how."""
    return {one["name"]: one["vote"] for one in opinion["panel"]}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_panel_is_kept_and_called_again(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str
) -> None:
    """Under a name, once the opinion was sent; then only the votes are asked for, who was away is left out."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    end = ("可行", day_of(Stage.EXPERT_REVIEW), "", "y")
    typed_panel = (*COMMISSION, "1", *EXPERTS, "", "甲组")
    result = pingtai("opine", "bj-test", lang=lang, stdin=typed(*typed_panel, *end[:-1]))
    assert 130 == result.exit_code
    assert () == read_panels()  # nothing was sent
    assert 0 == pingtai("opine", "bj-test", lang=lang, stdin=typed("y", "y")).exit_code
    [kept] = read_panels()
    assert ("甲组", NAMES) == (kept.name, [one.name for one in kept.experts])
    path = Path(os.environ["PINGTAI_PROFILE"]).with_name("panels.toml")
    assert 0o600 == path.stat().st_mode & 0o777
    assert "甲组" in path.read_text(encoding="utf-8")
    new = ("专家6", "3", "第6研究所", "1", "")
    called = (*COMMISSION, "1", "1", "1", "6", "1", "1", "1", *new, *end)
    result = pingtai("opine", "bj-test", lang=lang, stdin=typed(*called))
    assert 0 == result.exit_code, result.output
    expected = [one for one in (*NAMES, "专家6") if one != "专家2"]
    assert dict.fromkeys(expected, "supported") == votes(sent[1][1])
    assert ("Keep this panel" in result.stdout) is False
    assert NAMES == [one.name for one in read_panels()[0].experts]


def test_a_member_of_a_kept_panel_can_be_corrected(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Going back from the vote: whoever has changed the organisation is not typed anew."""
    keep_panel(panel())
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    lines = (*COMMISSION, "1", "甲组", "<", "另一研究所", *"11111", "", "可行")
    stdin = typed(*lines, day_of(Stage.EXPERT_REVIEW), "", "y")
    result = pingtai("opine", "bj-test", stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert ["另一研究所", "专家2所"] == [one["organisation"] for one in sent[0][1]["panel"]][:2]


def test_another_panel_is_chosen_after_going_back(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """The members of the first one are gone."""
    keep_panel(panel())
    other = panel("乙组")
    keep_panel(
        other.model_copy(
            update={
                "experts": tuple(
                    e.model_copy(update={"name": f"乙{e.name}"}) for e in other.experts
                )
            }
        )
    )
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    # Back from the first vote: over organisation, field and name to the choice of the panel.
    lines = (*COMMISSION, "1", "1", "<", "<", "<", "<", "2", *"11111", "", "可行")
    stdin = typed(*lines, day_of(Stage.EXPERT_REVIEW), "", "y")
    result = pingtai("opine", "bj-test", stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert [f"乙{name}" for name in NAMES] == [*votes(sent[0][1])]


def test_who_may_not_judge_is_recused(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """A panel outlives the platforms that it judged: of the lead unit of this one nobody votes."""
    case = at_stage(Stage.EXPERT_REVIEW)
    lead = case.state.facts.lead_unit.name
    keep_panel(panel("甲组", PanelExpert(name="王", field=ExpertField.INDUSTRY, organisation=lead)))
    show_case(answers, case)
    lines = (*COMMISSION, "1", "甲组", "1", *"11111", "", "可行")
    day = day_of(Stage.EXPERT_REVIEW)
    result = pingtai("opine", "bj-test", stdin=typed(*lines, day, "", "y"))
    assert 0 == result.exit_code, result.output
    assert f"王 belongs to the lead unit, {lead}" in result.stdout
    assert "They can only be recused, or be left out" in result.stdout
    assert {"王": "recused", **dict.fromkeys(NAMES, "supported")} == votes(sent[0][1])


def test_a_panel_by_flags(
    pingtai: Run, answers: dict[str, Any], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all votes nothing is asked; at a terminal those that are missing are, elsewhere they are named."""
    keep_panel(panel())
    case = at_stage(Stage.EXPERT_REVIEW)
    show_case(answers, case)
    who = (
        "--actor",
        "kw-1",
        "--organisation",
        "市科委",
        "--date",
        str(moment(case).date()),
        "--yes",
    )
    flags = ("opine", "bj-test", "--outcome", "supported", "--opinion", "可行", *who, "--panel")
    some = ("--vote", "专家2=不支持", "--vote", "all=supported")
    result = pingtai(*flags, "甲组", *some)
    assert 0 == result.exit_code, result.output
    expected = dict.fromkeys(NAMES, "supported") | {"专家2": "not_supported"}
    assert expected == votes(sent[0][1])
    result = pingtai(*flags, "甲组", "--vote", "专家2=returned", stdin=typed(*"1111", "", ""))
    assert 0 == result.exit_code, result.output
    assert expected | {"专家2": "returned"} == votes(sent[1][1])
    for absent in ("absent", "未参加"):
        result = pingtai(*flags, "甲组", "--vote", f"专家2={absent}", "--vote", "all=supported")
        assert 0 == result.exit_code, result.output
        assert "专家2" not in votes(sent.pop()[1])
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: False)
    for more, told in (
        (("甲组", "--vote", "专家2=returned"), "no vote of 专家1, 专家3"),
        (("甲组", "--vote", "专家9=returned"), "nobody of this name"),
        (("甲组", "--vote", "专家2"), "write NAME=VOTE"),
        (("甲组", "--vote", "all=perhaps"), "is none of"),
        (("丙组",), "Panels: 甲组"),
    ):
        result = pingtai(*flags, *more)
        assert (2, True) == (result.exit_code, told in result.stderr), result.output
    assert 2 == pingtai(*flags[:-1], "--vote", "all=supported").exit_code
    assert 2 == len(sent)


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "--vote 专家2=absent"), ("zh", "--vote 专家2=未参加")]
)
def test_a_refusal_for_an_expert_says_how_to_leave_them_out(
    pingtai: Run, answers: dict[str, Any], lang: str, told: str
) -> None:
    """`all=` is for a member of the lead unit, too, whom the form leaves out by itself."""
    keep_panel(panel())
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    why = Words("专家2 belongs to the lead unit, 甲所", "专家2属于牵头单位（甲所）")
    refusal = Refusal(rule="§四(三)", stage="expert_review", awaited=(), **why._asdict())
    answers["decide"] = Refused(refusal)
    flags = (
        "--outcome",
        "supported",
        "--opinion",
        "可行",
        "--panel",
        "甲组",
        "--vote",
        "all=supported",
    )
    who = ("--actor", "kw-1", "--organisation", "市科委", "--yes")
    result = pingtai("opine", "bj-test", *flags, *who, lang=lang)
    assert (3, True) == (result.exit_code, told in result.stderr), result.output
    assert "专家1=" not in result.stderr


def test_panels_are_listed_shown_and_dropped(pingtai: Run) -> None:
    """In words and for programs; where they are kept is said."""
    assert "No panels are kept" in pingtai("panels").stderr
    keep_panel(panel())
    result = pingtai("panels", lang="zh")
    assert "甲组" in result.stdout
    assert "panels.toml" in result.stdout
    assert "专家1所" in pingtai("panels", "甲组").stdout
    assert "甲组" == json.loads(pingtai("panels", "--json").stdout)[0]["name"]
    assert 2 == pingtai("panels", "--drop", "乙组").exit_code
    assert 0 == pingtai("panels", "--drop", "甲组").exit_code
    assert () == read_panels()


def test_panels_are_bounded_and_a_broken_file_stops_no_form(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """The file is edited by hand: what is wrong with it is said, and the panel is typed."""
    for number in range(MOST):
        keep_panel(panel(str(number)))
    keep_panel(panel("0"))  # in its own place
    with pytest.raises(Exception, match="100 panels are kept already"):
        keep_panel(panel("one more"))
    path = Path(os.environ["PINGTAI_PROFILE"]).with_name("panels.toml")
    path.write_text("panels = 1", encoding="utf-8")
    assert 2 == pingtai("panels").exit_code
    path.write_text("[", encoding="utf-8")
    assert "cannot be read" in pingtai("panels").stderr
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    result = pingtai("opine", "bj-test", stdin=typed(*COMMISSION, "1", "专家1"))
    assert "cannot be read" in result.stdout
    assert "Name: 专家1" in result.stdout


def test_drafts_are_listed_and_dropped(pingtai: Run, answers: dict[str, Any]) -> None:
    """By their numbers, or all; with the command that goes on with each."""
    assert "There are no drafts." in pingtai("drafts").stderr
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    pingtai("recommend", "bj-test", stdin=typed("1", "同意"))
    [first] = all_drafts()
    keep_draft(first.model_copy(update={"kind": Kind.SUPPORT, "sent": True}))
    result = pingtai("drafts", lang="zh")
    assert "pingtai support record bj-test" in result.stdout
    assert "可能已办理" in result.stdout
    assert "经办人" not in result.stdout
    mine = read_profile()
    assert mine
    write_profile(mine.model_copy(update={"id": "somebody-else"}))
    of_another = pingtai("drafts", lang="zh").stdout
    assert "经办人" in of_another and mine.id in of_another
    write_profile(mine)
    listed = json.loads(pingtai("drafts", "--json").stdout)
    assert {"pingtai recommend bj-test", "pingtai support record bj-test"} == {
        one["command"] for one in listed
    }
    assert 2 == pingtai("drafts", "--drop", "3").exit_code
    assert 0 == pingtai("drafts", "--drop", "1").exit_code
    assert 1 == len(all_drafts())
    assert 0 == pingtai("drafts", "--drop", "all").exit_code
    assert [] == all_drafts()


def test_each_form_knows_its_command() -> None:
    """By which a draft is taken up again."""
    commands = {form.command for form in FORMS.values()}
    assert {"pingtai recommend", "pingtai list", "pingtai support record"} < commands
    assert len(commands) == len(FORMS)


def test_drafts_are_bounded() -> None:
    """The oldest ones go."""
    at = moment(at_stage(Stage.RECOMMENDATION))
    for number in range(MOST_DRAFTS + 3):
        name = f"bj-{number}"
        day = at.replace(year=2000 + number // 12, month=1 + number % 12, day=1)
        keep_draft(Draft(kind=Kind.WITHDRAWAL, platform=name, term=1, saved_at=day))
    kept = all_drafts()
    assert MOST_DRAFTS == len(kept)
    assert f"bj-{MOST_DRAFTS + 2}" == kept[0].platform
    assert MOST_DRAFTS == len(all_drafts())
