"""What staff look up, as the command line says it, from a real register."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from db.engine import create_engine
from db.tables import layout_directions
from tests.starter.filled_register import NAME, filled, reading

__all__ = ["filled", "reading"]

Run = Callable[..., Result]

LAYOUT = (
    "领域,方向,优先级,所在区\n"
    "人工智能,大模型,1,\n"
    "artificial_intelligence,自动驾驶,2,海淀区；shunyi\n"
    "集成电路,封装,1,beijing_etown\n"
)


def test_csv_in_a_pipe_and_in_a_file(pingtai: Run) -> None:
    """Words of the language under headings; only a file has a mark of its bytes; formulas are text."""
    piped = pingtai("register", "--format", "csv", "--all", lang="zh").stdout
    head, first, *rest = csv.reader(io.StringIO(piped))
    assert ["平台编号", "平台名称", "平台运营单位"] == head[:3]
    assert [
        "p-1",
        f"'{NAME}",
        "京芯共性平台运营有限公司",
        "京芯微电子研究院",
        "海淀区",
        "人工智能",
    ] == first[:6]
    assert 3 == len(rest)
    result = pingtai("register", "--format", "csv", "--all", "-o", "r.csv", lang="zh")
    assert "已将 4 个平台写入 r.csv" in result.stderr
    assert b"\xef\xbb\xbf" + piped.encode() == Path("r.csv").read_bytes()


def test_xlsx(pingtai: Run) -> None:
    """Cells have their kinds: text that looks like a formula is text, days are days."""
    pingtai("register", "--format", "xlsx", "--all", "-o", "r.xlsx")
    page = load_workbook("r.xlsx").active
    assert page is not None
    rows = list(page.iter_rows())
    assert ["Platform id", "p-1", "p-2", "p-3", "p-4"] == [row[0].value for row in rows]
    assert (NAME, "s") == (rows[1][1].value, rows[1][1].data_type)
    places = {str(cell.value): number for number, cell in enumerate(rows[0])}
    assert "2024-02-12" == str(rows[1][places["Listed on"]].value)[:10]
    assert "yes" == rows[2][places["Overdue"]].value


def test_json_whole_and_paged(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, over the pages, is a JSON list of the register's own rows; an empty one too."""
    monkeypatch.setattr("starter.commands.register.LARGEST_PAGE", 3)
    whole = json.loads(pingtai("register", "--format", "json", "--all").stdout)
    assert ["p-1", "p-2", "p-3", "p-4"] == [row["platform_id"] for row in whole]
    assert whole == json.loads(pingtai("register", "--json").stdout)
    assert [] == json.loads(pingtai("register", "--json", "--year", "2001").stdout)
    then = pingtai("register", "--on", "2024-02-12", "--all", "--format", "json")
    assert ["p-1", "p-3", "p-4"] == [row["platform_id"] for row in json.loads(then.stdout)]


@pytest.mark.parametrize(
    "flags",
    [
        ("--all",),
        ("-o", "r.csv"),
        ("--format", "xlsx"),
        ("--format", "csv", "-o", "nowhere/r.csv"),
        ("--format", "xlsx", "-o", "."),
        ("--on", "2024-02-30"),
        ("--on", "soon"),
    ],
)
def test_exports_that_cannot_be(pingtai: Run, flags: tuple[str, ...]) -> None:
    """What makes no sense is bad input, and leaves no file behind."""
    before = set(Path().iterdir())
    result = pingtai("register", *flags)
    assert (2, "") == (result.exit_code, result.stdout)
    assert before == set(Path().iterdir())


def test_the_register_of_a_day(pingtai: Run) -> None:
    """On the day of its listing a platform is valid, also one that has withdrawn since."""
    shown_then = pingtai("register", "--on", "2024-02-12").stdout.splitlines()
    assert [("p-1", True), ("p-3", True), ("p-4", False)] == [
        (row.split()[0], "valid" in row.split("\t")) for row in shown_then[1:]
    ]
    now = pingtai("register").stdout
    assert "withdrawn" in now
    assert "as of today" in pingtai("register", "--on", "2199-01-01").stderr


