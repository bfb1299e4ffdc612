"""A key in a file signs as `ssh-keygen` does, is read by nobody else, and asks for its passphrase once."""

import os
import stat
from pathlib import Path

import pytest

from starter.desk.profile import ProfileSigning
from starter.errors import BadInput
from starter.signing.key_files import FileSigner, make_key, read_key_file
from starter.signing.opening import open_signer
from starter.signing.signer import Person
from tests.signing.openssh import KEYGEN, keygen, needs_openssh, ran, verifies
from workflows.ssh_signatures import armored, read_public_key, signer_of
from workflows.words import Words

FORM = b'{"kind":"recommendation"}'
RIGHT = "right one"


def test_a_key_that_is_made_signs(tmp_path: Path) -> None:
    """It is readable for its owner only, from the first byte; its public part stands beside it."""
    path = tmp_path / "new" / "wang.key"
    made = make_key(path)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    signer = open_signer(ProfileSigning(key_file=str(path)))
    assert made == signer.key == read_public_key(path.with_name("wang.key.pub").read_text())
    assert made == signer_of(signer.sign(FORM), FORM)
    assert made == signer_of(signer.sign(FORM, "pingtai-mandate"), FORM, "pingtai-mandate")


def test_a_key_without_passphrase_loads_no_ciphers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's reader of keys is for those that have one; and for what is laid out otherwise."""
    asked: list[bytes | None] = []

    def refuse(content: bytes, passphrase: bytes | None) -> None:
        asked.append(passphrase)
        raise ValueError("no key")

    reader = "cryptography.hazmat.primitives.serialization.load_ssh_private_key"
    monkeypatch.setattr(reader, refuse)
    made = make_key(tmp_path / "wang.key")
    file = read_key_file(tmp_path / "wang.key")
    assert made == signer_of(FileSigner(file).sign(FORM), FORM)
    assert [] == asked
    other = make_key(tmp_path / "li.key")
    check = file.private[:7] + bytes([file.private[7] ^ 1]) + file.private[8:]
    for odd in (file._replace(private=check), file._replace(private=file.private[:60]),
                file._replace(private=b""), file._replace(key=other)):  # fmt: skip
        with pytest.raises(BadInput, match="no private key"):
            FileSigner(odd).sign(FORM)
    assert [None] * 4 == asked


def test_the_file_is_its_owners_before_anything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mode is given when it is made: a later chmod would leave a moment in which others read it."""
    modes: list[int] = []
    opened = os.open

    def note(path: str, flags: int, mode: int = 0o777) -> int:
        modes.append(mode)
        return opened(path, flags, mode)

    monkeypatch.setattr("starter.secret_files.os.open", note)
    before = os.umask(0)
    try:
        make_key(tmp_path / "wang.key")
    finally:
        os.umask(before)
    assert {0o600} == set(modes)


def test_no_key_is_written_over(tmp_path: Path) -> None:
    """A second key of the name is refused, and the first stays."""
    path = tmp_path / "wang.key"
    make_key(path)
    first = path.read_bytes()
    with pytest.raises(FileExistsError):
        make_key(path)
    assert first == path.read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """With what to do."""
    path = tmp_path / "wang.key"
    make_key(path)
    path.chmod(mode)
    with pytest.raises(BadInput, match=f"chmod 600 {path}"):
        read_key_file(path)


def armoured(inner: str) -> bytes:
    """What looks like a key's file."""
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{inner}\n-----END OPENSSH PRIVATE KEY-----\n".encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no private key"),
        (b"ssh-ed25519 AAAA", "public part"),
        (armoured("AAAA"), "no private"),
        (armoured("AAA"), "no private"),
        (armoured("b3BlbnNzaC1rZXktdjEAAAAA"), "cut off"),
        (b"x" * 70_000, "too large"),
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    """The file is named, in both languages."""
    path = tmp_path / "wang.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadInput, match=why) as refused:
        read_key_file(path)
    assert str(path) in refused.value.words.zh
    with pytest.raises(BadInput, match="--new-key"):
        read_key_file(tmp_path / "none.key")


def test_a_file_whose_secret_part_is_broken_is_refused(tmp_path: Path) -> None:
    """What stands in the clear is whole, the rest is not: it is said when it is to sign."""
    path = tmp_path / "wang.key"
    make_key(path)
    lines = path.read_text().splitlines()
    lines[4] = "A" * len(lines[4])
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BadInput, match=r"wang\.key: no private key"):
        open_signer(ProfileSigning(key_file=str(path))).sign(FORM)


@needs_openssh
def test_openssh_takes_what_is_signed_here(tmp_path: Path) -> None:
    """And our keys are its keys: it reads the file, and shows the same public part."""
    path = tmp_path / "wang.key"
    make_key(path)
    signer = open_signer(ProfileSigning(key_file=str(path)))
    text, line = armored(signer.sign(FORM)), signer.key.openssh()
    assert verifies(text, FORM, line, "pingtai-decision", tmp_path)
    assert not verifies(text, FORM + b" ", line, "pingtai-decision", tmp_path)
    assert not verifies(text, FORM, line, "pingtai-mandate", tmp_path)
    assert line in ran(str(KEYGEN), "-y", "-f", str(path)).decode()


@needs_openssh
def test_a_passphrase_is_asked_for_once(tmp_path: Path) -> None:
    """A wrong one is told and asked again; which key it is is known before, without asking."""
    path = keygen(tmp_path / "wang", passphrase=RIGHT)
    asked: list[Words] = []
    told: list[Words] = []
    answers = iter(["wrong", RIGHT])

    def ask(words: Words) -> str:
        asked.append(words)
        return next(answers)

    signer = open_signer(ProfileSigning(key_file=str(path)), Person(ask, told.append))
    line = path.with_name("wang.pub").read_text()
    assert read_public_key(line) == signer.key
    assert [] == asked
    assert signer.key == signer_of(signer.sign(FORM), FORM)
    assert signer.key == signer_of(signer.sign(FORM), FORM)
    assert (2, 1) == (len(asked), len(told))
    assert str(path) in asked[0].en


@needs_openssh
def test_a_passphrase_is_not_guessed_without_end(tmp_path: Path) -> None:
    """Three wrong ones end it; and where no terminal is, the way without one is said."""
    file = read_key_file(keygen(tmp_path / "wang", passphrase=RIGHT))
    asked: list[Words] = []

    def ask(words: Words) -> str:
        asked.append(words)
        return "wrong"

    with pytest.raises(BadInput, match="wrong passphrase"):
        FileSigner(file, Person(ask)).sign(FORM)
    assert 3 == len(asked)
    with pytest.raises(BadInput, match=f"ssh-add {file.path}"):
        FileSigner(file).sign(FORM)


@needs_openssh
def test_another_kind_of_key_is_refused_by_name(tmp_path: Path) -> None:
    """The names of algorithms are the door for others."""
    with pytest.raises(BadInput, match="ecdsa-sha2-nistp256"):
        read_key_file(keygen(tmp_path / "old", kind="ecdsa"))
