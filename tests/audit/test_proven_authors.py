"""Who signed is found out of the logs alone, by the roster that a case knew; and each way to get round it."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from audit.claims import NOT_PROVEN, ROSTER_GIVEN
from audit.commands.verdict_output import plain_verdict, show_verdict
from audit.dossier import verifying
from audit.dossier.format import ALLOWED_SIGNERS, signature_file, signed_file
from audit.dossier.lives import Life
from audit.dossier.signed_decisions import signed_files
from audit.problems import Check
from audit.reading.authorship import Authorship, authorship_of
from audit.reading.check_signatures import signed_after_revocation
from audit.reading.known_rosters import (
    cases_without_signatures,
    foreign_versions,
    known_versions,
)
from audit.reading.log_links import check_logs
from audit.report.rendering import render
from starter.terminal.chosen_language import speaking
from tests.audit.dossiers import head, made, verdict
from tests.audit.signed_lives import PLACE, Log, number_of, rewritten
from tests.rules import officers
from tests.rules.authored_cases import at, opened, roster, take
from tests.rules.builders import Raw
from tests.rules.cases import START, decision, moment
from tests.rules.rosters import SINCE, Roster, person
from workflows.case import Case
from workflows.known_roster import learn_roster
from workflows.model import as_sent
from workflows.roster_entries import RosterKey
from workflows.signed_form import signed_form_of_entry
from workflows.vocabulary import Kind, Stage
from workflows.words import Language


@cache
def listed() -> tuple[Case[Any], Roster]:
    """A platform that is listed, every decision signed; the listing by two."""
    return at(Stage.VALID)


def audited(log: Log) -> tuple[list[str], Authorship]:
    problems = [one for one in check_logs({PLACE: log}) if one.check is Check.SIGNATURES]
    assert all(one.words.zh.startswith("第 ") for one in problems)
    return [one.words.en for one in problems], authorship_of({PLACE: log})


def test_each_author_is_known() -> None:
    """By name, and by the roster that the case was given; who countersigned, too."""
    case, known = listed()
    problems, told = audited(tuple(case.log))
    assert problems == []
    assert told.words == (
        "4 of 4 decisions signed, by 3 keys, 4 by the roster",
        "4 项决定中 4 项已签名（3 把密钥），4 项经人员目录核验",
    )
    listing = PLACE.entry(number_of(tuple(case.log), Kind.LISTING) + 1)
    assert [one.id for one in told.people[listing]] == ["kw-1", "kw-2"]
    names = {use.names.en for use in told.keys.values()}
    assert names == {"姓名kw-1 (kw-1)", "姓名kw-2 (kw-2)", "姓名hd-1 (hd-1)"}
    assert known_versions({PLACE: case.log}) == {1: known.newest.root}


def _signed_by(*people: str, key: str = "") -> Callable[[Log, int, Roster], Raw]:
    """The same decision with the signatures of others, who sign it in earnest."""

    def signed(log: Log, number: int, known: Roster) -> Raw:
        form = signed_form_of_entry(log[number])
        return {"signatures": [known.sign(one, form, key) for one in people]}

    return signed


@pytest.mark.parametrize(
    ("kind", "forge", "name", "words"),
    [
        (Kind.LISTING, lambda *_: {"signatures": []}, "unauthenticated", "and this one is not"),
        (Kind.LISTING, _signed_by("kw-1"), "second_missing", "two persons sign this decision"),
        (Kind.LISTING, _signed_by("kw-2", "kw-1"), "out_of_role", "and the signature is of kw-2"),
        (Kind.INSPECTION, _signed_by("hd-1"), "out_of_role", "of hd-1, district"),
        (Kind.INSPECTION, _signed_by("kw-1", key="kw-3"), "out_of_period", "no key SHA256:"),
        (Kind.LISTING, _signed_by("kw-1", "hd-1"), "second_out_of_role", "hd-1 signs as district"),
    ],
)
def test_who_seals_the_log_anew_is_found(
    kind: Kind, forge: Callable[[Log, int, Roster], Raw], name: str, words: str
) -> None:
    """Whoever runs the system and has some of the keys cannot make a decision another's."""
    case, known = listed()
    log = tuple(case.log)
    number = number_of(log, kind)
    forged = rewritten(log, number, lambda said: said | forge(log, number, known))
    problems, told = audited(forged)
    assert [one for one in problems if words in one], problems
    assert told.faults == {name: [PLACE.entry(number + 1)]}
    assert PLACE.entry(number + 1) not in told.proven


def _with(more: Raw, said: Raw) -> Raw:
    return said | more


def test_a_signature_without_its_proof_or_with_another() -> None:
    """The proof is not signed, and must lead to the version that the case knew."""
    log = tuple(listed()[0].log)
    number = number_of(log, Kind.INSPECTION)
    stranger = Roster(person("kw-1"), person("x-1"))
    [one] = log[number].said["signatures"]
    for changed, name in (
        ({"sshsig": one["sshsig"]}, "unproven"),
        (one | {"proof": stranger.proof("kw-1")}, "not_on_the_roster"),
    ):
        signed = {"signatures": [changed]}
        forged = rewritten(log, number, partial(_with, signed))
        assert audited(forged)[1].faults == {name: [PLACE.entry(number + 1)]}