@pytest.mark.parametrize(
    ("platform", "day", "code", "en", "zh"),
    [
        ("p-1", "2024-02-12", 0, "yes: p-1 is valid on 2024-02-12; from 2024-02-12", "是：p-1"),
        ("p-1", "2024-02-11", 1, "first listed on 2024-02-12", "首次纳入名单"),
        (
            "p-1",
            "2027-02-13",
            1,
            "no, as of now: p-1 will not be valid on 2027-02-13; valid until 2027-02-12, and removed",
            "否（按目前情况）：p-1 于 2027-02-13 不在有效期内；有效期至 2027-02-12，届满后将移出名单",
        ),
        ("p-1", "2027-02-12", 0, "as of now", "按目前情况"),
        ("p-2", "2024-02-12", 1, "it was never listed", "未曾纳入名单"),
        ("p-3", "2024-02-19", 1, "withdrawn on 2024-02-19", "2024-02-19 撤回"),
        ("p-9", "2024-02-12", 2, 'No platform "p-9"', "名册中没有平台“p-9”"),
    ],
)
def test_valid(  # noqa: PLR0917
    pingtai: Run,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    day: str,
    code: int,
    en: str,
    zh: str,
) -> None:
    """Yes is 0, no is 1 with the reason, unknown is 2; in both languages. What is to come is foreseen."""
    set_today(monkeypatch, date(2026, 11, 30))
    for lang, words in (("en", en), ("zh", zh)):
        result = pingtai("valid", platform, "--on", day, lang=lang)
        assert code == result.exit_code
        assert words in result.output


