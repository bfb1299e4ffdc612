"""Templates of decisions: in the language in use, read back as they are written, one kind or all."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from openpyxl import load_workbook

from starter.commands.batch.decision_columns import columns_of_kind, columns_of_kinds
from starter.commands.batch.decision_headings import decision_headings
from starter.commands.batch.formats import Cells
from starter.tables.csv_rows import csv_of
from starter.terminal.chosen_language import speaking
from workflows.vocabulary import InspectionItem, Kind
from workflows.words import Language

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]


def rows_of(name: str) -> list[list[str]]:
    """What stands in a CSV."""
    return list(csv.reader(Path(name).read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", [*Kind, None])
def test_every_heading_is_read_back(lang: Language, kind: Kind | None) -> None:
    """As the column that it was written for; none is the name of a field."""
    columns = columns_of_kind(kind) if kind else columns_of_kinds(tuple(Kind))
    headings = decision_headings()
    with speaking(lang):
        called = {column.name: headings.heading_of(column.name, column.label) for column in columns}
    assert list(called) == [headings.name_of(heading) for heading in called.values()]
    assert not [heading for heading in called.values() if "_" in heading or "." in heading]


@pytest.mark.parametrize("kind", ["review", "district_review", "所在区意见", "district review"])
def test_a_template_of_a_kind_in_chinese(pingtai: Run, kind: str) -> None:
    """By the name of its command, too; a file of this name is never written over."""
    result = pingtai("decide", "--template", "t.csv", kind, lang="zh")
    assert 0 == result.exit_code, result.output
    assert "pingtai decide --file t.csv --dry-run" in result.stdout
    heading, needed, _, example = rows_of("t.csv")
    assert [
        "平台编号",
        "事项",
        "提出情况",
        "所在区意见",
        "理由",
        "决定日期",
        "依据文件",
        "备注",
    ] == heading
    assert ["# 必填", "必填", "选填", "必填（提出情况为“已提出”时）"] == needed[:4]
    assert ["所在区意见", "已提出", "据实填写", ""] == example[1:5]  # what its outcome needs
    assert 2 == pingtai("decide", "--template", "t.csv", kind).exit_code
    for wrong in ("所在区意件", "现场核察"):
        said = pingtai("decide", "--template", "u.csv", wrong, lang="zh")
        assert (2, True) == (said.exit_code, "是否为“" in said.stderr)


@pytest.mark.parametrize("kind", [*Kind, None])
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "required, or --date for all"), ("zh", "必填，或以 --date 统一指定")]
)
def test_the_day_is_needed_unless_the_command_says_it(
    pingtai: Run, kind: Kind | None, lang: Language, said: str
) -> None:
    """A row without it is refused where --date is not given."""
    assert (
        0
        == pingtai("decide", "--template", "d.csv", *([kind] if kind else []), lang=lang).exit_code
    )
    heading, needed, *_ = rows_of("d.csv")
    columns = columns_of_kind(kind) if kind else columns_of_kinds(tuple(Kind))
    assert len(columns) == len(heading)
    place = [column.name for column in columns].index("decided_on")
    assert said == needed[place]


def test_a_template_is_filled_in_and_sent(pingtai: Run, sent: Sent) -> None:
    """Its remarks are no decisions; findings have a column each."""
    pingtai("decide", "--template", "t.xlsx", "inspect", lang="zh")
    book = load_workbook("t.xlsx")
    page, explained = book.worksheets
    assert ("现场核查", "列说明") == (page.title, explained.title)
    heading = [str(cell.value) for cell in next(page.iter_rows(max_row=1))]
    said = {
        "平台编号": "p-1",
        "事项": "现场核查",
        "结论": "通过",
        **{f"核查意见：{item.zh}": "符合" for item in InspectionItem},
        "核查意见：场地": "需改进：通风不足",
        "修改意见": "补充通风",
        "核查人员": "核查员1（市科委）",
        "决定日期": "2026-11-24",
    }
    assert set(said) < set(heading)
    page.append([said.get(name) for name in heading])
    book.save("t.xlsx")
    actor = ("--actor", "c-1", "--organisation", "市科委、中关村管委会")
    result = pingtai("decide", "--file", "t.xlsx", *actor, lang="zh")
    assert 0 == result.exit_code, result.output
    [(platform, decision)] = sent
    assert ("p-1", "inspection") == (platform, decision["kind"])
    assert {"finding": "to_improve", "remark": "通风不足"} == decision["findings"]["site"]
    assert ["核查员1（市科委）"] == decision["inspectors"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", [*Kind])
def test_no_required_cell_of_the_example_is_empty(pingtai: Run, lang: Language, kind: Kind) -> None:
    """Whoever copies the example row sees where something belongs."""
    pingtai("decide", "--template", "t.csv", kind, lang=lang)
    heading, needed, _, example = rows_of("t.csv")
    required = {"en": "required", "zh": "必填"}[lang]
    empty = [
        name
        for name, word, cell in zip(heading, needed, example, strict=True)
        if word.removeprefix("# ") == required and not cell
    ]
    assert [] == empty


def test_columns_say_what_they_take(pingtai: Run) -> None:
    """A list's number may be Chinese; who needs inspectors is said in the policy's words."""
    pingtai("decide", "--template", "t.csv", "list", lang="zh")
    heading, _, how, _ = rows_of("t.csv")
    for name in ("名单批次", "证书编号"):
        assert "汉字" in how[heading.index(name)]
    pingtai("decide", "--template", "u.csv", "inspect", lang="zh")
    heading, needed, *_ = rows_of("u.csv")
    assert "政策参数要求时必填" == needed[heading.index("核查人员")]


@pytest.mark.parametrize(
    "heading",
    ["核查意见：其余", "核查意见：全部", "核查意见.all", "findings: others", "findings.all"],
)
def test_one_column_holds_for_all_findings(heading: str) -> None:
    """In words that come to mind, too."""
    assert "findings.all" == decision_headings().name_of(heading)


def test_a_template_of_all_kinds_says_what_each_column_is_for(pingtai: Run) -> None:
    """What kinds call differently has all their names, and is read under each."""
    pingtai("decide", "--template", "t.csv", lang="zh")
    heading, needed, *_ = rows_of("t.csv")
    place = heading.index("推荐意见/论证意见")
    assert "用于：所在区推荐、专家论证意见" == needed[place]
    table = csv_of([["平台", "事项", "推荐意见/论证意见"], ["p-1", "所在区推荐", "同意"]])
    [entry] = Cells().read(table)
    assert "同意" == entry.fields["opinion"]


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        (
            "平台,事项,推荐意见",
            "所在区意见,符合",
            "“推荐意见”不是“所在区意见”的列名或字段；可用的列：",
        ),
        ("平台,事项,核查意见：场地", "现场核查,好", "核查意见：场地：场地=好：“好”不在可选值之中"),
        ("平台,事项,日期", "撤回,2026-11-24", "“日期”不是“撤回”的列名或字段"),
        ("平台,决定事项,决定 日期", "撤回,2026-13-01", "决定 日期：“2026-13-01”不是日期"),
        ("平台,事项,决定日期", "撤回,2026-11-24", "理由：缺少此项"),
    ],
)
def test_errors_name_the_heading_of_the_file(pingtai: Run, head: str, row: str, said: str) -> None:
    """And not the field, which the file does not have."""
    Path("d.csv").write_text(f"{head}\np-1,{row}\n", encoding="utf-8")
    actor = ("--actor", "c-1", "--organisation", "某单位")
    result = pingtai("decide", "--file", "d.csv", *actor, lang="zh")
    assert 2 == result.exit_code
    assert said in result.stdout
    for field in ("opinion", "findings", "decided_on", "reason（"):
        assert field not in result.stdout


def test_what_was_not_done_has_headings_in_the_same_language(pingtai: Run) -> None:
    """Those of the file, and for what is added the labels; it is read again."""
    Path("d.csv").write_text("平台,事项,日子\np-1,撤回,x\n", encoding="utf-8")
    pingtai("decide", "--file", "d.csv", lang="zh")
    heading, row = rows_of("d.refused.csv")
    assert ["平台", "事项", "日子", "未办理的原因"] == heading
    assert "“日子”不是“撤回”" in row[-1]
    again = pingtai("decide", "--file", "d.refused.csv", lang="zh")
    assert "“日子”不是“撤回”" in again.stdout


@pytest.mark.parametrize(
    "args", [(), ("review",), ("review", "--file", "x.csv"), ("--file", "x", "--template", "t.csv")]
)
def test_what_goes_with_a_template(pingtai: Run, args: tuple[str, ...]) -> None:
    """One or the other is asked for, and said."""
    assert 2 == pingtai("decide", *args).exit_code
