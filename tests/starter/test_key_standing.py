"""Whoever signs is told how their key stands in the roster, before anything is sent; a dry run too."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.client.interface import ToSign
from starter.commands.own_signature import OwnSignature
from starter.desk.profile import Profile, ProfileRole, ProfileSigning, read_profile, write_profile
from starter.errors import Unreachable
from starter.signing.key_files import make_key
from tests.rules.cases import at_stage, decision
from tests.starter.test_own_signature import lines
from workflows.decision import Decision
from workflows.decision_reading import decision_of
from workflows.roster_entries import RosterEntry, RosterKey, prove_entry
from workflows.run_io import DecisionPreview
from workflows.ssh_signatures import PublicKey
from workflows.vocabulary import District, Kind, Role, Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
DISTRICT = ProfileRole(role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)
RECOMMEND = ("recommend", "p-1", "--outcome", "recommended", "--opinion", "同意")
LONG_AGO = date(2020, 1, 1)
BAD = (
    ({"revoked": datetime(2026, 8, 1, tzinfo=UTC)}, "is revoked since", "吊销"),
    ({"last": date(2020, 2, 1)}, "not in the roster after 2020-02-01", "后不得使用"),
    ({"first": date(2199, 1, 1)}, "not in the roster before 2199-01-01", "起方可使用"),
)
UNKNOWN, UNKNOWN_ZH = "has your key in nobody's entry", "您的密钥未登记于人员目录"


@pytest.fixture
def key(tmp_path: Path, answers: dict[str, Any]) -> PublicKey:
    """The key of a person with a profile; a dry run finds that the decision would be accepted."""
    path = tmp_path / "hd-02.key"
    made = make_key(path)
    signing = ProfileSigning(key_file=str(path))
    write_profile(Profile(id="hd-02", roles=(DISTRICT,), signing=signing))
    answers["check"] = DecisionPreview(stage=Stage.INSPECTION)
    return made


def enter(answers: dict[str, Any], *keys: RosterKey, **changes: Any) -> None:
    """Set up a roster in which the person stands with these keys."""
    content = {"id": "hd-02", "name": "某某", "role": Role.DISTRICT, "organisation": "密云区科委",
               "district": District.MIYUN,
               "first_day": LONG_AGO, "appointed_by": "密云区科委", "keys": keys}  # fmt: skip
    one = RosterEntry(**{**content, **changes})
    answers["proofs"] = {"hd-02": prove_entry(one, {"hd-02": one.leaf().hex()})}
    answers["no_holder"] = ""


async def test_the_form_and_the_standing_are_asked_at_once(key: PublicKey) -> None:
    """Whoever signs waits for one answer, not for one after the other."""
    both = asyncio.Barrier(2)

    class Answers:
        async def to_sign(self, platform_id: str, decision: Decision) -> ToSign | None:
            async with asyncio.timeout(60):
                await both.wait()
            return None

        async def roster_proof(self, person: str) -> None:
            async with asyncio.timeout(60):
                await both.wait()

        async def roster_holder(self, public: str) -> str | None:
            return None

    said = decision_of(decision(Kind.RECOMMENDATION, at_stage(Stage.RECOMMENDATION)))
    assert await OwnSignature().form(Answers(), "p-1", said, key) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", BAD)
def test_a_key_that_is_not_good_today_signs_nothing(
    pingtai: Run,
    sent: Sent,
    answers: dict[str, Any],
    key: PublicKey,
    bad: tuple[dict[str, Any], str, str],
) -> None:
    """Whatever the case asks for: alone, tried, and in a file."""
    change, why, zh = bad
    enter(answers, RosterKey(**{"public": key.openssh(), "first": LONG_AGO, **change}))
    for answers["signatures_needed"] in (0, 1):
        for args in (RECOMMEND, (*RECOMMEND, "--dry-run")):
            refused = pingtai(*args)
            assert (3, True) == (refused.exit_code, why in refused.stderr), refused.output
            assert zh in pingtai(*args, lang="zh").stderr
        for way in ("--yes", "--dry-run"):
            batch = pingtai("decide", "--file", "-", way, stdin=lines(2))
            assert (3, 2) == (batch.exit_code, batch.stdout.count(why)), batch.output
    assert [] == sent


def test_while_the_roster_cannot_be_asked_that_is_said_once(
    pingtai: Run, sent: Sent, answers: dict[str, Any], key: PublicKey
) -> None:
    """Where no signature is asked for it is sent, signed; an audit holds the key against the roster later."""
    answers["proofs"], answers["signatures_needed"] = Unreachable("the register is away", ""), 0
    taken = pingtai("decide", "--file", "-", "--yes", stdin=lines(2))
    assert (0, 1) == (
        taken.exit_code,
        taken.stderr.count("nobody has checked that your key is good"),
    )
    assert [1, 1] == [len(raw["signatures"]) for _, raw in sent]
    assert not any("proof" in raw["signatures"][0] for _, raw in sent)
    assert "未核对您的密钥当日是否有效" in pingtai(*RECOMMEND, lang="zh").stderr


def test_the_key_of_another_person_signs_nothing(
    pingtai: Run, sent: Sent, answers: dict[str, Any], key: PublicKey
) -> None:
    """Whoever is not in the roster at all, too."""
    answers["holders"] = {key.openssh(): "hd-07"}
    for entered in (False, True):
        if entered:
            enter(answers)
        for args in (RECOMMEND, (*RECOMMEND, "--dry-run")):
            refused = pingtai(*args)
            assert (3, []) == (refused.exit_code, sent), refused.output
            assert "stands in the roster for hd-07, not for hd-02" in refused.stderr
            assert "属于 hd-07" in pingtai(*args, lang="zh").stderr


def test_a_key_that_nobody_has_is_told_once(
    pingtai: Run, sent: Sent, answers: dict[str, Any], key: PublicKey
) -> None:
    """And the decision is sent, where its case asks for no signature; without a roster nothing is said."""
    for roster in (True, False):
        answers["no_holder"] = "" if roster else None
        for args in (RECOMMEND, (*RECOMMEND, "--dry-run")):
            done = pingtai(*args)
            assert (0, int(roster)) == (done.exit_code, done.stderr.count(UNKNOWN)), done.output
            assert roster == (UNKNOWN_ZH in pingtai(*args, lang="zh").stderr)
        batch = pingtai("decide", "--file", "-", "--yes", stdin=lines(3))
        assert (0, int(roster)) == (batch.exit_code, batch.stderr.count(UNKNOWN)), batch.output
    assert 2 * (2 + 3) == len(sent)


def test_a_key_that_nobody_has_signs_nothing_that_is_signed(
    pingtai: Run, sent: Sent, answers: dict[str, Any], key: PublicKey
) -> None:
    """Its person stands in the roster with another: neither sent, nor left for a second person to sign."""
    enter(answers)
    for answers["signatures_needed"] in (1, 2):
        refused = pingtai(*RECOMMEND)
        assert (3, 1) == (refused.exit_code, refused.stderr.count(UNKNOWN)), refused.output
        assert UNKNOWN_ZH in pingtai(*RECOMMEND, lang="zh").stderr
        batch = pingtai("decide", "--file", "-", "--yes", stdin=lines(2))
        assert (3, 2) == (batch.exit_code, batch.stdout.count(UNKNOWN)), batch.output
    assert [] == sent


@pytest.fixture
def roster(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    """The roster where commands look that ask nothing else."""

    class Roster:
        async def roster_proof(self, person: str) -> Any:
            return answers.get("proofs", {}).get(person)

        async def roster_holder(self, public: str) -> str | None:
            return answers.get("no_holder")

    @asynccontextmanager
    async def questions() -> AsyncIterator[Roster]:
        yield Roster()

    for module in ("starter.desk.reach", "starter.commands.roster_person"):
        monkeypatch.setattr(f"{module}.open_roster_questions", questions)


@pytest.mark.usefixtures("roster")
def test_whom_the_roster_knows_login_asks_nothing(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, too, and of an operator of whom it has no credit code: there is none to be typed."""
    monkeypatch.setattr("starter.commands.login.at_terminal", lambda: True)
    enter(
        answers, role=Role.OPERATOR, organisation="北京某某公司", district=None, platform_id="p-1"
    )
    said = pingtai("login", "--id", "hd-02", stdin="")
    assert (0, True) == (said.exit_code, "credit code (" not in said.output), said.output
    saved = read_profile()
    assert saved and ["北京某某公司"] == [role.organisation for role in saved.roles]


