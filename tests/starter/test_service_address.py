"""Which service the commands work by: the environment before the profile, and each key for its own service."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from starter.desk.profile import (
    Profile,
    ProfileRole,
    ProfileService,
    ProfileSigning,
    read_profile,
    write_profile,
)
from starter.desk.profile_file import profile_path
from starter.desk.service_address import ServiceAddress, checked_url, read_key, service_address
from starter.errors import BadInput
from workflows.vocabulary import Role

Run = Callable[..., Result]
HTTPS = "https://pingtai.example.org"
SECRET = "ptk_4f0c2a9b1e_secret"  # noqa: S105 - nobody's
ROLE = ProfileRole(role=Role.COMMISSION, organisation="市科委")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file with a key that only its owner reads."""
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(f"{SECRET}\n")
    return file


def keep(service: ProfileService | None) -> None:
    """Keep a profile with this service."""
    write_profile(Profile(id="kw-01", service=service, roles=(ROLE,)))


def test_nothing_named_is_the_direct_way() -> None:
    """Without a URL, or with an empty one, no service is asked, whatever key there is."""
    assert service_address() is None
    keep(None)
    assert service_address() is None


def test_the_environment_goes_before_the_profile(
    monkeypatch: pytest.MonkeyPatch, key_file: Path
) -> None:
    """The profile's URL and key file; PINGTAI_KEY for the same; an empty PINGTAI_URL for neither."""
    keep(ProfileService(url=HTTPS, key_file=str(key_file)))
    assert ServiceAddress(HTTPS, SECRET) == service_address()
    monkeypatch.setenv("PINGTAI_KEY", "ptk_other")
    assert ServiceAddress(HTTPS, "ptk_other") == service_address()
    monkeypatch.setenv("PINGTAI_URL", "http://127.0.0.1:8080/")
    assert ServiceAddress("http://127.0.0.1:8080", "ptk_other") == service_address()
    monkeypatch.setenv("PINGTAI_URL", "")
    assert service_address() is None


def test_a_kept_key_is_shown_to_its_own_service_only(
    monkeypatch: pytest.MonkeyPatch, key_file: Path
) -> None:
    """PINGTAI_URL leads elsewhere: the profile's key does not go there."""
    keep(ProfileService(url=HTTPS, key_file=str(key_file)))
    monkeypatch.setenv("PINGTAI_URL", "https://elsewhere.example.org")
    with pytest.raises(BadInput, match="no key for https://elsewhere"):
        service_address()


@pytest.mark.parametrize(
    "url",
    [
        HTTPS,
        f"{HTTPS}:8443/pingtai",
        "http://localhost:8080",
        "http://127.3.2.1",
        "http://[::1]:80",
    ],
)
def test_a_key_goes_over_tls_or_stays_on_this_machine(url: str) -> None:
    """https anywhere; plain http to loopback only."""
    assert url == checked_url(url + "/", "PINGTAI_URL")


@pytest.mark.parametrize(
    "url",
    [
        "http://pingtai.example.org",
        "http://10.0.0.1:8080",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://0.0.0.0:8080",
        "http://127.0.0.1@example.org",
        "https://user:secret@example.org",
        "https://example.org?key=secret",
        "https://exa mple.org",
        "https://example.org\r\nx: y",
        "ftp://localhost",
        "localhost:8080",
        "https://",
        "https://[",
        "https://host:port",
        "HTTP//localhost",
    ],
)
def test_whatever_else_is_no_address(url: str) -> None:
    """It is refused in both languages, and what may be a password in it is not repeated."""
    with pytest.raises(BadInput) as error:
        checked_url(url, "PINGTAI_URL")
    assert "secret" not in error.value.words.en + error.value.words.zh


@pytest.mark.parametrize("key", ["ptk_a b", "ptk_a\nb", "钥匙", "x" * 201, "ptk_\x00", " "])
def test_what_is_no_key_is_not_repeated(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Neither a header's nor a codec's own error, which would show it: one line, code 2."""
    if "\x00" not in key:
        monkeypatch.setenv("PINGTAI_URL", HTTPS)
        monkeypatch.setenv("PINGTAI_KEY", key)
        result = pingtai(
            "withdraw", "p-1", *["--reason", "x", "--actor", "u", "--organisation", "某单位"]
        )
        assert (2, 1) == (result.exit_code, len(result.stderr.splitlines()))
        assert key not in result.stderr or key == " "
    file = Path("key")
    file.touch(mode=0o600)
    file.write_bytes(key.encode())
    with pytest.raises(BadInput) as error:
        read_key(file)
    assert key == " " or key not in error.value.words.en + error.value.words.zh


def test_a_key_file_is_its_owners(key_file: Path) -> None:
    """One that others may read is refused, and one that is not there."""
    assert SECRET == read_key(key_file)
    key_file.chmod(0o640)
    with pytest.raises(BadInput, match="chmod 600"):
        read_key(key_file)
    with pytest.raises(BadInput, match="cannot be read"):
        read_key(key_file.with_name("none"))


def test_the_key_is_in_no_representation() -> None:
    """A log or a traceback that shows the address does not show the key."""
    assert SECRET not in repr(ServiceAddress(HTTPS, SECRET))


def test_login_keeps_where_the_service_is(pingtai: Run, key_file: Path) -> None:
    """With who one is or alone; shown with the file of the key, never the key; taken back by an empty one."""
    who = ("--id", "kw-01", "--role", "commission", "--organisation", "市科委")
    assert 0 == pingtai("login", *who).exit_code
    assert 2 == pingtai("login", "--key-file", str(key_file)).exit_code
    saved = pingtai("login", "--url", HTTPS, "--key-file", "key")
    assert (0, True) == (saved.exit_code, HTTPS in saved.stdout and str(key_file) in saved.stdout)
    for said in (pingtai("keys", "list").stderr, pingtai("--lang", "zh", "keys", "list").stderr):
        assert "PINGTAI_URL= pingtai" in said
    signing = ProfileSigning(key_file=str(profile_path().with_name("kw-01.key")))
    service = ProfileService(url=HTTPS, key_file=str(key_file))
    kept = Profile(id="kw-01", roles=(ROLE,), service=service, signing=signing)
    assert kept == read_profile()
    shown = pingtai("login", "--show").stdout
    assert HTTPS in shown
    assert str(key_file) in shown
    assert SECRET not in shown
    more = ("--role", "operator", "--organisation", "某公司")
    assert 0 == pingtai("login", "--add", *more).exit_code
    assert kept.service == (read_profile() or kept.model_copy(update={"service": None})).service
    assert 2 == pingtai("login", "--url", "http://example.org").exit_code
    assert 0 == pingtai("login", "--url", "https://other.example.org").exit_code
    assert ProfileService(url="https://other.example.org") == getattr(
        read_profile(), "service", None
    )
    assert 0 == pingtai("login", "--url", "").exit_code
    assert getattr(read_profile(), "service", 1) is None
