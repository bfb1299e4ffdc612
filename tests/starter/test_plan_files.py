"""A plan as a file that is fetched, changed and handed in again: nothing is lost or misread."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from starter.commands.plan_files.plan_file import (
    read_mechanisms,
    read_plan,
    write_plan,
    written_plan,
)
from starter.commands.plan_files.plan_headings import title_of
from starter.errors import BadInput
from starter.plans.plan_sections import HEADINGS
from starter.tables.cell_values import is_error
from starter.terminal.chosen_language import speaking
from worker.documents import ROOT
from workflows.application import Plan
from workflows.model import as_sent, parse
from workflows.name_comparison import says_something
from workflows.vocabulary import GovernanceBody, LegalForm, PlanPart, TransferPractice


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Whoever fetches it reads Chinese."""
    with speaking("zh"):
        yield


EXAMPLE: dict[str, Any] = json.loads(
    (ROOT / "examples/bj-riscv-soc/application.json").read_text("utf-8")
)["plan"]
ODD = (
    "# 目标",
    "## 思路\n内容",
    "\\# 目标\n\\\\## 目标",
    "=1+1",
    "'=1+1",
    "@甲\n\n\n乙",
    "一行\r\n二行\r三行",
    "前\ufeff后",
    "\ufeff开头",
    "<!-- 注 -->",
    "--> 甲",
    "&#13;&#38;#13;&amp;",
    "- 一\n- 二",
    "_x000D_",
    "00096",
    "2024-2",
    "甲\x00乙\x0b丙\x1f",
    "一\u2028二\x85三",
    "| a | b |\n|---|---|",
    "```\n# not a heading\n```",
    '{"parts": 1}',
)


