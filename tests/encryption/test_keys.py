"""Where keys come from: a file that is its owner's alone, a provider, and the commands for both."""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from starter.encryption.encrypted_converter import DIRECTORY_VARIABLE, configured_keys
from starter.encryption.key_errors import VARIABLE, MissingKey
from starter.encryption.key_names import read_key_name
from starter.encryption.master_keys import FileMasterKeys, add_master_key
from starter.encryption.term_keys import TermKeys
from starter.errors import BadInput
from worker.main import pingtai


def test_only_its_owner_reads_a_file_of_keys(masters: Path) -> None:
    """It is made so, and refused otherwise."""
    assert 0o600 == masters.stat().st_mode & 0o777
    masters.chmod(0o640)
    with pytest.raises(BadInput, match="chmod 600"):
        FileMasterKeys.read(masters)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"keys": []}',
        '{"keys": [{"id": "a", "key": "AAAA"}]}',
        json.dumps({"keys": [{"id": "a/b", "key": base64.b64encode(bytes(32)).decode()}]}),
        json.dumps({"keys": [{"id": "a", "key": base64.b64encode(bytes(32)).decode()}] * 2}),
        "[" * 60_000,
        " " * 70_000,
    ],
)
def test_a_file_that_holds_no_keys_is_refused(masters: Path, content: str) -> None:
    """With what it should hold, and never a traceback."""
    masters.write_text(content)
    with pytest.raises(BadInput, match=r"PINGTAI_PAYLOAD_KEYS: .*keys\.json"):
        FileMasterKeys.read(masters)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("keys.json", "relative"),
        ("/nowhere/keys.json", "--new NAME makes it"),
        ("python:json:loads", DIRECTORY_VARIABLE),
    ],
)
def test_a_setting_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, named: str, why: str
) -> None:
    """Is refused before anything is sent in the clear."""
    monkeypatch.setenv(VARIABLE, named)
    with pytest.raises(BadInput, match=why):
        configured_keys()


class Vault:
    """What a key management system looks like from here: the master key never leaves it."""

    newest = "vault-1"
    _inner = FileMasterKeys({"vault-1": bytes(range(32))})

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """As `MasterKeys`."""
        return self._inner.wrap(key, about)

    def unwrap(self, master: str, wrapped: bytes, about: bytes) -> bytes:
        """As `MasterKeys`."""
        return self._inner.unwrap(master, wrapped, about)


def test_a_provider_in_place_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is named by module and callable; one that fails is told of by its name."""
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path))
    monkeypatch.setenv(VARIABLE, f"python:{__name__}:Vault")
    keys = configured_keys()
    assert keys
    assert "bj-a:term-1:vault-1" == keys.current("bj-a:term-1")[0]
    monkeypatch.setenv(VARIABLE, f"python:{__name__}:NoVault")
    with pytest.raises(BadInput, match="NoVault cannot be used: AttributeError"):
        configured_keys()


def test_of_two_that_make_a_key_at_once_one_counts(keys: TermKeys, masters: Path) -> None:
    """What one encrypts the other reads; nothing is left beside the key."""
    other = TermKeys(FileMasterKeys.read(masters), masters.with_name("keys.terms"))
    name = read_key_name("bj-a:term-1:first")
    assert name
    mine, yours = keys._make(name), other._make(name)
    assert b"x" == yours.decrypt(bytes(12), mine.encrypt(bytes(12), b"x", b""), b"")
    (folder,) = masters.with_name("keys.terms").iterdir()
    assert ["term-1.first.json"] == [path.name for path in folder.iterdir()]


def test_a_key_put_in_the_place_of_another_is_refused(keys: TermKeys, masters: Path) -> None:
    """The name is bound to what is wrapped; without its master key a key is missing, by name."""
    keys.current("bj-a:term-1")
    folder = masters.with_name("keys.terms") / "bj-a"
    (folder / "term-1.first.json").rename(folder / "term-2.first.json")
    with pytest.raises(BadInput, match="does not hold the key bj-a:term-2:first"):
        keys.current("bj-a:term-2")
    other = masters.with_name("other.json")
    add_master_key(other, "another")
    stranger = TermKeys(FileMasterKeys.read(other), masters.with_name("keys.terms"))
    name = read_key_name("bj-a:term-2:first")
    assert name
    with pytest.raises(MissingKey, match="first"):
        stranger.find(name)


def test_the_command_makes_and_rotates_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first makes the file; a second encrypts from then on; a name is given once."""
    path = tmp_path / "new" / "keys.json"
    monkeypatch.delenv(VARIABLE, raising=False)
    run = CliRunner()
    assert 2 == run.invoke(pingtai, ["payload-keys"]).exit_code
    for name, code in (("2026", 0), ("2027", 0), ("2027", 2), ("no name", 2)):
        result = run.invoke(pingtai, ["payload-keys", "--file", str(path), "--new", name])
        assert code == result.exit_code, result.output
    monkeypatch.setenv(VARIABLE, str(path))
    shown = run.invoke(pingtai, ["payload-keys"], env={"PINGTAI_LANG": "en"}).output
    assert [["Encrypts", "2027"], ["Decrypt", "2026,", "2027"]] == [
        line.split() for line in shown.splitlines()[1:3]
    ]
    zh = run.invoke(pingtai, ["payload-keys"], env={"PINGTAI_LANG": "zh"}).output
    assert "当前加密" in zh
