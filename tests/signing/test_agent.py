"""An agent signs with the keys that it holds; a locked, silent or odd one is told apart in words."""

from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from starter.errors import BadInput, NotAllowed, NotSent
from starter.signing.agent import AgentSigner, agent_keys
from starter.signing.signer import Person
from tests.signing.openssh import (
    ADD,
    Answer,
    framed,
    keygen,
    needs_openssh,
    odd_agent,
    ran,
    real_agent,
)
from workflows.ssh_signatures import (
    HARDWARE_ED25519,
    PublicKey,
    SshParts,
    read_public_key,
    signer_of,
    ssh_string,
)
from workflows.words import Words

FORM = b'{"kind":"recommendation"}'
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(32))
TOKEN = PublicKey(HARDWARE_ED25519, SECRET.public_key().public_bytes_raw(), b"ssh:")
LISTED = framed(12, (1).to_bytes(4) + ssh_string(TOKEN.blob()) + ssh_string(b"a token"))


@needs_openssh
def test_a_real_agent_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key of a fingerprint, among others; keys of other algorithms are passed over."""
    with real_agent(tmp_path, monkeypatch):
        with pytest.raises(BadInput, match="ssh-add -X"):
            AgentSigner.of("SHA256:" + "A" * 43)
        paths = [keygen(tmp_path / name) for name in ("wang", "li")]
        paths.append(keygen(tmp_path / "old", kind="ecdsa"))
        for path in paths:
            ran(str(ADD), "-q", str(path))
        keys = [read_public_key(path.with_suffix(".pub").read_text()) for path in paths[:2]]
        assert keys == [one.key for one in agent_keys()]
        signer = AgentSigner.of(keys[1].fingerprint())
        assert keys[1] == signer_of(signer.sign(FORM), FORM)
        with pytest.raises(BadInput, match="does not hold the key"):
            AgentSigner.of("SHA256:" + "A" * 43)
        ran(str(ADD), "-q", "-d", str(paths[1]))
        with pytest.raises(NotAllowed, match="the key was removed"):
            signer.sign(FORM)
    with pytest.raises(NotSent, match="does not answer"):
        signer.sign(FORM)


def test_without_an_agent_a_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable, and both ways on."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(BadInput, match=r"SSH_AUTH_SOCK.*--key FILE"):
        agent_keys()


def touched(flags: int) -> Answer:
    """An agent with a token, whose signature says by its flags whether it was touched."""

    def answer(number: int, message: SshParts) -> bytes:
        if number == 11:
            return LISTED
        assert TOKEN.blob() == message.string()
        after = bytes([flags]) + (7).to_bytes(4)
        said = sha256(b"ssh:").digest() + after + sha256(message.string()).digest()
        signed = ssh_string(HARDWARE_ED25519.encode()) + ssh_string(SECRET.sign(said)) + after
        return framed(14, ssh_string(signed))

    return answer


def test_a_token_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its holder is told so before each signature."""
    told: list[Words] = []
    with odd_agent(tmp_path, monkeypatch, touched(1)):
        signer = AgentSigner.of(TOKEN.fingerprint(), Person(tell=told.append))
        assert [] == told
        for _ in range(2):
            assert TOKEN == signer_of(signer.sign(FORM), FORM)
    assert ["Touch your security key."] * 2 == [words.en for words in told]


def test_a_signature_that_nobody_would_take_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that was not touched is found here, and not by the case."""
    with (
        odd_agent(tmp_path, monkeypatch, touched(0)),
        pytest.raises(NotAllowed, match="not touched"),
    ):
        AgentSigner(TOKEN).sign(FORM)


def test_a_locked_agent_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows no keys, and refuses to sign."""

    def locked(number: int, message: SshParts) -> bytes:
        return framed(12, bytes(4)) if number == 11 else framed(5)

    with odd_agent(tmp_path, monkeypatch, locked):
        with pytest.raises(BadInput, match="or is locked"):
            AgentSigner.of(TOKEN.fingerprint())
        with pytest.raises(NotAllowed, match="it is locked"):
            AgentSigner(TOKEN).sign(FORM)


def test_nobody_waits_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for an agent that says nothing, nor for a token that nobody touches."""
    monkeypatch.setattr("starter.signing.agent.TOUCH_WITHIN", 0.01)
    monkeypatch.setattr("starter.signing.agent._ANSWER_WITHIN", 0.01)
    with odd_agent(tmp_path, monkeypatch, lambda *_: b""):
        with pytest.raises(NotSent, match="was the key to be touched"):
            AgentSigner(TOKEN).sign(FORM)
        with pytest.raises(NotSent, match="did not answer"):
            agent_keys()


@pytest.mark.parametrize(
    "answer",
    [
        bytes(4),
        b"\xff\xff\xff\xff",
        b"HTTP/1.1 400",
        framed(12, (9).to_bytes(4)),
        framed(12, b"\xff" * 4 + ssh_string(b"x")),
        framed(14, b"\xff"),
    ],
)
def test_what_is_no_agent_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Whatever it writes, nothing breaks."""
    with odd_agent(tmp_path, monkeypatch, lambda *_: answer):
        with pytest.raises((NotSent, NotAllowed)):
            agent_keys()
        with pytest.raises((NotSent, NotAllowed)):
            AgentSigner(TOKEN).sign(FORM)
