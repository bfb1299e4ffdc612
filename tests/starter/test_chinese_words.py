"""Chinese as it is typed and as it is answered: other terms of a word, refusals, reasons of the system."""

import errno
import json
import os
from datetime import date
from enum import StrEnum

import click
import pytest

from audit.commands.audit_options import WhenType
from audit.problems import Problem
from starter.cited_articles import cited_in_full
from starter.commands.options import DAY
from starter.commands.word_choice import WordChoice, known, word
from starter.error_reasons import reason_of
from starter.errors import BadInput
from starter.terminal.chosen_language import speaking
from starter.terminal.official_wording import official
from workflows.periods import end_of
from workflows.vocabulary import District, Finding, Kind, RecommendationOutcome, Role
from workflows.words import Words


@pytest.mark.parametrize(
    ("vocabulary", "said", "expected"),
    [
        (Kind, "专家论证", "expert_opinion"),  # as the help of `opine` says it
        (Kind, "专家论证意见", "expert_opinion"),
        (Kind, "推荐", "recommendation"),
        (RecommendationOutcome, "推荐", "recommended"),  # the vocabulary's own word goes first
        (RecommendationOutcome, "退回", "returned"),
        (Kind, "expert opinion", "expert_opinion"),
        (Kind, "Expert-Opinion", "expert_opinion"),
        (District, "海淀", "haidian"),
        (District, "海淀区", "haidian"),
        (District, "经开", "beijing_etown"),
        (District, "经开区", "beijing_etown"),
        (Role, "市科委", "commission"),
        (Role, "市科委、中关村管委会", "commission"),
        (Finding, " 符合 ", "satisfactory"),
        (Finding, "合", None),
        (District, "Haidian District", "haidian"),
        (District, "beijing e-town", "beijing_etown"),
        (RecommendationOutcome, "不", None),
    ],
)
def test_a_word_is_taken_as_it_is_said(
    vocabulary: type[StrEnum], said: str, expected: str | None
) -> None:
    """In the words of the help, of the guideline, or in English; never by a part of a word."""
    assert known(vocabulary, said) == expected


def test_what_may_be_said_is_listed_in_the_language() -> None:
    """Of a flag and of a part of one."""
    with speaking("zh"):
        with pytest.raises(click.BadParameter, match="“好”不在可选值之中：推荐、退回修改"):
            WordChoice(RecommendationOutcome).convert("好", None, None)
        with speaking("en"), pytest.raises(click.BadParameter, match="'好' is none of recommended"):
            WordChoice(RecommendationOutcome).convert("好", None, None)
    with pytest.raises(BadInput) as caught:
        word(Finding, "好", "site=好")
    assert caught.value.words.zh.startswith("site=好：“好”不在可选值之中：符合、需改进")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Field required", "missing"),
        (
            "Input should be a valid date in the format YYYY-MM-DD, input is too short",
            "use YYYY-MM-DD",
        ),
        ("Input should be less than or equal to 100", "at most 100"),
        ("String should have at most 200 characters", "at most 200 characters"),
        (
            "Input should be a valid date in the format YYYY-MM-DD, day value is outside expected range",
            "there is no such day",
        ),
        (
            "Input should be a valid date in the format YYYY-MM-DD, month value is outside expected"
            " range of 1-12",
            "there is no such day",
        ),
        ("Input should be a valid string", "should be text"),
        ("Input should be a valid dictionary or instance of Plan", "should be an object"),
        (
            "Input should be a valid integer, unable to parse string as an integer",
            "should be a whole number",
        ),
        ("set_aside is for the commission to take", "set aside is for the commission to take"),
        (
            "decided_on 2030-01-01 is in the future",
            "date of the decision 2030-01-01 is in the future",
        ),
    ],
)
def test_english_is_plain(said: str, shown: str) -> None:
    """Neither the library's words nor names with underscores."""
    assert official(Words(said, "")).en == shown


