"""What `show` and `register` make of the register, and where the register is found."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from rich.cells import cell_len

from db.log_order import in_order
from db.row_types import (
    AssessmentRow,
    FindingRow,
    PlatformCard,
    PlatformRow,
    RegisterRow,
    TermRow,
)
from starter.commands import register as listing
from starter.commands import show as showing
from starter.terminal import screen
from workflows.record import BEGINNING, EntryKind

from .lines import ACTOR, AT, line

Run = Callable[..., Result]

NAME = "卫星互联网终端与相控阵天线共性技术平台"
LOG = (
    line(0, 1, AT, ("applied", "opened", "recommendation"), kind=EntryKind.HAPPENING, actor=ACTOR),
    line(0, 2, AT, ("listing", "refused", "recommendation"), kind=EntryKind.REFUSED,
         reason="too early / 为时过早"),
    line(0, 3, AT, ("recommendation", "recommended", "inspection"), actor=ACTOR),
    line(0, 4, AT + timedelta(days=1), ("assessment_opened", "opened", "valid"),
         kind=EntryKind.HAPPENING, said={"year": 1}),
    line(0, 5, AT + timedelta(days=1), ("assessment_ended", "met", "valid"),
         kind=EntryKind.HAPPENING, said={"year": 1}),
    line(1, 1, AT + timedelta(days=1), ("assessment_opened", "opened", "self_report"),
         kind=EntryKind.HAPPENING),
    line(1, 2, AT + timedelta(days=3), ("reassessment", "met", "met"), actor=ACTOR),
)  # fmt: skip

ASSESSMENT = AssessmentRow(
    term=1, year=2, opening=1, stage="rectification", since=AT, overdue=True, due=None, due_provisional=False,
    mend_by=AT + timedelta(days=30), opened_at=AT, ended_at=None, result=None, log_seq=3,
    log_hash=BEGINNING,
    findings=(
        FindingRow(round="evaluation", indicator_group="teams", finding="unsatisfactory",
                   remark="人太少，" * 30, score=Decimal(40)),
    ),
)  # fmt: skip

CARD = PlatformCard(
    platform=PlatformRow(
        platform_id="p-1", term=1, name=NAME, operator=ACTOR.organisation, lead_unit="某大学",
        lead_unit_kind="university", district="fengtai", field="next_generation_it",
        services=("research", "design"), direction=None,
    ),
    terms=(
        TermRow(
            term=1, application_id="a-1", stage="valid", since=AT, overdue=False, due=None,
            due_provisional=False, open_assessment=2, plan_version=2, list_number="2026-1",
            certificate_number="X-1", listed_on=None, valid_until=AT, applied_at=AT,
            ended_at=None, log_seq=5, log_hash=BEGINNING, assessments=(ASSESSMENT,),
        ),
    ),
    log=LOG,
)  # fmt: skip

ROW = RegisterRow(
    platform_id="bj-satnet-terminal", name=NAME, operator="o", lead_unit="l", district="fengtai",
    field="next_generation_it", term=1, stage="inspection", since=AT, overdue=True, due=AT,
    due_provisional=False, open_assessment=None, list_number=None, certificate_number=None,
    listed_on=None, valid_until=None,
)  # fmt: skip


class PretendQueries:
    """The register with one platform."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def platform(self, platform_id: str) -> PlatformCard | None:
        return CARD if platform_id == "p-1" else None

    async def register(self, **asked: Any) -> list[RegisterRow]:
        self.asked.append(asked)
        return [ROW] if asked["after"] is None else []

    async def register_count(self, **_: Any) -> int:
        return 31


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> PretendQueries:
    """Both commands read this register."""
    pretended = PretendQueries()

    @asynccontextmanager
    async def pretend() -> AsyncIterator[PretendQueries]:
        yield pretended

    for module in (showing, listing):
        monkeypatch.setattr(module, "open_reads", pretend)
    return pretended


def test_card_in_both_languages(pingtai: Run, queries: PretendQueries) -> None:
    """The card says who and where, the stage, and what is awaited of whom; overdue is a word."""
    en, zh = pingtai("show", "p-1").stdout, pingtai("show", "p-1", lang="zh").stdout
    assert "Stage\tvalid · since 2026-11-24 02:30" in en
    assert (
        "year 2 · rectification · rectification report from the operator (§六); rectification report"
        " from the commission (§六), OVERDUE: was due 2026-12-24"
    ) in en
    for words in (
        NAME,
        "丰台区",
        "新一代信息技术",
        "研发、设计",
        "2026-1",
        "X-1",
        "【逾期】",
        "不符合",
    ):
        assert words in zh
    assert "REFUSED listing: too early" in en
    assert "【不予受理】纳入名单：为时过早" in zh
    assert "1-y1.2" in en


