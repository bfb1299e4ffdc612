"""The words of notices: every event has its own, in both languages, with what one needs to act."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.notice_texts import BOTH, MOST_LETTERS, MOST_REASONS, text_of
from db.notice_queries import RECIPIENT_ROLES, notice_rows
from db.outbox_queries import DELIVERED, DeliveryRow
from starter.commands.notices_table import deliveries_table
from starter.terminal.chosen_language import speaking
from starter.terminal.table_layout import tab_separated
from tests.register.cases import batch, opened
from workflows.notice_messages import Notice
from workflows.words import Language

from .told import notice, notices

each_language = pytest.mark.parametrize("language", BOTH)

EVENTS = sorted({str(event) for told in RECIPIENT_ROLES.values() for event in told})


def test_these_lives_have_every_event_that_is_told() -> None:
    """The other tests of this file would pass over an event that no life has."""
    assert EVENTS == sorted({one.event for one in notices()})


@each_language
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_words_of_its_own(event: str, language: Language) -> None:
    """A title on one line with the platform's name, and a text that leaves no gap."""
    for one in (one for one in notices() if one.event == event):
        text = text_of(one, language)
        plain = text_of(one.model_copy(update={"event": "no_such_event"}), language)
        assert one.content["name"] in text.title
        assert "\n" not in text.title
        assert text.title != plain.title.replace("no_such_event", event)
        assert one.id in text.body
        gaps = r"None|\{|\}|Undefined|[：:]\s*$|（）|\(\)|  |[，,] ?[。.]"
        assert [] == re.findall(gaps, text.title + "\n" + text.body, re.MULTILINE)
        assert (language == "zh") is ("北京时间" in text.body)


def test_a_change_says_what_was_and_what_is() -> None:
    """In words: the operator and the district of before, and who they are now."""
    change = text_of(notice("facts_change"), "zh")
    assert "共性技术平台：平台信息已变更" == change.title
    assert [
        "市科委、中关村管委会变更了平台信息。",
        "平台运营单位：京芯共性平台运营有限公司 → 改名后的运营单位",
        "所在区：海淀区 → 北京经济技术开发区",
        "理由：运营单位名称变更登记",
    ] == change.body.splitlines()[:4]


def test_a_notice_in_full() -> None:
    """Overdue: what, by whom, until when in Beijing; which platform; and no more."""
    overdue = text_of(notice("overdue"), "zh")
    assert "共性技术平台：已逾期，原定 2024-02-24 截止" == overdue.title
    assert [
        "以下事项已经逾期，请尽快办理。逾期不产生任何决定。",
        "",
        "待办：现场核查（§四(二)），由市科委、中关村管委会办理，截止 2024-02-24",
        "",
        "平台：共性技术平台（p-1），第 1 期",
        "运营单位：京芯共性平台运营有限公司；所在区：海淀区；领域：人工智能",
        "时间：2024-01-29 09:30（北京时间）",
        "通知编号：p-1:1:0:0:4:commission",
    ] == overdue.body.splitlines()
    evaluation = text_of(notice("evaluation"), "en")
    assert "共性技术平台: evaluation of year 1: not effective" == evaluation.title
    assert "To be rectified: 提高开放服务水平" in evaluation.body.splitlines()
    assert "Decision: evaluation-4, by 市科委、中关村管委会 (kw-1)" in evaluation.body.splitlines()
    assert "To do: rectification report (§六), by the operator" in evaluation.body


def returned(kind: str, **said: Any) -> Notice:
    """The operator's notice of a decision that sends the plan back, or ends something."""
    told = opened()
    if kind != "recommendation":
        told.decide("recommendation")
    told.decide(kind, **said)
    rows = notice_rows(batch(told))
    row = next(row for row in rows if (row["event"], row["role"]) == (kind, "operator"))
    return notice(kind, content=row["content"])