def test_one_officer_twice_and_a_decision_twice() -> None:
    """Two keys of one person are one; a decision that is copied into the log is the same one."""
    known = roster()
    both = tuple(
        RosterKey(public=officers.public_key(one).openssh(), first=SINCE)
        for one in ("kw-1", "token")
    )
    known.change(person("kw-1", keys=both))
    case, _ = at(Stage.VALID, known)
    log = tuple(case.log)
    number = number_of(log, Kind.LISTING)
    form = signed_form_of_entry(log[number])
    twice = {"signatures": [known.sign("kw-1", form), known.sign("kw-1", form, key="token")]}
    assert audited(rewritten(log, number, lambda said: said | twice))[1].faults == {
        "one_person_twice": [PLACE.entry(number + 1)]
    }
    before = number_of(log, Kind.INSPECTION)
    copied = rewritten((*log, log[-1]), len(log), lambda _: dict(log[before].said))
    assert audited(copied)[1].faults == {"replayed": [PLACE.entry(len(log) + 1)]}


def test_a_revocation_that_a_case_heard_of_later() -> None:
    """What was signed after the key was lost is found, once the log shows that it was."""
    case, known = at(Stage.LISTING)
    lost = case.log[-2].at + timedelta(minutes=1)
    before = case.log[-1]
    gone = RosterKey(public=officers.public_key("kw-1").openssh(), first=SINCE, revoked=lost)
    new = RosterKey(public=officers.public_key("kw-1-new").openssh(), first=SINCE)
    known.change(person("kw-1", keys=(gone, new)))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, moment(case))
    raw = decision(Kind.LISTING, case, "included")
    raw |= {"actor": raw["actor"] | {"id": "kw-3"}}
    case.decide(known.signed(raw, case, "kw-3", "kw-2"), moment(case))
    assert audited(tuple(case.log))[1].faults == {}
    support = known.signed(decision(Kind.SUPPORT, case), case, "kw-1", key="kw-1-new")
    case.decide(support, moment(case))
    faults = audited(tuple(case.log))[1].faults
    assert faults == {"revoked_before": [PLACE.entry(before.seq)]}


def test_a_revocation_that_no_log_knows() -> None:
    """Without its proof, where none is asked for: only the office's roster says that the key was revoked."""
    case, known = opened(roster(), authorship="none", second_signature=[]), roster()
    raw = known.signed(decision(Kind.RECOMMENDATION, case), case, "hd-1")
    raw["signatures"] = [{"sshsig": raw["signatures"][0]["sshsig"]}]
    case.decide(raw, moment(case))
    logs, at_once = {PLACE: tuple(case.log)}, case.log[-1].at
    assert audited(logs[PLACE])[0] == []
    key = officers.public_key("hd-1").openssh()
    [found] = signed_after_revocation(logs, {key: at_once})
    assert "was revoked from 2024-03-05" in found.words.en
    assert found.words.zh.startswith("第 2 条：")
    for office in (
        {},
        {key: at_once + timedelta(seconds=1)},
        {known.people["kw-1"].keys[0].public: START},
    ):
        assert not list(signed_after_revocation(logs, office))


def test_two_rosters() -> None:
    """A version that does not follow, and one number with two versions: who wrote the log is found."""
    case, known = at(Stage.INSPECTION)
    known.change(person("kw-4"))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, moment(case))
    take(case, known, Kind.INSPECTION)
    log = tuple(case.log)
    assert audited(log)[0] == []
    strangers = Roster(person("x-1"), person("x-2"))
    strangers.change(person("kw-1", key="x-1"))
    number = number_of(log, "roster_learned")
    other = {"roots": [as_sent(strangers.newest)]}
    problems, _ = audited(rewritten(log, number, lambda said: said | other))
    assert "version 2 of the roster does not follow version 1" in problems[0]
    first = rewritten(log, 0, lambda said: said | {"roster": as_sent(strangers.versions[0])})
    problems, _ = audited((*first, *log[1:]))
    assert [one for one in problems if "does not follow version 1" in one]


def test_a_roster_that_is_not_the_offices() -> None:
    """Whoever starts a case past our clients may give it another roster: its digests are compared."""
    case, known = listed()
    logs = {PLACE: tuple(case.log)}
    own = {1: known.newest.root.digest()}
    assert list(foreign_versions(logs, own | {2: "ab" * 32})) == []
    for office in ({}, {1: "ab" * 32}):
        [found] = foreign_versions(logs, office)
        assert "a version 1 of a roster" in found.words.en
        assert "its signatures prove nothing" in found.words.en


