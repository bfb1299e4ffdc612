"""Reports that are taken away: names and totals in them, and workbooks that are sent on as they are."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from db.inbox_queries import InboxRow, StepCount
from db.programme_rows import Count, Figures, Results, StepTime
from db.row_types import SupportRow
from starter.commands.reports.inbox_report import inbox_sheets
from starter.commands.reports.programme_reports import figures_sheets
from starter.commands.reports.support_report import support_sheets
from starter.errors import BadInput
from starter.tables.report_sheets import ReportSheet, write_report
from starter.terminal.chosen_language import speaking

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def support(seq: int, **changes: object) -> SupportRow:
    """A record of support."""
    usual = {
        "platform_id": "bj-x", "term": 1, "seq": seq, "support": "fiscal", "given_on": date(2026, 5, 1),
        "title": "=1+1", "amount_wan": 120, "actor_id": "kw-01", "organisation": "市科委",
        "decision_id": f"d-{seq}",
        "recorded_at": AT, "name": "氢能平台", "district": "haidian", "set_aside_by": None,
    }  # fmt: skip
    return SupportRow(**usual | changes)  # type: ignore[arg-type]


ROWS = (support(1), support(2, support="tax", amount_wan=None), support(3, set_aside_by=9))
FIGURES = Figures(
    stages=(Count(word="valid", platforms=2), Count(word="inspection", platforms=1)),
    districts=(Count(word="haidian", platforms=3),),
    fields=(Count(word="low_altitude_economy", platforms=3),),
    years=(),
    steps=(
        StepTime(
            stage="inspection",
            times=3,
            median_days=7.5,
            worst_days=9.0,
            worst_platform="bj-x",
            worst_name="氢能平台",
        ),
    ),
    results=(
        Results(year=2026, result="effective", assessments=2),
        Results(year=None, result="open", assessments=1),
    ),
)
PENDING = InboxRow(
    platform_id="bj-x", term=1, year=0, role="district", kind="recommendation", stage="recommendation",
    name="氢能平台", operator="北京甲有限公司", district="haidian",
    field="integrated_circuits", since=AT, due=AT, due_provisional=False, overdue=True,
)  # fmt: skip


def cells(sheet: ReportSheet) -> list[list[object]]:
    """Heading, rows and totals."""
    return [list(row) for row in (sheet.heading, *sheet.rows, *sheet.totals)]


def test_support_has_names_and_totals() -> None:
    """What was set aside stands in it, and counts in no sum."""
    with speaking("zh"):
        ledger, by_kind = support_sheets(ROWS)
    heading, first, *_, total = cells(ledger)
    assert [
        "给予日期",
        "平台编号",
        "平台名称",
        "所在区",
        "支持类别",
        "支持事项名称",
        "金额（万元）",
    ] == heading[:7]
    assert [date(2026, 5, 1), "bj-x", "氢能平台", "海淀区", "财政", "=1+1", 120] == first[:7]
    assert ("合计", 120) == (total[0], total[6])
    assert "已由 1.9 撤销" == ledger.rows[2][-1]
    assert [["财政", 1, 1, 120], ["税收", 1, 1, 0], ["合计", 1, 2, 120]] == cells(by_kind)[1:]


def test_figures_are_a_sheet_for_each_table() -> None:
    """With totals; empty tables are left out; no code of a word stands there."""
    with speaking("zh"):
        sheets = figures_sheets(FIGURES)
    assert ["按阶段统计", "按领域统计", "按所在区统计", "各环节用时", "年度考核结果"] == [
        one.title for one in sheets
    ]
    assert ["合计", 3] == cells(sheets[0])[-1]
    assert ["低空经济", 3] == cells(sheets[1])[1]
    assert [["2026", 2, 0], ["尚未结束", 0, 1], ["合计", 2, 1]] == cells(sheets[-1])[1:]


def test_the_inbox_has_names_and_counts() -> None:
    """Days in Beijing, the working days left as a number, how much at each step."""
    counts = [StepCount(kind="recommendation", waiting=1, overdue=1)]
    with speaking("en"):
        pending, by_step = inbox_sheets([PENDING], counts, AT)
    row = dict(zip(pending.heading, pending.rows[0], strict=True))
    assert ("氢能平台", "北京甲有限公司", "yes") == (
        row["Platform"],
        row["Operator"],
        row["Overdue"],
    )
    assert (date(2026, 11, 24), 0) == (row["Due"], row["Working days left"])
    assert [["recommendation", 1, 1], ["total", 1, 1]] == cells(by_step)[1:]


def test_a_workbook_is_sent_on_as_it_is(tmp_path: Path) -> None:
    """Widths, bold headings, filter, frozen heading, A4 landscape, headings on each page; no live formula."""
    with speaking("zh"):
        write_report(tmp_path / "s.xlsx", support_sheets(ROWS))
    book = load_workbook(tmp_path / "s.xlsx")
    assert ["支持台账", "支持分类汇总"] == book.sheetnames
    page: Any = book["支持台账"]
    assert all(cell.font.bold for cell in page[1])
    assert ("A2", "A1:K4") == (page.freeze_panes, page.auto_filter.ref)
    assert ("landscape", 9, 1, 0) == (
        page.page_setup.orientation,
        int(page.page_setup.paperSize),
        int(page.page_setup.fitToWidth),
        int(page.page_setup.fitToHeight),
    )
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert "$1:$1" == page.print_title_rows
    assert page.oddHeader.center.text.startswith("支持台账（")
    assert all(8 <= page.column_dimensions[letter].width <= 42 for letter in "ABCDEFGHIJK")
    formula = page["F2"]
    assert ("=1+1", "s", "@", True) == (
        formula.value, formula.data_type, formula.number_format, formula.quotePrefix,
    )  # fmt: skip
    assert ("yyyy-mm-dd", "n") == (page["A2"].number_format, page["G2"].data_type)
    assert page["A5"].font.bold and "合计" == page["A5"].value


def test_a_csv_holds_the_same(tmp_path: Path) -> None:
    """Tables below each other, readable by Excel, and no live formula."""
    with speaking("zh"):
        write_report(tmp_path / "s.csv", support_sheets(ROWS))
    content = (tmp_path / "s.csv").read_text("utf-8")
    assert content.startswith("\ufeff支持台账\n给予日期,平台编号")
    rows = list(csv.reader(io.StringIO(content)))
    assert "'=1+1" == rows[2][5]
    assert [["支持分类汇总"], ["支持类别", "平台数", "条数", "金额（万元）"]] == rows[7:9]


def test_a_long_text_is_wrapped_and_seen(tmp_path: Path) -> None:
    """The row is as high as its lines: not every program works that out."""
    sheet = ReportSheet("t", "t", ["说明"], [["共性技术平台" * 20], ["短"]])
    write_report(tmp_path / "x.xlsx", [sheet])
    page: Any = load_workbook(tmp_path / "x.xlsx")["t"]
    assert page.row_dimensions[2].height > 3 * page.row_dimensions[3].height
    assert page["A2"].alignment.wrap_text


@pytest.mark.parametrize("name", ["report", "report.doc", "nowhere/report.xlsx"])
def test_a_file_that_cannot_be_is_said(tmp_path: Path, name: str) -> None:
    """Its name says what it is to be; nothing is left behind."""
    with pytest.raises(BadInput):
        write_report(tmp_path / name, support_sheets(ROWS))
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["r.xlsx", "r.csv"])
def test_a_report_is_never_written_over_another(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `pingtai plan --file` does; and all tables are counted."""
    with speaking("zh"):
        write_report(tmp_path / name, figures_sheets(FIGURES))
    assert "已将 7 行（5 张表）写入" in capsys.readouterr().err
    before = (tmp_path / name).read_bytes()
    with pytest.raises(BadInput, match="is kept"):
        write_report(tmp_path / name, support_sheets(ROWS))
    assert before == (tmp_path / name).read_bytes()
