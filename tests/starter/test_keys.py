"""`pingtai keys`: a key is shown once, listed without its secret, and revoked at once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

from db.key_queries import ApiKey
from starter.commands.keys import is_read_by_others

Pingtai = Callable[..., Result]


@pytest.fixture(autouse=True)
def register_here(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """A fresh register is where DATABASE_URL says."""
    monkeypatch.setenv("DATABASE_URL", database_url)


def made(pingtai: Pingtai, *more: str) -> str:
    """Make a key; answers the token."""
    result = pingtai("keys", "create", "海淀区申报系统", "--scope", "apply", *more)
    assert 0 == result.exit_code, result.output
    return result.stdout


def test_the_key_alone_goes_to_standard_output(pingtai: Pingtai) -> None:
    """So that it can be piped into a file; that it is not shown again is said beside it."""
    result = pingtai("keys", "create", "申报系统", "--scope", "apply", "--scope", "read")
    token = result.stdout
    assert token.startswith("ptk_")
    assert 1 == token.count("\n")
    assert "shown only once" in result.stderr
    assert token.strip().split("_", 2)[2] not in result.stderr
    assert "仅显示一次" in pingtai("keys", "create", "x", "--scope", "read", lang="zh").stderr


@pytest.mark.parametrize(("mode", "open_to_others"), [(0o644, True), (0o640, True), (0o600, False)])
@pytest.mark.parametrize(("lang", "said"), [("en", "Others may read"), ("zh", "其他用户可读")])
def test_a_file_that_others_may_read_is_told_of(  # noqa: PLR0917 - what pytest hands over
    pingtai: Pingtai,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    mode: int,
    open_to_others: bool,
    lang: str,
    said: str,
) -> None:
    """A shell makes it before the command begins."""
    path = tmp_path / "key.txt"
    path.touch()
    path.chmod(mode)
    with path.open("w") as stream:
        assert is_read_by_others(stream) is open_to_others
        monkeypatch.setattr("starter.commands.keys.is_read_by_others", lambda _: open_to_others)
        told = pingtai("keys", "create", "x", "--scope", "read", lang=lang).stderr
    assert (said in told) is open_to_others, told
    assert not is_read_by_others(StringIO())


def test_a_key_keeps_the_credit_code_of_its_organisation(pingtai: Pingtai) -> None:
    """Checked, and shown in the list; without an organisation it is of nobody."""
    body = ("--organisation", "京芯共性平台运营有限公司", "--credit-code")
    made(pingtai, *body, "91119999ma0000994m")
    assert "91119999MA0000994M" in pingtai("keys", "list").stdout
    [key] = json.loads(pingtai("keys", "list", "--json").stdout)
    assert "91119999MA0000994M" == key["credit_code"]
    wrong = pingtai("keys", "create", "x", "--scope", "apply", *body, "91119999MA0000994X")
    assert 2 == wrong.exit_code
    assert "--credit-code" in wrong.stderr
    assert "check character" in wrong.stderr
    alone = pingtai("keys", "create", "x", "--scope", "apply", *body[2:], "91119999MA0000994M")
    assert "--credit-code needs --organisation" in alone.stderr


def test_a_key_ends_with_its_days() -> None:
    """It is valid up to that moment, and expired from it on; revoked counts before both."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    key = ApiKey(
        id="4f0c2a9b1e",
        name="x",
        scopes=("read",),
        district=None,
        organisation=None,
        created_at=at,
        created_by="me",
        expires_at=at + timedelta(days=1),
    )
    assert "valid" == key.standing(at + timedelta(days=1, microseconds=-1))
    assert "expired" == key.standing(at + timedelta(days=1))
    assert "revoked" == key.model_copy(update={"revoked_at": at}).standing(at)


def test_the_list_shows_what_a_key_may_do_and_never_its_secret(pingtai: Pingtai) -> None:
    """For people and for programs, also when it is revoked."""
    more = ("--scope", "decide:operator", "--scope", "decide:district", "--days", "30")
    token = made(pingtai, *more, "--district", "海淀区", "--organisation", "甲公司")
    _, key_id, secret = token.strip().split("_", 2)
    table, data = pingtai("keys", "list"), pingtai("keys", "list", "--json")
    for shown in (table.output, data.output):
        assert key_id in shown
        assert secret not in shown
    assert "甲公司" in table.output
    assert "apply; decide: district, operator" in table.output
    (key,) = json.loads(data.stdout)
    scopes = ["apply", "decide:district", "decide:operator"]
    wanted = {"scopes": scopes, "district": "haidian", "organisation": "甲公司"}
    assert wanted == {name: key[name] for name in wanted}
    assert ("valid", None) == (key["standing"], key["last_used_at"])
    assert key["created_by"].startswith("user:")
    days = datetime.fromisoformat(key["expires_at"]) - datetime.fromisoformat(key["created_at"])
    assert timedelta(days=30) == days
    revoked = pingtai("keys", "revoke", key_id)
    assert (0, "") == (revoked.exit_code, revoked.stdout)
    assert 0 == pingtai("keys", "revoke", key_id).exit_code
    (key,) = json.loads(pingtai("keys", "list", "--json").stdout)
    assert ("revoked", key["created_by"]) == (key["standing"], key["revoked_by"])
    assert "revoked" in pingtai("keys", "list").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "x", "--scope", "decide:district"), "needs --district"),
        (("create", " ", "--scope", "read"), "1 to 200 characters"),
        (("create", "\u200b", "--scope", "read"), "1 to 200 characters"),
        (("create", "x"), "--scope"),
        (("create", "x", "--scope", "all"), "--scope"),
        (("create", "x", "--scope", "read", "--days", "0"), "--days"),
        (("revoke", "4f0c2a9b1e"), 'No key "4f0c2a9b1e"'),
        (("revoke", "ptk_4f0c2a9b1e_secret"), "only the key's id"),
    ],
)
def test_what_cannot_be_is_told(pingtai: Pingtai, words: tuple[str, ...], said: str) -> None:
    """Exit code 2 and a word about what to do; nothing on standard output."""
    result = pingtai("keys", *words)
    assert (2, "") == (result.exit_code, result.stdout)
    assert said in result.stderr
    assert "secret" not in result.stderr


def test_an_empty_list_says_so(pingtai: Pingtai) -> None:
    """And is an empty list for programs."""
    assert "There are no keys" in pingtai("keys", "list").stderr
    assert [] == json.loads(pingtai("keys", "list", "--json").stdout)