def test_a_refusal_is_worded_officially() -> None:
    """Articles are cited in full, fields are called by their labels."""
    words = Words(
        "an included platform needs both",
        "纳入须有 list_number 和 certificate_number（§四(四)）；decided_on 2030-01-01 晚于今天（§四）",
    )
    assert official(words) == Words(
        words.en,
        "纳入须有名单批次和证书编号（《指引》第四部分第（四）项）；"
        "决定日期 2030-01-01 晚于今天（《指引》第四部分）",
    )
    assert official(Words("x", "（§四, §六）")).zh == "（《指引》第四部分、第六部分）"
    assert (
        official(Words("x", "本案没有决定 d-2；请核对")).zh == "该平台无编号为“d-2”的决定；请核对"
    )
    english = "listing is not awaited: the case is in expert_review; it has low_altitude_x"
    assert official(Words(english, "")).en == (
        "listing is not awaited: the case is in expert review; it has low_altitude_x"
    )
    assert official(Words("x", "没有字段 no_such_field")).zh == "没有字段 no_such_field"


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOSPC])
def test_the_system_s_reasons_are_chinese(number: int) -> None:
    """Of the errors that people meet with files."""
    en, zh = reason_of(OSError(number, os.strerror(number), "x"))
    assert en == os.strerror(number)
    assert not any("a" <= letter <= "z" for letter in zh)


def test_where_json_is_wrong_is_told_in_chinese() -> None:
    """By line and column."""
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    assert reason_of(caught.value).zh == "第 1 行第 2 列有误"


def test_another_reason_is_told_as_it_is() -> None:
    """Better English than none."""
    assert reason_of(ValueError("odd")) == Words.same("odd")
    assert (
        reason_of(OSError(errno.EXDEV, "Invalid cross-device link")).zh
        == "Invalid cross-device link"
    )


@pytest.mark.parametrize(
    "given", ["2026-11-28", "2026/11/28", "2026-11-28 ", "2026年11月28日", "20261128", "2026.11.28"]
)
def test_an_option_takes_a_day_as_forms_and_tables_do(given: str) -> None:
    """`valid --on`, `register --on`, `absence --from`, and the moments of auditors."""
    assert date(2026, 11, 28) == DAY.convert(given, None, None)
    assert end_of(date(2026, 11, 28)) == WhenType("when").convert(given, None, None)


@pytest.mark.parametrize("given", ["28.11.2026", "2026-02-30", "11-28", "x"])
def test_no_day_is_told(given: str) -> None:
    """And how a day is written; of one that is written so, that there is none."""
    with pytest.raises(click.BadParameter, match="use YYYY-MM-DD"):
        DAY.convert(given, None, None)
    why = "no such day or hour" if given.startswith("2026-02") else "YYYY-MM-DD"
    with pytest.raises(click.BadParameter, match=why):
        WhenType("when").convert(given, None, None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("办理（docs/roster.md）。", "办理（docs/roster.zh.md）。"),
        ("见 docs/encryption.md#erasure-删除", "见 docs/encryption.zh.md#删除"),
        ("见 docs/roster.zh.md", "见 docs/roster.zh.md"),
        ("§四(一)", "《指引》第四部分第（一）项"),
    ],
)
def test_rules_are_cited_by_their_chinese_pages(said: str, expected: str) -> None:
    """Whoever reads Chinese is sent to no page in English."""
    assert expected == cited_in_full(said)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("bj-x, log 1-y1", "bj-x，记录 1-y1：缺"),
        ("bj-x, log 1 in the register", "bj-x，记录 1（名册）：缺"),
        (
            "platform:bj-x run 01a22c61-4b72, event 1",
            "platform:bj-x，运行 01a22c61-4b72，事件 1：缺",
        ),
        ("changelog 1.json", "changelog 1.json：缺"),
    ],
)
def test_where_a_problem_is_is_said_in_chinese(where: str, expected: str) -> None:
    """Programs read the place as it stands; people read it in one language."""
    problem = Problem(where, Words("missing", "缺"))
    assert (f"{where}: missing", expected) == problem.line
    assert where == problem.plain()["where"]