def said_something(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return text.filter(says_something)


TEXT = st.one_of(
    st.sampled_from(ODD),
    said_something(st.text(st.characters(codec="utf-8"), max_size=40)),
    said_something(st.text(st.sampled_from("#\\ \n\r=;；&1甲<!->"), max_size=20)),
)
SHORT = st.one_of(
    st.sampled_from(("会费; 捐赠", "a=1", "a=60; b", "政府\n资金")),
    said_something(st.text(max_size=10)),
)


QUIET = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""On a busy machine it takes long to make up a plan."""


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Any plan that may be filed."""
    first = draw(st.integers(0, 100))
    said = {
        "legal_form": draw(st.sampled_from(list(map(str, LegalForm)))),
        "independent_by": "2029-12-31",
        "membership": draw(TEXT),
        "fees": draw(TEXT | st.none()),
        "governance": draw(st.lists(st.sampled_from(list(map(str, GovernanceBody))), max_size=4)),
        "funding": [
            {"source": draw(SHORT), "share": first},
            {"source": draw(SHORT), "share": 100 - first},
        ],
        "lead_unit_funding_wan": draw(st.integers(0, 100_000_000)),
        "transfer": draw(st.lists(st.sampled_from(list(map(str, TransferPractice))), max_size=2)),
    }
    said = {name: value for name, value in said.items() if value not in (None, [])}
    made = {"parts": {str(part): draw(TEXT) for part in PlanPart}, "mechanisms": said}
    return as_sent(parse(Plan, made))


@QUIET
@given(plans())
@example({**EXAMPLE, "parts": dict(zip(map(str, PlanPart), ODD, strict=False))})
def test_markdown_reads_back_exactly(tmp_path_factory: Any, said: dict[str, Any]) -> None:
    """Also after an editor has written it with the line ends of Windows, and a byte order mark."""
    content = written_plan(said, ".md", ("建设方案", "--> # 目标"))
    path = tmp_path_factory.mktemp("plan") / "plan.md"
    for written in (content, b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")):
        path.write_bytes(written)
        assert read_plan(str(path)) == said


@QUIET
@given(plans())
@example(
    {
        **EXAMPLE,
        "mechanisms": {**EXAMPLE["mechanisms"], "funding": [{"source": "[{甲", "share": 100}]},
    }
)
def test_a_workbook_reads_back_exactly(tmp_path_factory: Any, said: dict[str, Any]) -> None:
    """Nothing in it is a formula; what a workbook cannot hold is not written."""
    texts = [*said["parts"].values(), said["mechanisms"].get("fees")]
    try:
        content = written_plan(said, ".xlsx")
    except BadInput as error:
        assert "use .json" in error.words.en
        assert any(is_error(text) for text in texts)
        return
    path = tmp_path_factory.mktemp("plan") / "plan.xlsx"
    path.write_bytes(content)
    assert read_plan(str(path)) == said
    (page,) = load_workbook(path).worksheets
    set_up = page.sheet_properties.pageSetUpPr
    assert set_up
    assert set_up.fitToPage
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$1:$1")
    cells = [cell for row in page for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


@QUIET
@given(plans())
def test_json_reads_back_exactly(said: dict[str, Any]) -> None:
    assert json.loads(written_plan(said, ".json")) == said


def fetched() -> str:
    return written_plan(EXAMPLE, ".md", ("平台 bj-riscv-soc",)).decode()


@pytest.mark.parametrize("form", [".md", ".xlsx"])
def test_headings_are_in_the_language_of_the_person(tmp_path: Path, form: str) -> None:
    """One language; the other is read back, too, and both of them, as earlier releases wrote."""
    english, chinese, both = (tmp_path / f"{name}{form}" for name in ("en", "zh", "both"))
    with speaking("en"):
        write_plan(EXAMPLE, english)
    write_plan(EXAMPLE, chinese)
    assert read_plan(str(english)) == read_plan(str(chinese)) == EXAMPLE
    if form == ".md":
        text = english.read_text("utf-8")
        assert [] == [line for line in text.splitlines() if line[:1] == "#" and not line.isascii()]
        headings = [line for line in chinese.read_text("utf-8").splitlines() if line[:1] == "#"]
        assert not any(re.search("[a-z]", line) for line in headings)
        both.write_text(text.replace("## Goals", "## 目标 goals"), "utf-8")
    else:
        book = load_workbook(chinese)
        sheet: Any = book.active
        assert [cell.value for cell in sheet[1]] == ["部分", "内容", "填写说明"]
        sheet["A1"], sheet["B1"] = "部分 part", "内容 text"
        book.save(both)
    assert read_plan(str(both)) == EXAMPLE


def test_what_is_fetched_is_read_by_people() -> None:
    """A heading for each part; words of the guideline, and not of the contract."""
    text = fetched()
    assert [line for line in text.splitlines() if line.startswith("# ")] == [
        "# 建设方案",
        "# 运作机制",
        "# 指标",
    ]
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == [title_of(path) for path in HEADINGS]
    assert "人、财、物相对独立管理" in text
    assert "研究所投入=40; 会员会费=35" in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## 思路", "## 一、思路"),
        ("## 思路", "### Approach ##"),
        ("## 思路", "## 1.2 思路"),
        ("## 思路", "## （一）思路"),
        ("## 思路", "# 第一章 思路"),
        ("## 思路", "## **1. Approach**"),
        ("## 思路", "# 思路（《指引》第四部分第（一）项）"),
        ("## 思路", "## APPROACH  思路"),
        ("人、财、物相对独立管理", "separately_managed"),
        ("研究所投入=40; 会员会费=35", "- 研究所投入=40%\n- 会员会费=35"),
    ],
)
def test_headings_and_words_in_either_language(tmp_path: Path, old: str, new: str) -> None:
    """What an operator or a word processor makes of a heading is understood."""
    assert old in fetched()
    path = tmp_path / "plan.md"
    path.write_text(fetched().replace(old, new), "utf-8")
    assert read_plan(str(path)) == EXAMPLE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## 目标", "## 预算", ("line 11", "“预算” is no heading", "backslash")),
        ("## 目标", "## 思路", ("line 11", "stands twice", "line 7")),
        ("## 目标\n", "", ("no heading for goals", "目标")),
        ("# 建设方案\n", "# 建设方案\n先写一句\n", ("line 2", "under no heading")),
        (EXAMPLE["parts"]["goals"], "", ("line 11, 目标", "nothing is written there")),
        (EXAMPLE["parts"]["goals"], "长" * 5001, ("line 11, 目标", "5000")),
        ("人、财、物相对独立管理", "合伙", ("法人形式", "合伙")),
        ("研究所投入=40", "研究所投入=41", ("operating mechanisms", "101")),
        ("研究所投入=40", "研究所投入", ("资金来源", "SOURCE=SHARE")),
        ("2028-06-30", "2028年13月", ("独立法人化承诺日期", "not a date")),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, said: tuple[str, ...]
) -> None:
    """By the line and the heading, in both languages."""
    assert old in fetched()
    path = tmp_path / "plan.md"
    path.write_text(fetched().replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as refused:
        read_plan(str(path))
    for part in (str(path), *said):
        assert part in refused.value.words.en
    assert refused.value.words.zh != refused.value.words.en


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            (("## 目标", "## 目的"), ("## 保障措施", "## 思路")),
            ("第 11 行：“目的”不是", "“思路”重复，已见于第 7 行", "缺少标题：目标、保障措施"),
        ),
        (
            ((EXAMPLE["parts"]["goals"], ""), ("人、财、物相对独立管理", "合伙")),
            ("“目标”：没有内容", "“法人形式”", "合伙"),
        ),
    ],
)
def test_all_that_is_wrong_is_said_at_once(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], said: tuple[str, ...]
) -> None:
    """With the headings that are missing, since a wrong one was meant for one of them."""
    text = fetched()
    for old, new in changes:
        text = text.replace(old, new, 1)
    path = tmp_path / "plan.md"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput) as refused:
        read_plan(str(path))
    for part in said:
        assert part in refused.value.words.zh


