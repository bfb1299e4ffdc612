"""Plaques by the command line, on a real register: recorded, listed, shown where staff look."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from tests.register import cases

Run = Callable[..., Result]
WHO = ("--actor", "kw-1", "--role", "commission", "--organisation", "市科委")
ISSUE = ("plaque", "issue", "p-1", "--on", "2024-03-01")


@pytest.fixture(autouse=True)
async def platform(
    database_url: str, register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> cases.Told:
    """The commands reach a register with a platform that is listed, and one that is not."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    told = cases.listed(cases.application("p-1"))
    await register.write(cases.batch(told))
    await register.write(cases.batch(cases.opened(cases.application("p-2"))))
    return told


async def test_where_staff_see_a_plaque_that_is_overdue(
    pingtai: Run, engine: AsyncEngine, register: PostgresRegister, platform: cases.Told
) -> None:
    """In the list, the inbox, the card, the register and its exports, in both languages."""

    def run(*args: str, lang: str | None = None) -> Result:
        result = pingtai(*args, lang=lang)
        assert 0 == result.exit_code, result.output
        return result

    def look() -> None:
        first = json.loads(run(*ISSUE, *WHO, "--remark", "当面领取", "--json").stdout)
        assert ("issued", "2024-03-01", False) == tuple(
            first[key] for key in ("event", "happened_on", "repeated")
        )
        assert "nothing has changed" in run(*ISSUE, *WHO, "--remark", "当面领取").stdout
        assert "issued on 2024-03-01" in run("show", "p-1").stdout
        assert "plaque list" not in run("inbox", "--all").stderr

    await asyncio.to_thread(look)
    platform.decide("withdrawal")
    await register.write(cases.batch(platform))
    ended = platform.at.date()

    def look_again() -> None:
        shown = run("show", "p-1").stdout
        assert f"OVERDUE: issued on 2024-03-01, not returned since the end on {ended}" in shown
        assert "当面领取" in shown
        inbox = run("inbox", "--all", lang="zh")
        assert "逾期未交回牌子 1 块" in inbox.stderr
        assert 1 == json.loads(run("inbox", "--all", "--json").stdout)["plaques_overdue"]
        assert "plaque list" not in run("inbox", "--all", "--overdue").stderr
        run("inbox", "--all", "--file", "inbox.csv", lang="zh")
        assert "逾期未交回" in Path("inbox.csv").read_text(encoding="utf-8-sig")
        assert "p-1" in run("register", "--plaque", "逾期未交回").stdout
        assert "plaque not returned" in run("register").stdout
        assert "p-2" not in run("register", "--plaque", "overdue", "--format", "csv").stdout
        assert "逾期未交回" in run("register", "--format", "csv", lang="zh").stdout
        rows = run("plaque", "list", "--state", "overdue", lang="zh").stdout
        assert "【逾期】2024-03-01 颁发，应交回而未交回" in rows
        run("plaque", "list", "--file", "plaques.csv", lang="zh")
        run("plaque", "return", "p-1", *WHO)
        assert "No plaques found" in run("plaque", "list", "--state", "overdue").stderr
        assert "已交回" in run("show", "p-1", lang="zh").stdout

    await asyncio.to_thread(look_again)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("issue", "p-2", "--on", "2024-03-01"), 3, "not in the list"),
        (("return", "p-1"), 3, "no plaque is out"),
        (("issue", "p-1", "--on", "2024-02-30"), 2, "YYYY-MM-DD"),
        (("issue", "p-1", "--document", "nowhere.pdf"), 2, "nowhere.pdf"),
        (("cancel", "p-1", "5"), 2, "--reason"),
        (("list", "--state", "lost"), 2, "lost"),
    ],
)
def test_what_is_refused(pingtai: Run, args: tuple[str, ...], code: int, says: str) -> None:
    """By the rules 3, as bad input 2; with what is wrong."""
    who: tuple[str, ...] = () if args[0] == "list" else WHO
    result = pingtai("plaque", *args, *who)
    assert (code, True) == (result.exit_code, says in result.output), result.output


def test_it_must_be_said_who_records(pingtai: Run) -> None:
    """Without a profile it says which flags are missing; another role is refused."""
    result = pingtai(*ISSUE)
    assert 2 == result.exit_code
    assert "--actor" in result.stderr
    district: Any = ("--actor", "d", "--role", "district", "--organisation", "某单位")
    assert 3 == pingtai(*ISSUE, *district, "--district", "haidian").exit_code
