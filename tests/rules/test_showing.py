"""Where a case stands, as Temporal's Web UI shows it: in Chinese and English."""

from datetime import UTC, datetime

from workflows.activity_messages import DueDate
from workflows.vocabulary import Happening, Stage
from workflows.web_ui_summary import details

from .cases import at_stage, record_event


def test_an_overdue_step_is_shown_with_what_is_awaited_and_until_when() -> None:
    """The stage, since when, from whom what is awaited by which article, and the last day."""
    case = at_stage(Stage.RECOMMENDATION)
    record_event(case, Happening.OVERDUE)
    due = DueDate(due=datetime(2024, 4, 1, 16, tzinfo=UTC))
    assert details(case.state, due).splitlines() == [
        "**芯片验证共性技术平台** · 海淀区 haidian · integrated_circuits",
        "**待所在区推荐 · recommendation** since 2024-03-04 · **逾期 overdue**",
        "- 待 所在区 所在区推荐 · recommendation from the district (§四(一))",
        "- 截止 due 2024-04-01",
    ]


def test_a_valid_platform_is_shown_with_its_last_day_and_its_open_assessment() -> None:
    """Nothing is awaited of the platform; the last day of validity is the day that ends at 24:00."""
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    assert details(case.state, None).splitlines() == [
        "**芯片验证共性技术平台** · 海淀区 haidian · integrated_circuits",
        "**有效期内 · valid** since 2024-03-08",
        "- 有效期至 valid until 2027-03-08",
        "- 第 1 年考核进行中 · assessment 1 is open",
    ]
