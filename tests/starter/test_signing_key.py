"""`pingtai login` makes a key or takes one; the profile names it, and its public part is shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from starter.desk.profile import ProfileSigning, read_profile, write_profile
from starter.desk.profile_file import profile_path
from starter.signing.agent import AgentKey
from starter.signing.key_files import make_key

Run = Callable[..., Result]
WHO = ("login", "--id", "kw-01", "--role", "commission", "--organisation", "市科委")


def signing() -> ProfileSigning | None:
    """What the profile says of the key."""
    profile = read_profile()
    assert profile
    return profile.signing


def test_the_first_login_makes_a_key(pingtai: Run, tmp_path: Path) -> None:
    """Beside the profile, which has its path only; a second login takes it again."""
    shown = pingtai(*WHO)
    path = tmp_path / "kw-01.key"
    line = path.with_name("kw-01.key.pub").read_text()
    assert shown.stdout.endswith(f"Public key, for the keepers of the roster to enter\n{line}")
    assert ProfileSigning(key_file=str(path)) == signing()
    assert path.read_text().splitlines()[1] not in profile_path().read_text()
    assert line in pingtai(*WHO, lang="zh").stdout
    assert line in pingtai("whoami").stdout
    assert line in pingtai("login", "--show").stdout
    said = json.loads(pingtai("whoami", "--json").stdout)["signing"]
    assert {
        "key_file": str(path),
        "agent": None,
        "public_key": line.strip(),
        "standing": None,
    } == said


def test_a_new_key_leaves_the_old_one(pingtai: Run, tmp_path: Path) -> None:
    """The roster may still have the old one; it is never written over."""
    pingtai(*WHO)
    first = (tmp_path / "kw-01.key").read_bytes()
    for number in (2, 3):
        pingtai("login", "--new-key")
        assert ProfileSigning(key_file=str(tmp_path / f"kw-01-{number}.key")) == signing()
    assert first == (tmp_path / "kw-01.key").read_bytes()
    pingtai("login", "--lang", "en")
    assert ProfileSigning(key_file=str(tmp_path / "kw-01-3.key")) == signing(), (
        "what is not said stays"
    )


def test_a_profile_without_a_key_stays_so_until_one_is_asked_for(pingtai: Run) -> None:
    """Profiles of earlier releases have none: no change of another field brings one."""
    pingtai(*WHO)
    profile = read_profile()
    assert profile
    write_profile(profile.model_copy(update={"signing": None}))
    shown = pingtai("login", "--lang", "en")
    assert (None, False) == (signing(), "Public key" in shown.stdout)
    assert json.loads(pingtai("whoami", "--json").stdout)["signing"] is None


def test_a_key_of_ones_own_is_taken(pingtai: Run, tmp_path: Path) -> None:
    """By its path, made absolute; what cannot be used is refused, and the profile stays."""
    make_key(tmp_path / "own")
    assert 0 == pingtai(*WHO, "--key", "own").exit_code
    assert ProfileSigning(key_file=str(tmp_path / "own")) == signing()
    assert not (tmp_path / "kw-01.key").exists()
    (tmp_path / "own.pub").chmod(0o644)  # as ssh-keygen leaves it
    for wrong, why in (
        ("own.pub", "public part"),
        ("none", "no key file"),
        ("none", "check the path"),
        ("..", "cannot be read"),
    ):
        refused = pingtai("login", "--key", wrong)
        assert (2, True) == (refused.exit_code, why in refused.stderr)
    assert "这是公钥" in pingtai("login", "--key", "own.pub", lang="zh").stderr
    assert "请核对路径" in pingtai("login", "--key", "none", lang="zh").stderr
    (tmp_path / "own").chmod(0o644)
    assert "chmod 600" in pingtai("login", "--key", "own").stderr
    assert "chmod 600" in pingtai("whoami").stderr, "nor can it be shown"
    assert ProfileSigning(key_file=str(tmp_path / "own")) == signing()
    both = pingtai("login", "--key", "own", "--new-key", lang="zh")
    assert (2, True) == (both.exit_code, "只能用其一" in both.stderr)


def test_a_key_of_the_agent_is_taken(
    pingtai: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only one without a word more; of several, the one that is named."""
    one, two, other = (make_key(tmp_path / name) for name in ("one", "two", "other"))
    held = [AgentKey(one, "wang@desk"), AgentKey(two, "li@desk")]
    monkeypatch.setattr("starter.signing.agent.agent_keys", lambda: held)
    several = pingtai(*WHO, "--agent")
    assert (2, True) == (several.exit_code, f"{two.fingerprint()}  li@desk\n" in several.stderr)
    assert read_profile() is None
    assert two.openssh() in pingtai(*WHO, "--agent", two.fingerprint()).stdout
    assert ProfileSigning(agent=two.fingerprint()) == signing()
    refused = pingtai("login", "--agent", other.fingerprint())
    assert "does not hold the key" in refused.stderr
    del held[1]
    assert one.openssh() in pingtai("login", "--agent").stdout
    assert ProfileSigning(agent=one.fingerprint()) == signing()
    held.clear()
    assert "or is locked" in pingtai("login", "--agent").stderr
    shown = pingtai("whoami", lang="zh")
    assert (0, True) == (shown.exit_code, "已锁定" in shown.stderr)
    assert ProfileSigning(agent=one.fingerprint()) == signing()
