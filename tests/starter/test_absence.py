"""Absence by the command line, on a real register: named, used for a decision, withdrawn."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result

from starter.clock import today

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

FROM, UNTIL = str(today() - timedelta(days=1)), str(today() + timedelta(days=1))
HEAD = (
    "--actor",
    "kw-01",
    "--role",
    "district",
    "--organisation",
    "密云区科委",
    "--district",
    "miyun",
)
COMMISSION = ("--actor", "c-01", "--role", "commission", "--organisation", "市科委")
NAME = ("absence", "name", "kw-02", "--from", FROM, "--until", UNTIL)
REVIEW = ("review", "p-1", "--view", "x", "--for", "kw-01")


@pytest.fixture(autouse=True)
def register(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands write to a fresh register."""
    monkeypatch.setenv("DATABASE_URL", database_url)


def test_a_substitute_decides_in_the_principal_s_place(pingtai: Run, sent: Sent) -> None:
    """Under the own id, in the principal's office, with the days that were named."""
    assert 0 == pingtai(*NAME, *HEAD, "--reason", "休假").exit_code
    result = pingtai(*REVIEW, "--actor", "kw-02", "--organisation", "another")
    assert 0 == result.exit_code, result.output
    assert {
        "id": "kw-02",
        "role": "district",
        "organisation": "密云区科委",
        "district": "miyun",
        "acting_for": {"principal_id": "kw-01", "first_day": FROM, "last_day": UNTIL},
    } == sent[0][1]["actor"]
    line = json.dumps({"platform": "p-2", "kind": "district_review", "view": "x"})
    batch = ("decide", "--file", "-", "--for", "kw-01", "--actor", "kw-02", "--date", FROM, "--yes")
    assert 0 == pingtai(*batch, stdin=line).exit_code
    assert sent[0][1]["actor"] == sent[1][1]["actor"]


@pytest.mark.parametrize(
    "flags",
    [
        ("--actor", "kw-03"),
        ("--actor", "kw-02", "--date", str(today() - timedelta(days=9))),
        ("--actor", "kw-02", "--for", "kw-09"),
    ],
)
def test_whoever_was_not_named_is_refused(pingtai: Run, sent: Sent, flags: tuple[str, ...]) -> None:
    """Another person, another day, another principal: 3, with what to look at."""
    pingtai(*NAME, *HEAD)
    result = pingtai(*REVIEW, *flags)
    assert 3 == result.exit_code
    assert "pingtai absence list" in result.stderr
    assert [] == sent


def test_who_may_name_whom(pingtai: Run) -> None:
    """Everybody their own, the commission others', and nobody else; the same again changes nothing."""
    office = ("--principal-role", "operator", "--principal-organisation", "某公司")
    other = (*NAME, "--principal", "op-1", *office, "--json")
    assert 3 == pingtai(*other, *HEAD).exit_code
    first = json.loads(pingtai(*other, *COMMISSION).stdout)
    assert ("op-1", "operator", "某公司", "c-01") == tuple(
        first[key] for key in ("principal_id", "role", "organisation", "named_by")
    )
    again = json.loads(pingtai(*other, *COMMISSION).stdout)
    assert (first["number"], True) == (again["number"], again["repeated"])


@pytest.mark.parametrize(
    "flags",
    [
        ("kw-02", "--from", UNTIL, "--until", FROM),
        ("kw-01", "--from", FROM, "--until", UNTIL),
        ("kw 02", "--from", FROM, "--until", UNTIL),
        ("kw-02", "--from", "soon", "--until", UNTIL),
        ("kw-02", "--from", FROM, "--until", UNTIL, "--principal", "op-1"),
        ("kw-02", "--until", UNTIL),
    ],
)
def test_what_makes_no_sense_is_bad_input(pingtai: Run, flags: tuple[str, ...]) -> None:
    """Days that run backwards, oneself, no id, no day, half an office."""
    assert 2 == pingtai("absence", "name", *flags, *HEAD).exit_code
    assert "No substitutions found. Past and withdrawn ones: --all" in (
        pingtai("absence", "list").stderr
    )
    assert "没有符合条件的委托代理。含以往" in pingtai("absence", "list", lang="zh").stderr


def test_it_must_be_said_who_names(pingtai: Run) -> None:
    """Without a profile and flags it says what is missing."""
    result = pingtai(*NAME, lang="zh")
    assert 2 == result.exit_code
    assert "--actor、--role、--organisation" in result.stderr
    assert "pingtai login" in result.stderr


def test_listed_and_withdrawn(pingtai: Run, sent: Sent) -> None:
    """A withdrawn one counts no more, is told with --all, and was the principal's to withdraw."""
    number = json.loads(pingtai(*NAME, *HEAD, "--json").stdout)["number"]
    assert ["kw-02"] == [row["substitute_id"] for row in listed(pingtai, "--person", "kw-01")]
    assert [] == listed(pingtai, "--person", "nobody")
    stranger = ("--actor", "kw-02", "--role", "district", "--organisation", "某单位")
    assert 3 == pingtai("absence", "withdraw", str(number), *stranger).exit_code
    assert 0 == pingtai("absence", "withdraw", str(number), *HEAD).exit_code
    again = pingtai("absence", "withdraw", str(number), *HEAD, lang="zh")
    assert (0, True) == (again.exit_code, "此前已撤回" in again.stdout), again.output
    assert [] == listed(pingtai)
    assert [number] == [row["number"] for row in listed(pingtai, "--all")]
    assert "已撤回" in pingtai("absence", "list", "--all", lang="zh").stdout
    assert 3 == pingtai(*REVIEW, "--actor", "kw-02").exit_code
    assert 2 == pingtai("absence", "withdraw", "99", *HEAD).exit_code
    assert [] == sent


def listed(pingtai: Run, *flags: str) -> list[dict[str, Any]]:
    """What the list says."""
    rows: list[dict[str, Any]] = json.loads(pingtai("absence", "list", "--json", *flags).stdout)
    return rows


def test_days_that_are_named_twice_are_said(pingtai: Run) -> None:
    """Of the same two persons; both count until one is withdrawn. Other days are others."""
    first = json.loads(pingtai(*NAME, *HEAD, "--json").stdout)["number"]
    more = ("--from", UNTIL, "--until", str(today() + timedelta(days=9)))
    for lang, words in (
        ("en", "on some of these days already, by number"),
        ("zh", "在部分日期已代"),
    ):
        both = pingtai("absence", "name", "kw-02", *more, *HEAD, lang=lang)
        said = " ".join(both.stderr.split())
        assert (0, True, True) == (both.exit_code, words in said, str(first) in said), both.output
    apart = (
        "--from",
        str(today() + timedelta(days=20)),
        "--until",
        str(today() + timedelta(days=21)),
    )
    assert "" == pingtai("absence", "name", "kw-02", *apart, *HEAD).stderr