@pytest.mark.parametrize(
    ("kind", "said", "lines"),
    [
        ("recommendation", {"outcome": "returned", "opinion": "请写明对外开放的机时。"},
         ["推荐意见：请写明对外开放的机时。"]),
        ("recommendation", {"outcome": "declined", "opinion": "与本区产业不符。"},
         ["推荐意见：与本区产业不符。"]),
        ("inspection", {"outcome": "returned", "corrections": ["补充通风方案", "补充设备清单"]},
         ["修改意见：补充通风方案", "修改意见：补充设备清单"]),
    ],
)  # fmt: skip
def test_a_return_carries_its_reason(kind: str, said: Any, lines: list[str]) -> None:
    """Whoever must correct a plan reads in the notice why it came back, and what to correct."""
    shown = text_of(returned(kind, **said), "zh").body.splitlines()
    assert lines == shown[1 : 1 + len(lines)]
    assert (said["outcome"] == "returned") is ("pingtai plan p-1 --file plan.md" in "".join(shown))
    english = text_of(returned(kind, **said), "en").body
    assert all(line.partition("：")[2] in english for line in lines)


def test_not_met_says_what_was_not() -> None:
    """After a reassessment the reason stands in the findings alone."""
    findings = {"teams": {"finding": "unsatisfactory", "remark": "核心人员流失"}}
    told = notice("reassessment", content={"outcome": "not_met", "said": {"findings": findings}})
    assert "技术和运营团队：不符合，核心人员流失" in text_of(told, "zh").body.splitlines()


@each_language
def test_reasons_are_bounded(language: Language) -> None:
    """However much was said, a notice stays a letter, and says where the rest stands."""
    said = {"corrections": ["长" * 1_000] * 50, "opinion": "言" * 5_000}
    text = text_of(notice("inspection", content={"said": said}), language)
    assert MOST_REASONS == text.body.count("…")
    assert len(text.body) < MOST_REASONS * (MOST_LETTERS + 20) + 1_000
    assert "pingtai show p-1 --full" in text.body
    assert "38" in text.body
    plain = text_of(notice("inspection", content={"said": {"corrections": ["短"]}}), language)
    assert "--full" not in plain.body


@each_language
def test_an_unknown_event_is_told_plainly(language: Language) -> None:
    """A newer worker may note what this program has no words for: it is told all the same."""
    strange = notice("overdue").model_copy(
        update={"event": "moved_house", "content": {"stage": "valid"}}
    )
    text = text_of(strange, language)
    assert "moved_house" in text.title
    assert ("有效期内" if language == "zh" else "valid") in text.body
    assert strange.platform_id in text.title


@each_language
def test_what_others_wrote_adds_no_line_and_is_no_template(language: Language) -> None:
    """A name with a line break, control characters or template signs is shown, and does nothing."""
    name = "甲\r\nBcc: x@y\x1b[2J\u202e{{ 7 * 7 }}{% include 'x' %}<b>"
    text = text_of(notice("withdrawal", content={"name": name, "operator": name}), language)
    shown = "甲  Bcc: x@y\ufffd[2J\ufffd{{ 7 * 7 }}{% include 'x' %}<b>"
    assert text.title.startswith(shown)
    assert "停止 建设" in text.body
    assert [] == [line for line in text.body.splitlines() if line.startswith("Bcc")]


def test_the_file_of_a_local_stack_is_called_so() -> None:
    """In the language of the answers; who is called so by an office keeps the name."""
    row = DeliveryRow(
        recipient="file",
        channel="file",
        state=DELIVERED,
        attempts=1,
        next_at=datetime(2026, 11, 30, tzinfo=UTC),
        last_error=None,
        delivered_at=None,
    )
    with speaking("zh"):
        assert "文件\t" in tab_separated(deliveries_table([row]))
        by_mail = row.model_copy(update={"channel": "email"})
        assert "file\t" in tab_separated(deliveries_table([by_mail]))
