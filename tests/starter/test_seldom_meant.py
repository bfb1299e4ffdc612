"""What is asked about before it is sent, though the rules accept it: days off, and names that are none."""

from datetime import date
from typing import Any

import pytest

from starter.desk.profile import Profile, ProfileRole, write_profile
from starter.doubts.message_doubts import message_doubts
from tests.rules.cases import at_stage
from tests.starter.form_typing import Run, Sent, day_of, terminal, typed  # noqa: F401
from tests.starter.test_guided import show_case
from workflows.vocabulary import District, Role, Stage

OFFICE = {"id": "c-1", "role": "commission", "organisation": "市科委、中关村管委会"}
DAY = day_of(Stage.RECOMMENDATION)


def doubts(today: str = "2026-01-15", **said: Any) -> list[str]:
    """What is asked about in a decision, in Chinese."""
    raw = {"kind": "inspection", "actor": OFFICE, "decided_on": "2026-01-14", **said}
    return [one.zh for one in message_doubts(raw, date.fromisoformat(today))]


@pytest.mark.parametrize(
    ("actor", "told"),
    [
        (
            OFFICE | {"organisation": "海淀区科委"},
            ["“海淀区科委”以市科委、中关村管委会身份办理，而其名称属海淀区，请核实。"],
        ),
        (
            {"role": "district", "district": "miyun", "organisation": "海淀区科委"},
            ["“海淀区科委”以密云区身份办理，而其名称属海淀区，请核实。"],
        ),
        ({"role": "district", "district": "haidian", "organisation": "海淀区科委"}, []),
        ({"role": "operator", "organisation": "北京市海淀区某研究所"}, []),
    ],
)
def test_an_office_of_another_place_is_asked_about(actor: dict[str, str], told: list[str]) -> None:
    """A district's office does not decide for the commission, nor for another district."""
    assert told == doubts(actor=actor)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-01-10", ["决定日期 2026-01-10（星期六）不是工作日。"]),
        ("2026-01-01", ["决定日期 2026-01-01（星期四）不是工作日。"]),  # a holiday
        ("2026-01-04", []),  # a Sunday on which people work instead
        ("2026-01-14", []),
    ],
)
def test_a_day_off_is_asked_about(day: str, told: list[str]) -> None:
    """By the calendar by which steps are due."""
    assert told == doubts(decided_on=day)


def test_who_works_today_is_not_asked_about_it() -> None:
    """Nor who files a report, nor of whom the day is that of a document of long ago."""
    saturday = {"decided_on": "2026-01-10"}
    assert [] == doubts("2026-01-10", **saturday)
    assert [] == doubts(kind="self_report", actor={**OFFICE, "role": "operator"}, **saturday)
    assert [] == doubts(kind="bringing_in", **saturday)


def test_other_days_of_a_decision_count_too() -> None:
    """Each by its name."""
    said = {"kind": "evaluation", "mend_by": "2026-01-24"}
    assert ["整改期限 2026-01-24（星期六）不是工作日。"] == doubts(**said)


@pytest.mark.parametrize(
    ("one", "whole"),
    [
        ("核查员1（市科委）", True),
        ("Li Lei (Commission)", True),
        ("李雷 市科委", True),
        ("李雷，市科委", True),
        ("核查员1", False),
        ("Li", False),
        ("Li Lei", False),
        ("李雷（）", False),
    ],
)
def test_an_inspector_without_an_organisation_is_asked_about(one: str, whole: bool) -> None:
    """It is by the organisation that nobody inspects their own body."""
    assert ([] if whole else [f"核查人员“{one}”未注明单位。"]) == doubts(inspectors=[one])


def test_an_organisation_of_one_letter_is_asked_about() -> None:
    """Of who decides, and of experts."""
    panel = [{"name": "专家甲", "organisation": "y"}, {"name": "专家乙", "organisation": "某院"}]
    assert ["“y”不像单位名称，请核实。"] == doubts(panel=panel)
    assert ["“n”不像单位名称，请核实。"] == doubts(actor={**OFFICE, "organisation": "n"})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_another_organisation_than_the_profile_s_is_asked_about(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str
) -> None:
    """Where it was typed at the check; one letter alone is not taken."""
    role = ProfileRole(
        role=Role.DISTRICT, organisation="海淀区科技主管部门", district=District.HAIDIAN
    )
    write_profile(Profile(id="hd-1", roles=(role,)))
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    stdin = typed("1", "同意", DAY, "", "2", "hd-1", "y", "另一单位", "haidian", "y")
    result = pingtai("recommend", "bj-test", lang=lang, stdin=stdin)
    told = {
        "en": ("an organisation's name", "your profile says 海淀区科技主管部门"),
        "zh": ("应为单位名称", "而个人配置中为“海淀区科技主管部门”"),
    }
    for words in told[lang]:
        assert words in result.stdout
    assert "另一单位" == sent[0][1]["actor"]["organisation"]