def test_what_is_past_is_said_as_past(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the last day is over, and while a day after it is still to come."""
    set_today(monkeypatch, date(2027, 2, 13))
    for day, begins in (("2027-02-13", "否：p-1 于"), ("2027-03-01", "否（按目前情况）：p-1 于")):
        said = pingtai("valid", "p-1", "--on", day, lang="zh").output
        assert said.startswith(begins)
        assert "有效期于 2027-02-12 届满，已移出名单" in said


def set_today(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be a day for who asks whether a platform is valid."""
    for module in ("starter.commands.valid", "starter.validity_words"):
        monkeypatch.setattr(f"{module}.today", lambda: day)


def test_valid_as_json(pingtai: Run) -> None:
    """The answer as data has the reason's code and the listing it rests on."""
    result = pingtai("valid", "p-3", "--on", "2024-03-01", "--json")
    found = json.loads(result.stdout)
    assert (1, False, "withdrawn") == (result.exit_code, found["valid"], found["reason"])
    assert "2024-01" == found["listing"]["list_number"]


def test_support_list(pingtai: Run) -> None:
    """What was given, by day and kind; what was set aside says so; pages follow each other."""
    shown_all = pingtai("support", "list", "p-1").stdout
    assert "1,200" in shown_all
    assert 1 == shown_all.count("SET ASIDE by 1.9")
    first = pingtai("support", "list", "--limit", "1")
    after = re.search(r"--after (\S+)", first.stderr)
    assert after is not None
    second = json.loads(pingtai("support", "list", "--after", after[1], "--json").stdout)
    assert [9] == [row["set_aside_by"] for row in second]
    assert "No support records found" in pingtai("support", "list", "--support", "财政").stderr
    assert "No support records found" in pingtai("support", "list", "--until", "2024-02-11").stderr
    assert "No support records found" in pingtai("support", "list", "--district", "miyun").stderr
    assert 2 == pingtai("support", "list", "--after", "2024-13-01/p/1.1").exit_code


def test_the_card_tells_of_support(pingtai: Run) -> None:
    """The card has the support given, in its own part."""
    assert "支持记录\n" in pingtai("show", "p-1", lang="zh").stdout


ADOPT = ("--adopted-on", "2024-01-01", "--document", f"布局通知={'0' * 64}")


def test_layout_imported_and_shown(pingtai: Run) -> None:
    """A layout is brought in with words of either language, told, and shown with who stands where."""
    Path("l.csv").write_text(LAYOUT, encoding="utf-8-sig")
    dry = pingtai("layout", "import", "l.csv", "--dry-run")
    assert "3 added, 0 changed, 0 dropped, 0 unchanged\nNothing was written." in dry.stdout
    unsaid = pingtai("layout", "import", "l.csv")
    assert (2, True) == (unsaid.exit_code, "--adopted-on and --document" in unsaid.stderr)
    assert "3 added" in pingtai("layout", "import", "l.csv", *ADOPT).stdout
    again = pingtai("layout", "import", "l.csv", *ADOPT, "--yes", lang="zh")
    assert "新增 0，变更 0，取消 0，不变 3\n与第 1 版相同，未作任何改变" in again.stdout
    rows = pingtai("layout", "show").stdout.splitlines()
    assert "Version 1, adopted on 2024-01-01 by 布局通知" == rows[0]
    assert "valid 1: p-1" in rows[2]
    assert "withdrawn 1: p-3" in rows[2]
    assert rows[3].endswith("NONE")
    outside = "\n".join(rows[5:])
    assert "未列" in outside
    assert "(none named)" in outside
    data = json.loads(pingtai("layout", "show", "--json", "--district", "顺义区").stdout)
    assert ["大模型", "自动驾驶"] == [one["direction"] for one in data["directions"]]


async def test_who_brought_a_layout_is_never_a_bare_name(pingtai: Run, filled: str) -> None:
    """Without a profile it is `user:NAME`, as for keys and dossiers: no profile can be called so."""
    changed = LAYOUT.replace("大模型", "小模型")
    await asyncio.to_thread(Path("l.csv").write_text, changed, encoding="utf-8")
    assert (
        0
        == (
            await asyncio.to_thread(pingtai, "layout", "import", "l.csv", *ADOPT, "--yes")
        ).exit_code
    )
    engine = create_engine(filled, pooled=False)
    async with engine.connect() as connection:
        found = select(layout_directions.c.imported_by).where(
            layout_directions.c.direction == "小模型"
        )
        assert str(await connection.scalar(found)).startswith("user:")
    await engine.dispose()


def test_layout_from_xlsx_and_json(pingtai: Run) -> None:
    """The same directions may come as a workbook or as JSON."""
    book = Workbook()
    assert book.active is not None
    for row in csv.reader(io.StringIO(LAYOUT)):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save("l.xlsx")
    Path("l.csv").write_text(LAYOUT, encoding="utf-8")
    Path("l.json").write_text(
        json.dumps(
            [
                {"field": "artificial_intelligence", "direction": "大模型", "priority": 1},
                {"field": "人工智能", "direction": "自动驾驶", "priority": 2,
                 "districts": ["haidian", "顺义区"]},
                {"field": "集成电路", "direction": "封装", "priority": "1",
                 "districts": "beijing_etown"},
            ]
        ),
        encoding="utf-8",
    )  # fmt: skip
    for name in ("l.csv", "l.xlsx", "l.json"):
        result = pingtai("layout", "import", name, *ADOPT, "--yes")
        assert (0, name) == (result.exit_code, name)
    assert "3 unchanged" in result.stdout


def test_a_layout_with_problems_changes_nothing(pingtai: Run) -> None:
    """Every problem is told with its line and column, and none of the file is taken."""
    Path("good.csv").write_text(LAYOUT, encoding="utf-8")
    pingtai("layout", "import", "good.csv", *ADOPT, "--yes")
    before = pingtai("layout", "show", "--json").stdout
    Path("l.csv").write_text(
        "direction,field,priority,districts\n"
        "新方向,人工智能,1,\n"
        "\n"
        "\u200b,人工智能,first,亦庄\n"
        "新方向,artificial_intelligence,2,any\n"
        "丙,何领域,1,\n",
        encoding="utf-8",
    )
    result = pingtai("layout", "import", "l.csv")
    assert 2 == result.exit_code
    told = result.stderr.splitlines()
    assert [
        "line 4, direction: 1 to 200 characters",
        "line 4, districts: '亦庄' is not a district",
        "line 4, priority: a number from 1 to 999",
        "line 5, direction: said already: line 2",
    ] == told[:4]
    assert told[4].startswith("line 6, field: one of next_generation_it")
    assert "5 problems; nothing was changed" in told[5]
    assert before == pingtai("layout", "show", "--json").stdout


def test_a_field_that_a_policy_adds_is_remarked(pingtai: Run) -> None:
    """Another field than the guideline's is taken, and said, because it may be a typing mistake."""
    Path("l.json").write_text('[{"field": "low_altitude", "direction": "甲", "priority": 1}]')
    result = pingtai("layout", "import", "l.json", "--dry-run", lang="zh")
    assert 0 == result.exit_code
    assert "第 1 项：low_altitude 不在指引列举的领域之中" in result.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("l.txt", b"field"),
        ("l.csv", b"field,direction\n"),
        ("l.csv", b"field,direction,priority\n"),
        ("l.csv", b'field,direction,priority\n"a'),
        ("l.csv", b"\xff\xfe"),
        ("l.json", b"{}"),
        ("l.json", b"[1"),
        ("l.json", b"[1]"),
        ("l.xlsx", b"PK"),
        ("nowhere.csv", None),
        ("nowhere.xlsx", None),
    ],
)
def test_what_is_no_layout(pingtai: Run, name: str, content: bytes | None) -> None:
    """A file that cannot be read as a layout is bad input, whatever it is."""
    if content is not None:
        Path(name).write_bytes(content)
    result = pingtai("layout", "import", name)
    assert (2, "") == (result.exit_code, result.stdout)
    assert result.stderr
