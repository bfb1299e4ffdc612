"""Who sits at the desk: kept once, strictly read, and filled in where nothing else says who acts."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.desk.profile import Profile, ProfileRole, ProfileSigning, read_profile, write_profile
from starter.desk.profile_file import profile_path
from starter.errors import BadInput
from starter.terminal.language import language
from tests.rules.rosters import person
from workflows.model import InvalidMessage
from workflows.vocabulary import District, Role

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

DISTRICT = ProfileRole(role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)
COMMISSION = ProfileRole(role=Role.COMMISSION, organisation="市科委")
OFFICE = {"role": "district", "organisation": "密云区科委", "district": "miyun"}
REVIEW = ("review", "p-1", "--view", "x")
EVALUATE = ("evaluate", "p-1", "--outcome", "effective", "--finding", "all=satisfactory")


@pytest.fixture
def profile() -> Profile:
    """A person of a district who also acts for the commission."""
    profile = Profile(id="kw-01", roles=(DISTRICT, COMMISSION))
    write_profile(profile)
    return profile


def test_written_for_its_owner_only_and_read_back(profile: Profile) -> None:
    """What was kept is what is read; nobody else may read the file."""
    assert profile == read_profile()
    assert 0o600 == stat.S_IMODE(profile_path().stat().st_mode)
    assert [profile_path()] == list(profile_path().parent.glob("*profile*"))


def key_made() -> ProfileSigning:
    """The key that the first login of this person makes."""
    return ProfileSigning(key_file=str(profile_path().with_name("kw-01.key")))


CODE = "91119999MA0000994M"


def test_the_credit_code_of_an_organisation_goes_with_its_decisions(
    pingtai: Run, sent: Sent
) -> None:
    """It is kept, checked and sent; that of another organisation is not."""
    who = ("login", "--id", "op-1", "--role", "operator", "--organisation", "京芯公司")
    wrong = pingtai(*who, "--credit-code", CODE[:-1] + "X")
    assert (2, True) == (wrong.exit_code, "--credit-code" in wrong.stderr)
    assert CODE in pingtai(*who, "--credit-code", CODE).stdout
    withdraw = ("withdraw", "p-1", "--reason", "停办")
    for more in ((), ("--organisation", "别的公司"), ("--organisation", "京芯 公司")):
        assert 0 == pingtai(*withdraw, *more).exit_code
    codes = [raw["actor"].get("credit_code") for _, raw in sent]
    assert [CODE, None, CODE] == codes
    assert CODE in pingtai("login", "--lang", "en").stdout, "what is not said stays"
    assert CODE not in pingtai("login", "--organisation", "新公司").stdout


def test_an_operator_is_asked_for_its_credit_code(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is none is told and asked again; whoever has none goes on."""
    monkeypatch.setattr("starter.commands.login.at_terminal", lambda: True)
    lines = ["op-1", "1", "京芯公司", CODE[:-1] + "X"]
    for code in (CODE, ""):
        result = pingtai("login", lang="zh", stdin="\n".join([*lines, code, ""]))
        assert "校验码不符（GB 32100）" in result.output
        known = read_profile()
        assert known
        assert known.roles[0].credit_code == (code or None)


