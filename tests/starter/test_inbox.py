"""`pingtai inbox` on a real register: whose it is, its filters, its pages, and how it reads."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import Result
from rich.cells import cell_len
from sqlalchemy.ext.asyncio import AsyncEngine

from db.inbox_queries import UNKNOWN, InboxRow, StepCount, Wanted
from db.register_store import PostgresRegister
from db.substitutions import Substitutions
from starter.clock import today
from starter.commands import inbox_rows
from starter.commands.inbox import inboxes_of
from starter.commands.inbox_watch import CHANGED, GONE, NEW, changes, key
from starter.desk.direct_reads import DirectReads
from starter.desk.page_cursors import inbox_cursor, read_inbox_cursor
from starter.desk.profile import Profile, ProfileRole, write_profile
from starter.errors import BadInput
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from starter.terminal.language import say
from starter.terminal.wording import until
from workflows.activity_messages import DueDate
from workflows.actors import Actor
from workflows.periods import beijing_date, end_of
from workflows.vocabulary import District, Happening, Role
from workflows.words import Language

from ..register.cases import application, assessment_of, batch, listed, opened
from ..rules.builders import OPERATOR

Run = Callable[..., Result]
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
NAME = "卫星互联网终端与相控阵天线共性技术平台"
ROW = InboxRow(
    platform_id="bj-satnet-terminal", term=1, year=0, role="commission", kind="inspection",
    stage="inspection", name=NAME, operator="甲运营公司", district="mentougou",
    field="next_generation_it", since=NOW - timedelta(days=20), due=end_of(date(2026, 12, 4)),
    due_provisional=False, overdue=False,
)  # fmt: skip
LATE = ROW.model_copy(
    update={
        "platform_id": "p-2",
        "year": 2,
        "role": "operator",
        "kind": "rectification_report",
        "stage": "rectification",
        "due": end_of(date(2026, 11, 16)),
        "overdue": True,
    }
)


@pytest.fixture
async def desk(
    register: PostgresRegister,
    engine: AsyncEngine,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A register with five open steps: one is overdue, and awaits two."""
    soon, long_ago = (DueDate(due=end_of(today() + timedelta(days=days))) for days in (30, -10))
    recommended = opened(application("p-2"))
    recommended.decide("recommendation")
    platform = listed(application("p-4"))
    yearly = assessment_of(platform)
    yearly.record_event(Happening.OVERDUE)
    for each in (
        batch(opened(application("p-1")), due=soon),
        batch(recommended),
        batch(opened(application("p-3", district="chaoyang", field="medicine_and_health"))),
        batch(platform),
        batch(yearly, platform=platform, due=long_ago),
    ):
        await register.write(each)
    monkeypatch.setenv("DATABASE_URL", database_url)


def ids(result: Result) -> list[str]:
    """The platforms of a JSON answer, in order, with the roles."""
    assert 0 == result.exit_code, result.output
    return [f"{row['platform_id']} {row['role']}" for row in json.loads(result.stdout)["rows"]]


EVERYTHING = ["p-4 commission", "p-4 operator", "p-1 district", "p-2 commission", "p-3 district"]
STAFF = Profile(
    id="zhang",
    roles=(
        ProfileRole(role=Role.DISTRICT, organisation="海淀区", district=District.HAIDIAN),
        ProfileRole(role=Role.COMMISSION, organisation="市科委"),
        ProfileRole(role=Role.OPERATOR, organisation=OPERATOR["organisation"]),
    ),
)
ELSEWHERE = ProfileRole(role=Role.DISTRICT, organisation="密云区", district=District.MIYUN)


def test_without_a_profile_everything(pingtai: Run, desk: None) -> None:
    """Without a profile everything is listed, earliest due first, and a line says why."""
    result = pingtai("inbox", "--json")
    assert EVERYTHING == ids(result)
    assert "No profile yet (`pingtai login`)" in result.stderr
    assert "" == pingtai("inbox", "--json", "--all").stderr


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (("--role", "district"), ["p-1 district", "p-3 district"]),
        (("--role", "所在区", "--district", "朝阳区"), ["p-3 district"]),
        (("--district", "chaoyang"), ["p-3 district"]),
        (("--field", "医药健康"), ["p-3 district"]),
        (("--step", "self_report"), ["p-4 commission", "p-4 operator"]),
        (("--step", "现场核查"), ["p-2 commission"]),
        (("--overdue",), ["p-4 commission", "p-4 operator"]),
        (("--overdue", "--role", "operator"), ["p-4 operator"]),
        (("--step", "withdrawal"), []),
    ],
)
def test_filters(pingtai: Run, desk: None, flags: tuple[str, ...], expected: list[str]) -> None:
    """Each filter narrows the list, alone and together, in English and in Chinese."""
    assert expected == ids(pingtai("inbox", "--json", *flags))


