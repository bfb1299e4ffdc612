"""What staff look up, as the command line says it, from a real register."""

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook, load_workbook
from rich.cells import cell_len
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from db.engine import create_engine
from db.register_store import PostgresRegister
from db.tables import layout_directions
from db.url import shown
from starter.terminal import screen
from tests.register.cases import START, application, batch, listed, opened, rectified, set_aside
from tests.rules.builders import COMMISSION, MECHANISMS, OPERATOR
from tests.starter.test_bars_and_completion import completed
from workflows.vocabulary import Happening, PlanPart

Run = Callable[..., Result]

NAME = "=1+1 卫星互联网终端与相控阵天线共性技术平台"
PAST = MECHANISMS | {"legal_form": "separately_managed", "independent_by": "2024-12-31"}
LAYOUT = (
    "领域,方向,优先级,所在区\n"
    "人工智能,大模型,1,\n"
    "artificial_intelligence,自动驾驶,2,海淀区；shunyi\n"
    "集成电路,封装,1,beijing_etown\n"
)


@pytest.fixture(scope="module")
async def filled(postgres_url: str, template: str) -> AsyncIterator[str]:
    """The URL of a register with four platforms."""
    admin = create_engine(postgres_url, pooled=False).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE reading TEMPLATE {template}"))
    url = shown(make_url(postgres_url).set(database="reading"))
    engine = create_engine(url)
    register = PostgresRegister(engine)
    first = listed(application("p-1", name=NAME, direction="大模型"))
    support = {"support": "tax", "given_on": "2024-02-12", "title": "研发费用加计扣除"}
    first.decide("support", COMMISSION, **support, amount_wan=1200)
    first.decide("support", COMMISSION, **support)
    set_aside(first, str(first.case.log[-1].decision_id))
    year = rectified(first)
    plan = {"parts": dict.fromkeys(PlanPart, "思路"), "mechanisms": PAST}
    second = opened(application("p-2", direction="未列", plan=plan), START + timedelta(days=300))
    second.record_event(Happening.OVERDUE)
    third = listed(application("p-3", direction="大模型"))
    third.decide("withdrawal", OPERATOR, reason="调整")
    fourth = opened(application("p-4", field="medicine_and_health"))
    for told, of in ((first, None), (year, first), (second, None), (third, None), (fourth, None)):
        await register.write(batch(told, platform=of))
    await engine.dispose()
    yield url
    async with admin.connect() as connection:
        await connection.execute(text("DROP DATABASE reading WITH (FORCE)"))
    await admin.dispose()


@pytest.fixture(autouse=True)
def reading(filled: str, monkeypatch: pytest.MonkeyPatch, nobodys_environment: None) -> None:
    """The commands read this register."""
    monkeypatch.setenv("DATABASE_URL", filled)


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
    assert "2024-02-12" == str(rows[1][15].value)[:10]
    assert "yes" == rows[2][9].value


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
            "expired after 2027-02-12",
            "有效期于 2027-02-12 届满，已移出名单",
        ),
        ("p-1", "2027-02-12", 0, "as of now", "按目前情况"),
        ("p-2", "2024-02-12", 1, "it was never listed", "未曾纳入名单"),
        ("p-3", "2024-02-19", 1, "withdrawn on 2024-02-19", "2024-02-19 撤回"),
        ("p-9", "2024-02-12", 2, 'No platform "p-9"', "名册中没有平台“p-9”"),
    ],
)
def test_valid(  # noqa: PLR0917
    pingtai: Run, platform: str, day: str, code: int, en: str, zh: str
) -> None:
    """Yes is 0, no is 1 with the reason, unknown is 2; in both languages."""
    for lang, words in (("en", en), ("zh", zh)):
        result = pingtai("valid", platform, "--on", day, lang=lang)
        assert code == result.exit_code
        assert words in result.output


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
    assert "新增 0，变更 0，移除 0，不变 3\n与第 1 版相同，未作任何改变" in again.stdout
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


def test_mechanisms(pingtai: Run) -> None:
    """Counts of what is stated, the platforms, and whose promise is past."""
    shown_all = pingtai("mechanisms").stdout
    assert re.search(r"Promise past its date\t1", shown_all)
    assert re.search(r"牵头单位\t3\t60\.0%", shown_all)
    assert "2024-12-31 PAST" in shown_all
    assert "2024-12-31【已过】" in pingtai("mechanisms", "--past-date", lang="zh").stdout
    one = json.loads(pingtai("mechanisms", "--legal-form", "独立法人", "--json").stdout)
    assert ["p-1", "p-4"] == [row["platform_id"] for row in one["page"]]
    assert "No platforms found" in pingtai("mechanisms", "--district", "miyun").stderr


def test_stats(pingtai: Run) -> None:
    """Stages in the order of the life, steps with whose was the worst, results by year."""
    rows = pingtai("stats").stdout.splitlines()
    assert ["recommendation", "2"] == rows[1].split()
    assert ["valid", "1"] == rows[2].split()
    assert ["withdrawn", "1"] == rows[3].split()
    assert any(row.split() == ["recommendation", "2", "7.0", "7.0", "p-1"] for row in rows)
    assert any("整改后符合要求" in row for row in pingtai("stats", lang="zh").stdout.splitlines())
    data = json.loads(pingtai("stats", "--year", "2024", "--json").stdout)
    assert [{"word": "2024", "platforms": 2}] == data["years"]
    assert "No platforms found" in pingtai("stats", "--district", "miyun").stderr


def test_a_chart_on_a_terminal_and_numbers_in_a_pipe(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bars are drawn where somebody looks, and nowhere else."""
    assert "█" not in pingtai("stats").stdout
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    assert "█" in pingtai("stats").stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "command",
    [
        ("register", "--on", "2024-12-31"),
        ("support", "list"),
        ("mechanisms",),
        ("stats",),
        ("layout", "show"),
        ("show", "p-1"),
    ],
)
def test_fits_eighty_columns(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch, lang: str, command: tuple[str, ...]
) -> None:
    """On a terminal of 80 columns no line is wider."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", pingtai(*command, lang=lang).stdout)
    assert 0 < max(cell_len(row) for row in drawn.splitlines()) <= 80


def test_ids_are_completed(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that begin so are offered with their names; where nobody answers none are, without a word."""
    asked = {
        "COMP_WORDS": "pingtai show p-",
        "COMP_CWORD": "2",
        "_PINGTAI_COMPLETE": "bash_complete",
    }
    offered = completed(asked)
    assert ["plain,p-1", "plain,p-2", "plain,p-3", "plain,p-4"] == offered.split()
    assert [] == completed(asked | {"COMP_WORDS": "pingtai show p%"}).split()
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@127.0.0.1:1/away")
    assert [] == completed(asked).split()