def test_whom_the_roster_knows_is_asked_for_the_id_alone(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their role and office stand there; whoever is not in it is asked for all."""
    entry = person("kw-01", Role.COMMISSION, organisation="市科委、中关村管委会")
    monkeypatch.setattr("starter.commands.login.at_terminal", lambda: True)
    monkeypatch.setattr(
        "starter.commands.login.known_person",
        lambda said: entry if said["person"] == "kw-01" else None,
    )
    result = pingtai("login", stdin="kw-01\n")
    assert 0 == result.exit_code, result.output
    known = read_profile()
    assert known
    assert ("kw-01", "commission", "市科委、中关村管委会") == (
        known.id,
        known.roles[0].role,
        known.roles[0].organisation,
    )
    result = pingtai("login", stdin="kw-77\n1\n京芯公司\n\n")
    assert 0 == result.exit_code, result.output
    known = read_profile()
    assert known and ("kw-77", "operator") == (known.id, known.roles[0].role)


def test_there_is_none_until_one_is_written() -> None:
    """No file is no profile, and no error."""
    assert read_profile() is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"id = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'id = "a b"\n[[roles]]\nrole = "operator"\norganisation = "o"', "id"),
        (b'id = "a"', "roles"),
        (b'id = "a"\nroles = []', "roles"),
        (b'id = "a"\n[[roles]]\nrole = "boss"\norganisation = "o"', "roles.0.role"),
        (b'id = "a"\n[[roles]]\nrole = "district"\norganisation = "o"', "district staff"),
        (
            b'id = "a"\n[[roles]]\nrole = "operator"\norganisation = "o"\ndistrict = "miyun"',
            "district staff",
        ),
        (b'id = "a"\nborn = 2000-01-01\n[[roles]]\nrole = "operator"\norganisation = "o"', "born"),
        (b'id = "a"\n' + b'[[roles]]\nrole = "operator"\norganisation = "o"\n' * 2, "operator"),
    ],
)
def test_what_is_no_profile_is_said(pingtai: Run, sent: Sent, content: bytes, why: str) -> None:
    """The file and the field are named, in either language; nothing is sent; the code is 2."""
    profile_path().write_bytes(content)
    try:
        read_profile()
        pytest.fail("it was read")
    except (BadInput, InvalidMessage) as error:
        words = error.words
    assert why in words.en
    assert str(profile_path()) in words.zh
    for lang in ("en", "zh"):
        result = pingtai(*REVIEW, lang=lang)
        assert 2 == result.exit_code
        assert str(profile_path()) in result.stderr
    assert [] == sent


def test_a_large_file_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never ends is no profile."""
    monkeypatch.setenv("PINGTAI_PROFILE", "/dev/zero")
    with pytest.raises(BadInput):
        read_profile()


def test_login_keeps_adds_shows_and_forgets(pingtai: Run) -> None:
    """One person, several roles, the first by default; Chinese words are understood."""
    said = ("--id", "kw-01", "--role", "所在区", "--district", "密云区")
    assert 0 == pingtai("login", *said, "--organisation", "密云区科委", "--lang", "zh").exit_code
    more = ("--add", "--role", "commission", "--organisation", "市科委")
    assert 0 == pingtai("login", *more).exit_code
    both = (DISTRICT, COMMISSION)
    expected = Profile(id="kw-01", lang="zh", roles=both, signing=key_made())
    assert expected == read_profile()
    assert 2 == pingtai("login", *more).exit_code
    assert 0 == pingtai("login", *more, "--name", "second").exit_code
    shown = pingtai("login", "--show", lang="en").stdout
    assert all(words in shown for words in ("kw-01", "密云区科委", "second", "miyun"))
    assert '"id": "kw-01"' in pingtai("login", "--json").stdout
    assert "removed" in pingtai("logout", lang="en").stdout
    assert read_profile() is None
    assert "没有个人配置" in pingtai("logout", lang="zh").stdout


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("--id", "a"),
        ("--id", "a b", "--role", "operator", "--organisation", "o"),
        ("--id", "a", "--role", "district", "--organisation", "o"),
        ("--add", "--role", "operator", "--organisation", "o"),
        ("--id", "a", "--role", "boss", "--organisation", "o"),
    ],
)
def test_login_says_what_is_missing(pingtai: Run, flags: tuple[str, ...]) -> None:
    """Nothing is written of a half profile, nor is a role added to none."""
    result = pingtai("login", *flags)
    assert 2 == result.exit_code
    assert result.stderr
    assert not profile_path().exists()