def test_a_profile_says_whose(pingtai: Run, desk: None) -> None:
    """With a profile it is the first role's, with --as another's, with --mine all of one's own."""
    write_profile(STAFF)
    assert ["p-1 district"] == ids(pingtai("inbox", "--json"))
    assert [] == ids(pingtai("inbox", "--json", "--district", "chaoyang"))
    assert ["p-4 commission", "p-2 commission"] == ids(
        pingtai("inbox", "--json", "--as", "commission")
    )
    assert EVERYTHING[:4] == ids(pingtai("inbox", "--json", "--mine"))
    assert ["p-1 district"] == ids(pingtai("inbox", "--json", "--mine", "--role", "district"))
    assert EVERYTHING == ids(pingtai("inbox", "--json", "--all"))
    assert ["p-3 district"] == ids(
        pingtai("inbox", "--json", "--role", "district", "--district", "chaoyang")
    )


async def test_a_substitute_has_the_principals_inbox(engine: AsyncEngine) -> None:
    """--mine holds what awaits those one stands in for on the day, and not before or after it."""
    principal = Actor(
        id="li", role=Role.DISTRICT, organisation="朝阳区", district=District.CHAOYANG
    )
    first, last = date(2026, 11, 23), date(2026, 11, 25)
    await Substitutions(engine).name(
        principal, "zhang", (first, last), reason=None, named_by="li", at=NOW
    )
    own = [
        Wanted(role="district", district="haidian"),
        Wanted(role="commission"),
        Wanted(role="operator", operator=OPERATOR["organisation"]),
    ]
    theirs = Wanted(role="district", district="chaoyang")
    assert own == await inboxes_of(DirectReads(engine), STAFF, first - timedelta(days=1))
    assert [*own, theirs] == await inboxes_of(DirectReads(engine), STAFF, first)
    assert [*own, theirs] == await inboxes_of(DirectReads(engine), STAFF, last)
    assert own == await inboxes_of(DirectReads(engine), STAFF, last + timedelta(days=1))
    away = STAFF.model_copy(update={"id": "li"})
    assert own == await inboxes_of(DirectReads(engine), away, first)


def test_pages(pingtai: Run, desk: None) -> None:
    """The cursor of a page leads to the next one, until there is none."""
    seen: list[str] = []
    after: tuple[str, ...] = ()
    while True:
        result = pingtai("inbox", "--json", "--limit", "2", *after)
        seen += ids(result)
        following = json.loads(result.stdout)["next"]
        if following is None:
            break
        after = ("--after", following)
    assert EVERYTHING == seen
    assert "Showing 2 of" in pingtai("inbox", "--limit", "2").stderr


def test_plain_in_a_pipe(pingtai: Run, desk: None) -> None:
    """In a pipe a row is a line and nothing is drawn; overdue is a word, and the counts go beside."""
    result = pingtai("inbox")
    first, second, *rest = result.stdout.splitlines()
    assert "platform" == first.split()[0]
    assert len(EVERYTHING) == len((second, *rest))
    assert re.search(
        r"p-4\t.*self report, year 1\tcommission\t.*\tOVERDUE \d{4}-.* \(\d+ working days late\)\t§六",
        second,
    )
    assert "not known yet" in rest[-1]
    assert "self report 2 (2 OVERDUE)" in result.stderr
    assert "total 5 (2 OVERDUE)" in result.stderr
    chinese = pingtai("inbox", lang="zh")
    assert "第 1 年年度报告" in chinese.stdout
    assert "【逾期】" in chinese.stdout
    assert "共 5 项（逾期 2 项）" in chinese.stderr


def test_nothing_awaits(pingtai: Run, desk: None) -> None:
    """An empty inbox says whose it is, and is no error."""
    write_profile(STAFF.model_copy(update={"roles": (ELSEWHERE,)}))
    result = pingtai("inbox")
    assert (0, "") == (result.exit_code, result.stdout)
    assert "Nothing is waiting for you (district · Miyun District)" in result.stderr


