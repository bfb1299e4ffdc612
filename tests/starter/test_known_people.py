"""Where a roster is set up, whoever types a person's id that is not in it is asked whom they mean."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from click.testing import Result

from db.roster_queries import RosterPage
from starter.clock import today
from starter.commands.actor_doubts import unknown_person
from starter.desk.profile import Profile, ProfileRole, write_profile
from starter.roster import roster_access
from tests.rules.officers import entry
from tests.starter.form_typing import typed
from workflows.roster_entries import RosterEntry
from workflows.vocabulary import District, Role

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

DAY = str(today())
OFFICE = ("--role", "district", "--organisation", "密云区科委", "--district", "miyun")
HEAD = ("--actor", "kw-01", *OFFICE)
NAME = ("absence", "name", "kw-99", "--from", DAY, "--until", DAY, *HEAD)
ASKED = {
    "en": "Not in the roster: kw-99. Did you mean kw-09 (张某)? All: pingtai roster list",
    "zh": "人员目录中没有 kw-99。是否为 kw-09（张某）？查看全部人员：pingtai roster list",
}


class People:
    """The people of a roster, which are counted how often they are asked for."""

    def __init__(self, *people: RosterEntry) -> None:
        self.entries = {one.id: one for one in people}
        self.asked = 0

    async def named(self, ids: list[str]) -> dict[str, RosterEntry]:
        """By their ids."""
        self.asked += 1
        return {one: self.entries[one] for one in ids if one in self.entries}

    async def people(self, after: str = "", **_: Any) -> RosterPage:
        """All of them."""
        return RosterPage(people=tuple(self.entries.values()))


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> People:
    """kw-01 and kw-09 are in the roster."""
    made = People(entry("kw-01", name="李某"), entry("kw-09", name="张某"))

    @asynccontextmanager
    async def opened(*, start: bool = True) -> AsyncIterator[People]:
        yield made

    monkeypatch.setattr(roster_access, "open_roster_people", opened)
    return made


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_substitute_whom_the_roster_lacks_is_asked_about(
    pingtai: Run, people: People, lang: str
) -> None:
    """A script is told the option, and nobody is named before it is given."""
    done = pingtai(*NAME, "--json", lang=lang)
    assert (2, "") == (done.exit_code, done.stdout)
    told = " ".join(done.stderr.split())
    assert ASKED[lang] in told and "--yes" in told


def test_a_terminal_asks_whether_to_name_them(
    pingtai: Run, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No ends it."""
    monkeypatch.setattr("starter.commands.absence.at_terminal", lambda: True)
    done = pingtai(*NAME, lang="zh", stdin=typed("n"))
    assert 130 == done.exit_code, done.output
    assert "是否为 kw-09（张某）？" in done.stdout and "仍要指定？" in done.stdout


def test_who_is_in_the_roster_is_named_and_with_yes_anybody(
    pingtai: Run, people: People, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person who names is not asked about; nor anybody, where no roster is set up."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    known = [one if one != "kw-99" else "kw-09" for one in NAME]
    assert 0 == pingtai(*known).exit_code
    assert 0 == pingtai(*NAME, "--yes").exit_code
    people.entries.clear()
    assert 0 == pingtai(*NAME).exit_code


def test_another_person_s_decision_is_asked_about(
    pingtai: Run, sent: Sent, people: People, tmp_path: Any
) -> None:
    """By a flag, and once for all lines of a file; nobody is asked about themselves."""
    role = ProfileRole(role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)
    write_profile(Profile(id="kw-01", roles=(role,)))
    review = ("review", "p-1", "--view", "同意")
    other = ("--actor", "kw-99", *OFFICE)
    done = pingtai(*review, *other, lang="zh")
    assert (2, []) == (done.exit_code, sent)
    assert ASKED["zh"] + "。确需提交的，请加 --yes" in done.stderr
    people.asked = 0
    line = '{"platform": "p-%d", "kind": "district_review", "view": "同意"}\n'
    lines = "".join(line % number for number in (1, 2, 3))
    batch = ("decide", "--file", "-", "--date", DAY)
    held = pingtai(*batch, *other, lang="en", stdin=lines)
    assert (2, [], 1) == (held.exit_code, sent, people.asked)
    assert 3 == " ".join(held.output.split()).count(ASKED["en"])
    assert 0 == pingtai(*review, *other, "--yes").exit_code
    assert 0 == pingtai(*review).exit_code
    assert ["kw-99", "kw-01"] == [raw["actor"]["id"] for _, raw in sent]


def test_nobody_is_asked_about_where_the_roster_cannot_be_read() -> None:
    """Whoever is away from the register may decide all the same."""
    assert unknown_person("kw-99") is None
