"""What is said of columns and kinds that a file of decisions names wrongly."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
DATED: dict[str, Any] = {
    "platform": "p-1",
    "kind": "withdrawal",
    "reason": "x",
    "actor": {"id": "op-1", "role": "operator", "organisation": "某单位"},
    "decided_on": "2026-11-24",
}


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        ("平台编号,决定类型", "p-1,所在区推荐", "首行缺少列“事项”；“决定类型”不是列名"),
        ("平台,事项,意见", "p-1,所在区推荐,同意", "“意见”不是“所在区推荐”的列名或字段；可用的列："),
        ("平台号,事项", "p-1,所在区推荐", "首行缺少列“平台编号”；“平台号”不是列名"),
        ("平台,事项,决定日期", "p-1,所在区推荐,2026-13-40", "决定日期：“2026-13-40”"),
        ("平台,事项,结论", "p-1,所在区推荐,好", "结论：“好”不在可选值之中："),
        ("平台,事项", "p-1,推荐函", "事项：“推荐函”不在可选值之中：所在区推荐"),
        ("平台,事项", "p-1,", "该行未写事项：所在区推荐"),
    ],
)
def test_wrong_columns_are_named_as_people_call_them(
    pingtai: Run, head: str, row: str, said: str
) -> None:
    """A heading that is no column, and what is missing instead; a cell by its column's label."""
    Path("d.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    result = pingtai("decide", "--file", "d.csv", lang="zh")
    assert 2 == result.exit_code
    assert said in result.output


def test_a_line_of_json_names_the_kinds_in_words(pingtai: Run) -> None:
    """An unknown kind, and none, in the language of who reads."""
    lines = ({**DATED, "kind": "recommend"}, {"platform": "p-1"})
    Path("d.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    result = pingtai("decide", "--file", "d.jsonl", lang="zh")
    assert 2 == result.exit_code
    assert "事项（kind）：“recommend”不在可选值之中：所在区推荐" in result.output
    assert "该行未写事项（kind）" in result.output