def test_filters_that_match_nothing_are_not_an_empty_inbox(pingtai: Run, desk: None) -> None:
    """What is waiting beside them is not denied."""
    write_profile(STAFF)
    assert "p-1" in pingtai("inbox").stdout
    for narrowed in (("--step", "listing"), ("--overdue",), ("--field", "医药健康")):
        english, chinese = pingtai("inbox", *narrowed), pingtai("inbox", *narrowed, lang="zh")
        assert (0, "") == (english.exit_code, english.stdout)
        assert "(district · Haidian District) matches the filters." in english.stderr
        assert "您没有符合筛选条件的待办（所在区 · 海淀区）。" in chinese.stderr
    everybody = pingtai("inbox", "--all", "--step", "listing", lang="zh")
    assert "没有符合筛选条件的待办。" in everybody.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ("--mine", "--all"),
        ("--as", "commission", "--role", "district"),
        ("--mine",),
        ("--as", "commission"),
        ("--after", "x"),
        ("--after", "2026-01-01T00:00:00Z,p-1,0,district", "--watch"),
        ("--step", "dance"),
    ],
)
def test_bad_input(pingtai: Run, desk: None, flags: tuple[str, ...]) -> None:
    """What contradicts itself, needs a profile that is not there, or is no cursor is told, with 2."""
    assert 2 == pingtai("inbox", *flags).exit_code


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_fits_80_columns(
    monkeypatch: pytest.MonkeyPatch, pingtai: Run, desk: None, lang: str
) -> None:
    """On a terminal of 80 columns no line is wider, and the counts stand at the end."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    result = pingtai("inbox", "--all", lang=lang)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    end = " ".join(shown.split())[-40:]
    assert ("total 5 (2 OVERDUE)" if lang == "en" else "共 5 项（逾期 2 项）") in end


# ---- the words ----


def test_days_left_are_working_days() -> None:
    """Until the day that is due, counted in working days; overdue is a word, and says by how many."""
    assert "2026-12-04 (8 working days left)" == inbox_rows.until(ROW, NOW)
    assert "OVERDUE 2026-11-16 (6 working days late)" == inbox_rows.until(LATE, NOW)
    tomorrow = ROW.model_copy(update={"due": end_of(date(2026, 11, 25)), "due_provisional": True})
    assert "2026-11-25 (about 1 working day left)" == inbox_rows.until(tomorrow, NOW)
    assert "not known yet" == inbox_rows.until(ROW.model_copy(update={"due": None}), NOW)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("provisional", [False, True])
@pytest.mark.parametrize(
    "day", [date(2026, 11, 16), date(2026, 11, 24), date(2026, 12, 4), date(2100, 3, 1)]
)
def test_days_are_counted_in_one_way(lang: Language, day: date, *, provisional: bool) -> None:
    """The inbox and the card say the same, "about" with it; the card says which year's holidays."""
    row = ROW.model_copy(update={"due": end_of(day), "due_provisional": provisional})
    assert row.due
    with speaking(lang):
        inbox = re.split(r"[(（]", inbox_rows.until(row, NOW))[1].rstrip(")）")
        card = until(row.due, provisional=provisional, today=beijing_date(NOW))
        assert re.split(r"[(（]", card)[1].startswith(inbox)
        why = say(inbox_rows.why_about([row], NOW))
    late = row.due <= NOW
    years = [year for year in ("2099", "2100") if year in card]
    assert ((["2099", "2100"] if day.year == 2100 else []), day.year == 2100) == (years, bool(why))
    about = "about" if lang == "en" else "约"
    today = day == beijing_date(NOW)
    assert (not late and not today and (provisional or day.year == 2100)) == (about in card)
    assert (about in card) == (about in inbox)


def test_what_nobody_has_noted_yet_is_overdue_by_the_clock() -> None:
    """With the workers down nobody notes that a step is overdue; the reader's clock says so."""
    row = ROW.model_copy(update={"due": end_of(date(2026, 11, 23))})
    assert inbox_rows.until(row, NOW).startswith("OVERDUE 2026-11-23")
    assert not inbox_rows.late(ROW, NOW)


def test_skipped_clocks() -> None:
    """What a case with skipped time says is overdue is so, whatever our own clock says."""
    row = ROW.model_copy(update={"overdue": True})
    assert "OVERDUE 2026-12-04" == inbox_rows.until(row, NOW)