def test_login_is_of_one_person(pingtai: Run, profile: Profile) -> None:
    """Another person's role is not added to this one's."""
    other = ("--add", "--id", "kw-02", "--role", "operator", "--organisation", "o")
    assert 2 == pingtai("login", *other).exit_code
    assert profile == read_profile()


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        (("--organisation", "密云区科学技术局"), {"roles.0": {"organisation": "密云区科学技术局"}}),
        (("--role", "boss"), None),
        (("--lang", "zh"), {"lang": "zh"}),
        (("--id", "kw-09"), {"id": "kw-09"}),
        (("--name", "mine"), {"roles.0": {"name": "mine"}}),
        (("--district", "怀柔区"), {"roles.0": {"district": District.HUAIROU}}),
        (
            ("--role", "commission", "--organisation", "委"),
            {"roles.1": {"organisation": "委"}},
        ),
        (
            ("--role", "operator", "--organisation", "某公司"),
            {"roles.0": {"role": Role.OPERATOR, "organisation": "某公司", "district": None}},
        ),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_login_changes_just_what_is_said(
    pingtai: Run, profile: Profile, flags: tuple[str, ...], changed: dict[str, Any] | None
) -> None:
    """Of the role that is meant, or else the first; all the rest stays. No flag of login: nothing changes."""
    result = pingtai("login", *flags)
    if changed is None:
        assert (2, profile) == (result.exit_code, read_profile())
        return
    assert 0 == result.exit_code, result.output
    roles = [
        role.model_copy(update=changed.pop(f"roles.{number}", {}))
        for number, role in enumerate(profile.roles)
    ]
    assert profile.model_copy(update={**changed, "roles": tuple(roles)}) == read_profile()


def test_a_profile_that_cannot_be_read_is_written_anew(pingtai: Run) -> None:
    """As its own message says."""
    profile_path().write_bytes(b"id = ")
    assert 2 == pingtai("login", "--organisation", "o").exit_code
    assert 0 == pingtai("login", "--id", "a", "--role", "operator", "--organisation", "o").exit_code
    assert "a" == (read_profile() or pytest.fail()).id


def test_a_change_that_does_not_fit_changes_nothing(pingtai: Run, profile: Profile) -> None:
    """District staff without a district are nobody."""
    assert 2 == pingtai("login", "--role", "operator", "--district", "miyun").exit_code
    assert profile == read_profile()