@pytest.mark.usefixtures("roster")
def test_login_takes_nobody_else_s_key(
    pingtai: Run, answers: dict[str, Any], key: PublicKey, tmp_path: Path
) -> None:
    """By --key, and with another id beside the same key: nothing is saved, and it says whose key it is."""
    theirs = make_key(tmp_path / "theirs.key")
    answers["no_holder"] = "hd-07"
    before = read_profile()
    for flags in (("--key", str(tmp_path / "theirs.key")), ("--id", "hd-03")):
        refused = pingtai("login", *flags)
        assert (3, before) == (refused.exit_code, read_profile()), refused.output
        assert "stands in the roster for hd-07, not for hd-0" in refused.stderr
        assert "Nothing was saved." in refused.stderr and "--id hd-07" not in refused.stdout
        assert "未保存。" in pingtai("login", *flags, lang="zh").stderr
    answers["no_holder"] = ""
    assert 0 == pingtai("login", "--key", str(tmp_path / "theirs.key")).exit_code
    saved = read_profile()
    assert saved and saved.signing and theirs != key
    assert str(tmp_path / "theirs.key") == saved.signing.key_file


@pytest.mark.usefixtures("roster")
def test_whoami_says_how_the_key_stands(
    pingtai: Run, answers: dict[str, Any], key: PublicKey
) -> None:
    """It is shown whatever the roster says of it; a good one without a word more."""

    def said() -> tuple[str, str | None]:
        """In words, and in JSON."""
        signing = json.loads(pingtai("whoami", "--json").stdout)["signing"]
        return pingtai("whoami", lang="zh").stdout, signing["standing"]

    assert "" == pingtai("whoami").stderr
    assert "no_roster" == said()[1]
    enter(answers)
    assert UNKNOWN in pingtai("whoami").stderr
    assert ("未登记（hd-02 某某）" in said()[0], said()[1]) == (True, "unknown")
    assert "公钥（须报人员目录管理人员登记）" in said()[0]
    assert UNKNOWN_ZH in pingtai("whoami", lang="zh").stderr
    good: dict[str, Any] = {"public": key.openssh(), "first": LONG_AGO}
    enter(answers, RosterKey(**good))
    assert "" == pingtai("whoami").stderr
    assert ("可签名（hd-02 某某）" in said()[0], said()[1]) == (True, "can_sign")
    assert "公钥\n" in said()[0]
    states = {"已吊销": "revoked", "已终止": "ended", "尚未生效": "not_yet"}
    for number, (word, state) in enumerate(states.items()):
        change, why, zh = BAD[number]
        enter(answers, RosterKey(**{**good, **change}))
        assert (word in said()[0], said()[1]) == (True, state)
        shown = pingtai("whoami")
        assert (True, True) == (why in shown.stderr, key.openssh() in shown.stdout)
        assert zh in pingtai("whoami", lang="zh").stderr
    answers["proofs"], answers["no_holder"] = {}, "hd-07"
    words, told = said()
    assert ("属于他人" in words, told) == (True, "another_persons")
    assert "须报人员目录" not in words, "it stands in the roster: under another's name"
    assert "another person's\n" in pingtai("whoami").stdout