def test_card_as_json(pingtai: Run, queries: PretendQueries) -> None:
    """--json prints the whole record."""
    printed = json.loads(pingtai("show", "p-1", "--json").stdout)
    assert CARD == PlatformCard.model_validate(printed, strict=False)


def test_unknown_platform(pingtai: Run, queries: PretendQueries) -> None:
    """A platform that the register does not know is bad input."""
    result = pingtai("show", "p-2")
    assert (2, True) == (result.exit_code, 'No platform "p-2"' in result.stderr)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", [("show", "p-1"), ("register",)])
def test_fits_eighty_columns(
    pingtai: Run,
    queries: PretendQueries,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    command: tuple[str, ...],
) -> None:
    """On a terminal of 80 columns no line is wider, with Chinese names and long remarks."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", pingtai(*command, lang=lang).stdout)
    assert max(cell_len(row) for row in shown.splitlines()) <= 80


def test_words_stay_whole_and_nothing_is_left_out_where_it_is_narrow(
    pingtai: Run, queries: PretendQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 80 columns no word of a row is broken; at 40 the terminal breaks lines, but no cell is missing."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    for columns in ("80", "40"):
        monkeypatch.setenv("COLUMNS", columns)
        shown = re.sub(r"\x1b\[[0-9;]*m", "", pingtai("register").stdout)
        assert {"bj-satnet-terminal", "fengtai", "until"} <= set(shown.split())
        assert "next-generation IT" in shown


def test_logs_merge_in_order() -> None:
    """Entries go by their moments; an assessment ends before its platform notes it, whatever clocks say."""
    order = [(one.year, one.entry.seq) for one in in_order(LOG)]
    assert [(0, 1), (0, 2), (0, 3), (0, 4), (1, 1), (1, 2), (0, 5)] == order


def test_openings_of_a_year_are_told_apart() -> None:
    """An assessment that was broken off and opened again has two logs, one after the other."""
    day = timedelta(days=1)
    opened, ended = ("assessment_opened", "opened", "x"), ("assessment_ended", "broken_off", "x")
    log = [
        line(0, 1, AT, opened, said={"year": 1}),
        line(0, 2, AT + day, ended, said={"year": 1}),
        line(0, 3, AT + day, opened, said={"year": 1}),
        line(1, 1, AT, opened),
        line(1, 1, AT + day, opened, opening=2),
    ]
    order = [(one.year, one.opening, one.entry.seq) for one in in_order(log)]
    assert [(0, 0, 1), (1, 1, 1), (0, 0, 2), (0, 0, 3), (1, 2, 1)] == order


def test_register_filters_and_pages(pingtai: Run, queries: PretendQueries) -> None:
    """Filters take English and Chinese words; a full page says how to go on, an empty one that it is."""
    filters = ("--district", "丰台区", "--field", "新一代信息技术", "--stage", "inspection")
    more = ("--list-number", "2026-1", "--year", "2026", "--overdue")
    result = pingtai("register", *filters, *more, "--limit", "1")
    assert [
        {
            "district": "fengtai",
            "field": "next_generation_it",
            "stage": "inspection",
            "list_number": "2026-1",
            "year": 2026,
            "overdue": True,
            "plaque": None,
            "after": None,
            "limit": 1,
        }
    ] == queries.asked
    assert "inspection, OVERDUE" in result.stdout
    assert "2026-11-24" in result.stdout
    assert (
        "Showing 1 of 31. Next: pingtai register list --district fengtai --field next_generation_it"
        " --stage inspection --list-number 2026-1 --year 2026 --overdue --limit 1"
        " --after bj-satnet-terminal\n"
    ) == result.stderr
    assert "No platforms found" in pingtai("register", "--after", "z").stderr
    assert "待现场核查【逾期】" in pingtai("register", lang="zh").stdout


def test_register_as_json(pingtai: Run, queries: PretendQueries) -> None:
    """--json prints the rows, and an empty list when there are none."""
    assert [ROW.model_dump(mode="json")] == json.loads(pingtai("register", "--json").stdout)
    assert [] == json.loads(pingtai("register", "--json", "--after", "z").stdout)
