"""Who decides signs by it, with nothing more to type; who has no key is told so once, and goes on."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.clock import today
from starter.desk.profile import Profile, ProfileRole, ProfileSigning, write_profile
from starter.errors import BadInput, NotSent, Unreachable
from starter.signing.key_files import make_key
from tests.rules.builders import Raw
from tests.rules.cases import at_stage
from tests.signing.openssh import keygen, needs_openssh
from tests.starter.form_typing import day_of, typed
from tests.starter.test_guided import show_case
from workflows.decision_reading import decision_of
from workflows.signed_form import signed_form
from workflows.ssh_signatures import PublicKey, signer_of
from workflows.states import Receipt
from workflows.vocabulary import District, Role, Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
DISTRICT = ProfileRole(role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)
RECOMMEND = ("recommend", "p-1", "--outcome", "recommended", "--opinion", "同意")
WITHOUT = "Not signed"


@pytest.fixture
def key(tmp_path: Path) -> PublicKey:
    """The key of a person with a profile."""
    path = tmp_path / "kw-01.key"
    made = make_key(path)
    keep(ProfileSigning(key_file=str(path)))
    return made


def keep(signing: ProfileSigning | None) -> None:
    """Keep a profile that signs so."""
    write_profile(Profile(id="kw-01", roles=(DISTRICT,), signing=signing))


def signers(raw: Raw) -> list[PublicKey]:
    """The keys by which a decision was signed, which verify."""
    form = signed_form(decision_of(raw))
    return [signer_of(b64decode(one["sshsig"]), form) for one in raw.get("signatures", ())]


def test_deciding_signs(pingtai: Run, sent: Sent, key: PublicKey) -> None:
    """Over the case and what it answers; the receipt says by which key."""
    done = pingtai(*RECOMMEND)
    assert 0 == done.exit_code
    assert f"Signed by\t{key.fingerprint()}\n" in done.stdout
    assert f"签名密钥\t{key.fingerprint()}\n" in pingtai(*RECOMMEND, lang="zh").stdout
    for _, raw in sent:
        assert [key] == signers(raw)
        assert "a" * 64 == raw["case"]["answers"]


def test_a_repeat_shows_no_signature(
    pingtai: Run, answers: dict[str, Any], receipt: Receipt, key: PublicKey
) -> None:
    """The first one counts, and may be another's."""
    answers["decide"] = receipt.model_copy(update={"repeated": True})
    done = pingtai(*RECOMMEND)
    assert (0, False) == (done.exit_code, key.fingerprint() in done.stdout)


def test_what_takes_no_signature_is_sent_as_it_is(
    pingtai: Run, sent: Sent, answers: dict[str, Any], key: PublicKey
) -> None:
    """A repeat, and what an old worker takes."""
    answers["to_sign"] = None
    done = pingtai(*RECOMMEND)
    assert (0, False) == (done.exit_code, key.fingerprint() in done.stdout)
    assert "signatures" not in sent[0][1]


@pytest.mark.usefixtures("key")
def test_nobody_signs_for_somebody_else(pingtai: Run, sent: Sent) -> None:
    """A decision that names another person is sent as it is."""
    other = ("--actor", "kw-02", "--organisation", "密云区科委", "--district", "miyun")
    done = pingtai(*RECOMMEND, *other)
    assert (0, 1) == (done.exit_code, done.stderr.count("Not signed: the decision is of kw-02"))
    assert "your profile is that of kw-01" in done.stderr
    assert "pingtai login --id kw-02" in done.stderr
    chinese = pingtai(*RECOMMEND, *other, lang="zh").stderr
    assert "经办人为 kw-02（见 --actor 或所提交的文件），而个人配置为 kw-01" in chinese
    assert "signatures" not in sent[0][1]


def test_without_a_key_it_is_said(pingtai: Run, sent: Sent) -> None:
    """And how to get one; without a profile nothing is said."""
    keep(None)
    done = pingtai(*RECOMMEND)
    assert (0, 1) == (done.exit_code, done.stderr.count(WITHOUT))
    assert "login --new-key" in done.stderr
    assert "未签名" in pingtai(*RECOMMEND, lang="zh").stderr
    assert not any("signatures" in raw for _, raw in sent)


