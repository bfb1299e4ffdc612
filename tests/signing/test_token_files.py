"""A token's key whose handle is in a file: OpenSSH's tool asks the token, here one that a script plays."""

import base64
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from starter.desk.profile import ProfileSigning
from starter.errors import BadInput, NotAllowed, NotSent
from starter.signing.opening import open_signer
from starter.signing.signer import Person
from starter.signing.token_files import TokenFileSigner
from workflows.ssh_signatures import (
    HARDWARE_ED25519,
    PublicKey,
    armored,
    signature_of,
    signer_of,
    ssh_string,
    unsigned_part,
)
from workflows.words import Words

FORM = b'{"kind":"recommendation"}'
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(32))
TOKEN = PublicKey(HARDWARE_ED25519, SECRET.public_key().public_bytes_raw(), b"ssh:")


@pytest.fixture
def handle(tmp_path: Path) -> ProfileSigning:
    """A file as `ssh-keygen -t ed25519-sk` writes it; what it keeps of the token is not read here."""
    strings = map(ssh_string, (b"none", b"none", b""))
    inner = b"openssh-key-v1\0" + b"".join(strings) + (1).to_bytes(4)
    inner += ssh_string(TOKEN.blob()) + ssh_string(b"the token's own")
    lines = ["BEGIN", base64.b64encode(inner).decode(), "END"]
    text = f"-----{lines[0]} OPENSSH PRIVATE KEY-----\n{lines[1]}\n-----{lines[2]} OPENSSH PRIVATE KEY-----\n"
    path = tmp_path / "id_ed25519_sk"
    path.write_text(text)
    path.chmod(0o600)
    return ProfileSigning(key_file=str(path))


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which OpenSSH's tool is looked for; it is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def play(folder: Path, lines: str) -> None:
    """Let `ssh-keygen` be a script."""
    path = folder / "ssh-keygen"
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{lines}\n")
    path.chmod(0o700)


def token_signature(form: bytes, namespace: str) -> str:
    """What a token that was touched signs."""
    after = b"\x01" + (7).to_bytes(4)
    said = sha256(b"ssh:").digest() + after + sha256(unsigned_part(form, namespace)).digest()
    signed = ssh_string(HARDWARE_ED25519.encode()) + ssh_string(SECRET.sign(said)) + after
    return armored(signature_of(TOKEN, signed, namespace))


def test_the_tool_signs(handle: ProfileSigning, tool: Path) -> None:
    """It is given the form, the namespace and the file; its holder is told to touch it."""
    told: list[Words] = []
    signature = token_signature(FORM, "pingtai-mandate")
    said = ["-q", "-Y", "sign", "-n", "pingtai-mandate", "-f", handle.key_file]
    play(
        tool,
        f"assert {said} == sys.argv[1:]\nassert {FORM!r} == sys.stdin.buffer.read()\nprint({signature!r})",
    )
    signer = open_signer(handle, Person(tell=told.append))
    assert isinstance(signer, TokenFileSigner)
    assert TOKEN == signer.key
    assert TOKEN == signer_of(signer.sign(FORM, "pingtai-mandate"), FORM, "pingtai-mandate")
    assert ["Touch your security key."] == [words.en for words in told]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "print('device not found', file=sys.stderr); sys.exit(255)",
            (NotAllowed, "device not found"),
        ),
        ("print('no signature')", (NotAllowed, "did not sign")),
        ("time.sleep(60)", (NotSent, "not touched within")),
        (
            f"print({token_signature(b'another form', 'pingtai-decision')!r})",
            (NotAllowed, "does not hold"),
        ),
    ],
)
def test_a_token_that_does_not_sign_is_told(
    handle: ProfileSigning,
    tool: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    expected: tuple[type[Exception], str],
) -> None:
    """It is absent, refuses, is not touched, or signs something else."""
    error, why = expected
    if error is NotSent:
        monkeypatch.setattr("starter.signing.token_files.TOUCH_WITHIN", 0.05)
    play(tool, script)
    with pytest.raises(error, match=why):
        open_signer(handle).sign(FORM)


@pytest.mark.usefixtures("tool")
def test_without_the_tool_it_is_named(handle: ProfileSigning) -> None:
    """Only OpenSSH speaks to tokens."""
    with pytest.raises(BadInput, match="ssh-keygen: install it"):
        open_signer(handle).sign(FORM)