@pytest.mark.parametrize(
    ("flags", "en", "zh"),
    [
        (
            ("--role", "district"),
            "the district (--district) is missing",
            "缺少所在区（--district）",
        ),
        (
            ("--role", "operator", "--district", "miyun"),
            "a district (--district) is said by district staff only",
            "所在区（--district）仅区工作人员填写",
        ),
        (("--organisation", " "), "organisation (--organisation): at least", "单位（organisation"),
        (("--add", "--role", "operator"), "(--organisation): missing", "缺少此项"),
        (("--id", " "), "(id, --id): use 1 to 64", "人员编号（id，--id）：应为"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_does_not_fit_is_called_as_people_know_it(
    pingtai: Run, flags: tuple[str, ...], en: str, zh: str
) -> None:
    """By label and flag: neither by its place in the file, nor with what follows from it."""
    pingtai("login", "--id", "a", "--role", "commission", "--organisation", "市科委")
    for lang, words in (("en", en), ("zh", zh)):
        said = pingtai("login", *flags, lang=lang).stderr
        assert words in said
        assert "roles" not in said and "Profile" not in said


def test_who_looks_for_a_role_of_auditors_hears_that_there_is_none(pingtai: Run) -> None:
    """They read without one."""
    for lang, role, words in (
        ("en", "auditor", "Auditors need none"),
        ("zh", "审计", "审计人员无须登记"),
    ):
        said = pingtai("login", "--role", role, lang=lang)
        assert (2, True) == (said.exit_code, words in " ".join(said.stderr.split()))


def test_login_asks_at_a_terminal(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Id, role, organisation, and the district of district staff; what does not fit is asked again."""
    monkeypatch.setattr("starter.commands.login.at_terminal", lambda: True)
    result = pingtai("login", stdin="k w\nkw-01\n2\n密云区科委\n密云区\n")
    assert 0 == result.exit_code, result.output
    assert Profile(id="kw-01", roles=(DISTRICT,), signing=key_made()) == read_profile()


def test_the_profile_says_who_acts(pingtai: Run, sent: Sent, profile: Profile) -> None:
    """Without flags the first role acts; where another of them decides, that one does, and it is said."""
    assert "Acting" not in pingtai(*REVIEW).stderr
    result = pingtai(*EVALUATE)
    assert "Acting as commission (市科委)" in result.stderr
    commission = {"id": "kw-01", "role": "commission", "organisation": "市科委"}
    assert [{"id": "kw-01", **OFFICE}, commission] == [said["actor"] for _, said in sent]


def test_as_chooses_the_role(pingtai: Run, sent: Sent, profile: Profile) -> None:
    """By name, by role, in Chinese; it goes before the file and the environment, flags before it."""
    for called in ("commission", "市科委、中关村管委会"):
        assert 0 == pingtai(*REVIEW, "--as", called).exit_code
    assert ["commission"] * 2 == [said["actor"]["role"] for _, said in sent]
    sent.clear()
    file = '{"actor": {"id": "other", "role": "operator", "organisation": "o"}}'
    pingtai(*REVIEW, "--as", "district", "--actor", "kw-09", "--file", "-", stdin=file)
    assert {"id": "kw-09", **OFFICE} == sent[0][1]["actor"]
    result = pingtai(*REVIEW, "--as", "operator")
    assert (2, True) == (result.exit_code, "it has district, commission" in result.stderr)
    pingtai("logout")
    assert "pingtai login" in pingtai(*REVIEW, "--as", "district").stderr


def test_two_roles_of_a_kind_have_names(pingtai: Run, sent: Sent) -> None:
    """A role that may mean two is asked to be named."""
    second = COMMISSION.model_copy(update={"name": "second", "organisation": "二处"})
    third = COMMISSION.model_copy(update={"name": "third", "organisation": "三处"})
    write_profile(Profile(id="kw-01", roles=(second, third)))
    assert 2 == pingtai(*REVIEW, "--as", "commission").exit_code
    assert 0 == pingtai(*REVIEW, "--as", "third").exit_code
    assert "三处" == sent[0][1]["actor"]["organisation"]


def test_flags_file_and_environment_go_before_the_profile(
    pingtai: Run, sent: Sent, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The profile fills in only what is open."""
    pingtai(*REVIEW, "--organisation", "另一单位", "--yes")
    file = '{"actor": {"id": "kw-01", "role": "commission"}}'
    pingtai(*REVIEW, "--file", "-", stdin=file)
    monkeypatch.setenv("PINGTAI_ORGANISATION", "o-env")
    pingtai(*REVIEW, "--yes")
    expected = [
        {"id": "kw-01", **OFFICE, "organisation": "另一单位"},
        {"id": "kw-01", "role": "commission", "organisation": "市科委"},
        {"id": "kw-01", **OFFICE, "organisation": "o-env"},
    ]
    assert expected == [said["actor"] for _, said in sent]


def test_somebody_else_gets_nothing_of_it(pingtai: Run, sent: Sent, profile: Profile) -> None:
    """Another's id with this one's office would be nobody: the office must be said too."""
    result = pingtai(*REVIEW, "--actor", "kw-02")
    assert 2 == result.exit_code
    assert (
        "decided by: organisation (actor.organisation, --organisation, PINGTAI_ORGANISATION)"
        in result.stderr
    )
    assert [] == sent


def test_the_profile_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes before the locale and after PINGTAI_LANG; a file that cannot be read says nothing."""
    assert "en" == language()
    write_profile(Profile(id="a", lang="zh", roles=(COMMISSION,)))
    assert "zh" == language()
    monkeypatch.setenv("PINGTAI_LANG", "en")
    assert "en" == language()
    monkeypatch.delenv("PINGTAI_LANG")
    Path(profile_path()).write_text("lang = ", encoding="utf-8")
    assert "en" == language()