def test_step_and_rule() -> None:
    """The rule is that of the lifecycle table; an assessment's step says its year."""
    assert ("inspection", "§四(二)") == (inbox_rows.step(ROW), inbox_rows.rule(ROW))
    assert ("rectification report, year 2", "§六") == (inbox_rows.step(LATE), inbox_rows.rule(LATE))
    assert "" == inbox_rows.rule(ROW.model_copy(update={"stage": "unknown"}))


def test_counts_in_words() -> None:
    """Each step with how many of it are overdue, and the sum."""
    counts = [
        StepCount(kind="inspection", waiting=3, overdue=0),
        StepCount(kind="listing", waiting=4, overdue=1),
    ]
    assert "inspection 3 · listing 4 (1 OVERDUE) · total 7 (1 OVERDUE)" == inbox_rows.counted(
        counts
    )


@pytest.mark.parametrize("place", [ROW.place, (UNKNOWN, "p.1_x-2", 3, "operator")])
def test_a_cursor_comes_back(place: tuple[datetime, str, int, str]) -> None:
    """What is printed as a cursor is read as the same place."""
    assert place == read_inbox_cursor(inbox_cursor(place))


@pytest.mark.parametrize(
    "given",
    ["", "x,p,0,district", "2026-01-01,p,0,district", "2026-01-01T00:00:00Z,p,x,district",
     "2026-01-01T00:00:00Z,p,0", "2026-01-01T00:00:00Z,p,999999999,district",
     "0001-01-01T00:00:00+08:00,p,0,district", "9999-12-31T23:59:59-08:00,p,0,district"],
)  # fmt: skip
def test_no_cursor(given: str) -> None:
    """What is no cursor is bad input, never an error of the database."""
    with pytest.raises(BadInput, match="--after"):
        read_inbox_cursor(given)


# ---- watching ----


def test_changes_from_page_to_page() -> None:
    """What came, went or changed is told, once each; a row that stayed is not."""
    known = {key(row): row for row in (LATE, ROW)}
    noted = ROW.model_copy(update={"overdue": True})
    other = ROW.model_copy(update={"platform_id": "p-9"})
    assert [(GONE, LATE), (CHANGED, noted), (NEW, other)] == list(
        changes(known, [noted, other], full=False)
    )
    assert [] == list(changes(known, [LATE, ROW], full=False))


def test_beyond_a_full_page_nothing_is_known() -> None:
    """A row that was pushed off a full page by others has not gone; one before its end has."""
    known = {key(row): row for row in (LATE, ROW)}
    sooner = ROW.model_copy(update={"platform_id": "a", "due": LATE.due})
    assert [(NEW, sooner)] == list(changes(known, [LATE, sooner], full=True))
    later = ROW.model_copy(update={"platform_id": "z"})
    assert [(GONE, LATE), (NEW, later)] == list(changes({key(LATE): LATE}, [later], full=True))


def test_watching_ends_with_its_reader(
    pingtai: Run, desk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a pipe each row comes as a line; when the reader has gone, so does the watch."""
    monkeypatch.setattr("starter.commands.inbox_watch.reader_left", lambda: True)
    lines = pingtai("inbox", "--watch", "1", "--all").stdout.splitlines()
    assert len(EVERYTHING) == len(lines)
    assert all(" new  p-" in line for line in lines)
    assert not any("None" in line for line in lines)
    told = pingtai("inbox", "--watch", "--all", "--json").stdout.splitlines()
    assert [NEW] * 5 == [json.loads(line)["change"] for line in told]


@pytest.mark.parametrize("columns", ["", "80"])
def test_what_must_be_corrected_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str
) -> None:
    """An operator sees in the list why a plan came back; where nothing did there is no column for it."""
    if columns:
        monkeypatch.setattr(screen, "watched", lambda stream: True)
        monkeypatch.setenv("COLUMNS", columns)
    back = ROW.model_copy(update={"kind": "plan_revision", "because": "补充通风方案" + "长" * 190})
    screen.show(inbox_rows.rows_table([ROW, back], NOW))
    shown = capsys.readouterr().out
    assert "补充通风方案" in "".join(shown.split())
    assert "to correct" in shown
    if columns:
        assert max(map(cell_len, re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines())) <= 80
    screen.show(inbox_rows.rows_table([ROW], NOW))
    assert "to correct" not in capsys.readouterr().out