def test_a_case_that_asks_for_nothing_where_there_is_a_roster() -> None:
    """Whoever starts one past our clients could decide in anybody's name: it is named."""
    since = START - timedelta(seconds=1)
    for asked in ("none", "recorded"):
        case = opened(roster(), authorship=asked, second_signature=[])
        logs = {PLACE: tuple(case.log)}
        [found] = cases_without_signatures(logs, since)
        assert "it was started past our clients" in found.words.en
        for not_before in (None, START, START + timedelta(seconds=1)):
            assert not list(cases_without_signatures(logs, not_before))
    case, known = opened(roster(), authorship="none", second_signature=[]), roster()
    raw = decision(Kind.FACTS_CHANGE, case, authorship="required")
    case.decide(known.signed(raw, case, "kw-1"), moment(case))
    assert not list(cases_without_signatures({PLACE: tuple(case.log)}, since))
    assert not list(cases_without_signatures({PLACE: tuple(listed()[0].log)}, since))


def test_what_is_not_asked_for_is_not_proven() -> None:
    """A case whose policy asks for nothing has its signatures verified, and no names vouched for."""
    known = roster()
    case = opened(known, authorship="none", second_signature=[])
    raw = known.signed(decision(Kind.RECOMMENDATION, case), case, "kw-1")
    case.decide(raw, moment(case))
    _, told = audited(tuple(case.log))
    assert (told.signed, told.proven) == ([PLACE.entry(2)], [])
    assert [use.names.en for use in told.keys.values()] == ["hd-1"]


# ---- with nothing but what an auditor's machine has ----


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_ssh_keygen_knows_the_days_of_keys(tmp_path: Path) -> None:
    """As of the time of the entry it holds; before the key's first day, and after its last, it does not."""
    known = roster()
    key = RosterKey(
        public=officers.public_key("kw-1").openssh(), first=SINCE, last=SINCE + timedelta(days=90)
    )
    known.change(person("kw-1", keys=(key,)))
    case, _ = at(Stage.EXPERT_REVIEW, known)
    files = signed_files({PLACE: tuple(case.log)})
    seq = case.log[-1].seq
    for name in (ALLOWED_SIGNERS, signed_file(PLACE, seq), signature_file(PLACE, seq, 1)):
        (tmp_path / Path(name).name).write_bytes(files[name])

    def verified(moment_: str) -> bool:
        command = (
            f"ssh-keygen -Y verify -n pingtai-decision -f allowed_signers -I kw-1 -s 1-{seq}.sig"
        )
        options = ["-O", f"verify-time={moment_}"]
        said = (tmp_path / f"1-{seq}.json").read_bytes()
        done = subprocess.run(
            [*command.split(), *options], cwd=tmp_path, input=said, capture_output=True, check=False
        )
        return done.returncode == 0

    assert verified(f"{case.log[-1].at:%Y%m%d%H%M%S}Z")
    assert verified("20231231160000Z")
    assert not verified("20231231155959Z")
    assert verified("20240331155959Z")
    assert not verified("20240331160000Z")


# ---- what is said of it ----


@cache
def authored_life() -> Life:
    """All of the platform, as its histories would tell it."""
    case, _ = listed()
    plans = {(1, one.version): one for one in case.plans}
    return Life(logs={PLACE: tuple(case.log)}, states={PLACE: case.state}, plans=plans)


@pytest.mark.parametrize(
    ("language", "signed", "both", "stamped"),
    [
        (
            "en",
            "signed by 姓名kw-1 (kw-1)",
            "signed by 姓名kw-1 (kw-1), countersigned by 姓名kw-2 (kw-2)",
            "4 of 4 decisions signed, by 3 keys, 4 by the roster",
        ),
        (
            "zh",
            "签名人 姓名kw-1（kw-1）",
            "签名人 姓名kw-1（kw-1），会签人 姓名kw-2（kw-2）",
            "4 项决定中 4 项已签名（3 把密钥），4 项经人员目录核验",
        ),
    ],
)
def test_the_report_says_who_signed_and_who_countersigned(
    language: Language, signed: str, both: str, stamped: str
) -> None:
    """Beside each decision; the stamp says on what the names rest, and that no more is proven."""
    page = unescape(render(authored_life(), head("bj-test"), None, language))
    story = page.partition('class="story"')[2]
    assert (story.count(signed), story.count(both)) == (3, 1)
    stamp = page.partition('<div class="seal')[2].partition("</div>")[0]
    assert stamped in stamp
    assert getattr(ROSTER_GIVEN, language) in stamp
    assert getattr(NOT_PROVEN, language) not in stamp


async def test_the_verdict_names_the_roster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its digest, which others can compare; and each key with its person."""

    async def life(*_: Any) -> Any:
        return authored_life()

    monkeypatch.setattr(verifying, "live", life)
    found = await verdict(made(authored_life(), "bj-test"), tmp_path)
    assert (found.problems, found.authorship.faults) == ([], {})
    digest = listed()[1].newest.root.digest()
    assert [en for en, _ in found.notes if digest in en]
    assert not [en for en, _ in found.notes if en.startswith("Who held the keys is not proven")]
    with speaking("zh"):
        show_verdict(found)
    assert "姓名kw-2（kw-2）（1）" in capsys.readouterr().out
    plain = plain_verdict(found)["authorship"]
    assert len(plain["proven"]) == 4
    assert plain["keys"][0]["people"][0]["id"] == "hd-1"