@pytest.mark.parametrize("error", [BadInput("no such case", ""), NotSent("away", "")])
@pytest.mark.usefixtures("key")
def test_what_cannot_be_signed_is_not_sent(
    pingtai: Run, sent: Sent, answers: dict[str, Any], error: Exception
) -> None:
    """It is certain that nothing was: no line says that it may have been accepted."""
    answers["to_sign"] = error
    done = pingtai(*RECOMMEND)
    assert (0, []) != (done.exit_code, sent)
    assert [] == sent
    assert "may have been accepted" not in done.stderr


def test_a_key_that_is_gone_is_said(pingtai: Run, sent: Sent, tmp_path: Path) -> None:
    """Nothing is sent unsigned by whoever has a key: else taking it away would be enough."""
    keep(ProfileSigning(key_file=str(tmp_path / "gone.key")))
    done = pingtai(*RECOMMEND)
    assert (2, True, []) == (done.exit_code, "no key file" in done.stderr, sent)


@needs_openssh
def test_a_passphrase_stops_a_script(pingtai: Run, sent: Sent, tmp_path: Path) -> None:
    """Without a terminal nobody is asked for it; the agent is named."""
    path = keygen(tmp_path / "locked", passphrase="x" * 8)
    keep(ProfileSigning(key_file=str(path)))
    done = pingtai(*RECOMMEND)
    assert (2, True, []) == (done.exit_code, f"ssh-add {path}" in done.stderr, sent)


def lines(number: int) -> str:
    """Decisions of the person of the profile, on platforms of their own."""
    said = {"kind": "recommendation", "outcome": "recommended", "opinion": "同意"}
    rows = [{"platform": f"p-{n}", **said, "decided_on": str(today())} for n in range(number)]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def test_each_decision_of_a_batch_is_signed(pingtai: Run, sent: Sent, key: PublicKey) -> None:
    """One command, no question; a dry run signs nothing."""
    done = pingtai("decide", "--file", "-", "--yes", stdin=lines(5))
    assert (0, 5) == (done.exit_code, len(sent)), done.output
    assert [[key]] * 5 == [signers(raw) for _, raw in sent]


def test_a_batch_without_a_key_says_so_once(pingtai: Run, sent: Sent) -> None:
    """And is sent."""
    keep(None)
    done = pingtai("decide", "--file", "-", "--yes", stdin=lines(5))
    assert (0, 5, 1) == (done.exit_code, len(sent), done.stderr.count(WITHOUT))


def test_a_batch_whose_key_is_gone_sends_nothing(pingtai: Run, sent: Sent, tmp_path: Path) -> None:
    """It ends before its first line."""
    keep(ProfileSigning(key_file=str(tmp_path / "gone.key")))
    done = pingtai("decide", "--file", "-", "--yes", stdin=lines(5))
    assert (2, 1, []) == (done.exit_code, done.stderr.count("no key file"), sent)


def test_a_form_signs_what_was_seen(
    pingtai: Run,
    answers: dict[str, Any],
    sent: Sent,
    key: PublicKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What stands there when the answers are typed is not what somebody saw when they began."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)
    case = at_stage(Stage.RECOMMENDATION, district="miyun")
    show_case(answers, case)
    answers["state"] = answers["state"].model_copy(update={"content_hash": "c" * 64})
    lines = typed("1", "同意", day_of(Stage.RECOMMENDATION), "", "y")
    done = pingtai("recommend", "bj-test", stdin=lines)
    assert 0 == done.exit_code, done.output
    assert [key] == signers(sent[0][1])
    assert "c" * 64 == sent[0][1]["case"]["answers"]


@pytest.mark.usefixtures("key")
def test_who_is_not_in_the_roster_is_told_so_before_signing(
    pingtai: Run, sent: Sent, answers: dict[str, Any]
) -> None:
    """Where the case asks for signatures; nothing is sent, alone or in a batch, also while nobody can say."""
    answers["signatures_needed"] = 1
    refused = pingtai(*RECOMMEND)
    assert (3, True) == (refused.exit_code, "kw-01 is not in it" in refused.stderr)
    assert "pingtai whoami" in pingtai(*RECOMMEND, lang="zh").stderr
    batch = pingtai("decide", "--file", "-", "--yes", stdin=lines(2))
    assert (3, 2) == (batch.exit_code, batch.stdout.count("kw-01 is not in it")), batch.output
    answers["proofs"] = Unreachable("the register is away", "")
    away = pingtai(*RECOMMEND)
    assert (4, True) == (away.exit_code, "the register is away" in away.stderr)
    assert [] == sent
    answers["signatures_needed"] = 0
    assert 0 == pingtai(*RECOMMEND).exit_code, "where nobody asks, it goes without"
    assert 1 == len(sent)