def test_rows_of_a_workbook_that_are_wrong(tmp_path: Path) -> None:
    """By the row and the part; what people do not see in it is refused as in any table."""
    path = tmp_path / "plan.xlsx"

    def changed(change: Any) -> str:
        path.write_bytes(written_plan(EXAMPLE, ".xlsx"))
        book = load_workbook(path)
        change(book.active)
        book.save(path)
        with pytest.raises(BadInput) as refused:
            read_plan(str(path))
        return refused.value.words.en

    assert "row 3, “预算”: no part" in changed(lambda page: page.cell(3, 1, "预算"))
    assert "row 3, “思路”: this part is there twice" in changed(
        lambda page: page.cell(3, 1, "思路")
    )
    assert "row 3, 目标: nothing" in changed(lambda page: setattr(page["B3"], "value", None))
    assert "no heading for goals" in changed(lambda page: page.delete_rows(3))
    both = changed(lambda page: (page.cell(3, 1, "预算"), page.cell(4, 1, "思路")))
    assert "row 3" in both and "row 4" in both
    assert "the first row names" in changed(lambda page: page.cell(1, 2, "text of it"))
    assert "an error of the spreadsheet" in changed(lambda page: page.cell(3, 2, "=1/0"))
    assert "hidden rows" in changed(lambda page: setattr(page.row_dimensions[3], "hidden", True))


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    """Nobody loses a plan that is half changed; and a name without a form is not guessed at."""
    path = tmp_path / "plan.md"
    path.write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        write_plan(EXAMPLE, path)
    assert path.read_text() == "mine"
    for name in ("plan.docx", "plan"):
        with pytest.raises(BadInput, match=r"\.json, \.md or \.xlsx"):
            write_plan(EXAMPLE, tmp_path / name)
    with pytest.raises(BadInput, match="cannot be written"):
        write_plan(EXAMPLE, tmp_path / "none" / "plan.md")


def test_what_no_workbook_can_hold_is_said(tmp_path: Path) -> None:
    """A text that looks like a spreadsheet's error would come back as none."""
    odd = {**EXAMPLE, "parts": {**EXAMPLE["parts"], "goals": "#N/A"}}
    with pytest.raises(BadInput, match=r"use \.json"):
        write_plan(odd, tmp_path / "plan.xlsx")
    write_plan(odd, tmp_path / "plan.md")
    assert read_plan(str(tmp_path / "plan.md")) == odd


@pytest.mark.parametrize("name", ["plan.md", "plan.xlsx", "plan.json"])
def test_the_mechanisms_alone(tmp_path: Path, name: str) -> None:
    """The yearly report brings them up to date: out of the plan's file, or of one that says only these."""
    path = tmp_path / name
    write_plan(EXAMPLE, path)
    assert read_mechanisms(str(path)) == EXAMPLE["mechanisms"]
    if name == "plan.md":
        text = path.read_text("utf-8")
        alone = text[text.index("# 运作机制") :]
        path.write_text(alone, "utf-8")
        assert read_mechanisms(str(path)) == EXAMPLE["mechanisms"]
        with pytest.raises(BadInput, match="no heading for approach"):
            read_plan(str(path))
        path.write_text(alone.replace("研究所投入=40", "研究所投入=39"), "utf-8")
        with pytest.raises(BadInput, match=r"operating mechanisms: .* 99"):
            read_mechanisms(str(path))
    if name == "plan.json":
        path.write_text(json.dumps(EXAMPLE["mechanisms"]), "utf-8")
        assert read_mechanisms(str(path)) == EXAMPLE["mechanisms"]
