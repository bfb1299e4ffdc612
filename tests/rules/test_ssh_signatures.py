"""Signatures in OpenSSH's format, held against `ssh-keygen` itself."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    HARDWARE_ED25519,
    LONGEST,
    BadSignature,
    PublicKey,
    armored,
    read_armored,
    read_public_key,
    signature_of,
    signer_of,
    ssh_string,
    unsigned_part,
)

MESSAGE = '{"kind":"listing","decided_on":"2026-11-30","note":"同意"}'.encode()
APPLICATION = b"ssh:"
EIGHTS = [
    int.from_bytes(bytes.fromhex(text), "little")
    for text in (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
]
"""The points of order eight, as libsodium lists them."""


def keygen(*words: str | Path, given: bytes = b"") -> bytes:
    """Run `ssh-keygen`; what it writes."""
    words = ("ssh-keygen", *map(str, words))
    return subprocess.run(words, input=given, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key of a person, in a file."""
    path = tmp_path_factory.mktemp("key") / "id"
    keygen("-q", "-t", "ed25519", "-N", "", "-C", "zhang-01 of the commission", "-f", path)
    return path


@pytest.fixture(scope="module")
def signature(key: Path) -> bytes:
    """What `ssh-keygen` signs."""
    text = keygen("-q", "-Y", "sign", "-n", DECISION_NAMESPACE, "-f", key, given=MESSAGE)
    return read_armored(text.decode())


@pytest.fixture(scope="module")
def public(key: Path) -> PublicKey:
    """The person's public key."""
    return read_public_key(key.with_suffix(".pub").read_text())


def touched(flags: int = 1, application: bytes = APPLICATION) -> tuple[PublicKey, bytes]:
    """A signature as a token makes it (PROTOCOL.u2f); no token is needed to make one."""
    secret = Ed25519PrivateKey.generate()
    key = PublicKey(HARDWARE_ED25519, secret.public_key().public_bytes_raw(), APPLICATION)
    of_token = bytes([flags]) + (7).to_bytes(4)
    said = sha256(application).digest() + of_token + sha256(unsigned_part(MESSAGE)).digest()
    raw = secret.sign(said)
    parts = [HARDWARE_ED25519.encode(), raw]
    signed = b"".join(len(part).to_bytes(4) + part for part in parts) + of_token
    return key, signature_of(key, signed)


def verified_by_openssh(key: PublicKey, signature: bytes, folder: Path) -> None:
    """An auditor's own check, with a file of who may sign."""
    (folder / "allowed_signers").write_text(f"zhang-01 {key.openssh()}\n")
    (folder / "message.sig").write_text(armored(signature))
    who = ("-I", "zhang-01", "-n", DECISION_NAMESPACE)
    files = ("-f", folder / "allowed_signers", "-s", folder / "message.sig")
    assert b"Good" in keygen("-Y", "verify", *who, *files, given=MESSAGE)


def test_what_openssh_signs_is_read(signature: bytes, public: PublicKey, key: Path) -> None:
    """The key that signed is named as OpenSSH names it."""
    assert public == signer_of(signature, MESSAGE)
    assert public.openssh() == " ".join(key.with_suffix(".pub").read_text().split()[:2])
    assert public.fingerprint().encode() in keygen("-l", "-f", key)


def test_what_is_put_together_openssh_accepts(tmp_path: Path) -> None:
    """A key that we hold signs as `ssh-keygen` does."""
    secret = Ed25519PrivateKey.generate()
    key = PublicKey("ssh-ed25519", secret.public_key().public_bytes_raw())
    parts = [b"ssh-ed25519", secret.sign(unsigned_part(MESSAGE))]
    signed = b"".join(len(part).to_bytes(4) + part for part in parts)
    signature = signature_of(key, signed)
    assert key == signer_of(signature, MESSAGE)
    verified_by_openssh(key, signature, tmp_path)


def test_a_token_that_was_touched(tmp_path: Path) -> None:
    """OpenSSH and we agree; untouched, or for another use, it is none."""
    key, signature = touched()
    assert key == signer_of(signature, MESSAGE)
    verified_by_openssh(key, signature, tmp_path)
    with pytest.raises(BadSignature, match="not touched"):
        signer_of(touched(flags=0)[1], MESSAGE)
    with pytest.raises(BadSignature, match="not the signature"):
        signer_of(touched(application=b"ssh:other")[1], MESSAGE)


def test_no_changed_bit_passes(signature: bytes, public: PublicKey) -> None:
    """Neither of the message, nor of the signature; and nothing but ours is raised."""
    with pytest.raises(BadSignature):
        signer_of(signature, MESSAGE + b" ")
    for place in range(len(signature)):
        changed = bytearray(signature)
        changed[place] ^= 1
        with pytest.raises(BadSignature):
            signer_of(bytes(changed), MESSAGE)
    for length in range(0, len(signature), 7):
        with pytest.raises(BadSignature):
            signer_of(signature[:length], MESSAGE)
    with pytest.raises(BadSignature, match="behind"):
        signer_of(signature + b"\0", MESSAGE)
    with pytest.raises(BadSignature, match="too long"):
        signer_of(signature + bytes(LONGEST), MESSAGE)


def test_signed_for_something_else(key: Path) -> None:
    """A signature of a file, of Git or of a mandate is none of a decision."""
    text = keygen("-q", "-Y", "sign", "-n", "file", "-f", key, given=MESSAGE)
    with pytest.raises(BadSignature, match="'file'"):
        signer_of(read_armored(text.decode()), MESSAGE)
    short = keygen(
        *("-q", "-Y", "sign", "-O", "hashalg=sha256", "-n", DECISION_NAMESPACE, "-f", key),
        given=MESSAGE,
    )
    with pytest.raises(BadSignature, match="SHA-512"):
        signer_of(read_armored(short.decode()), MESSAGE)


def test_another_algorithm_is_named(tmp_path: Path) -> None:
    """Who has another key learns which to take."""
    keygen("-q", "-t", "ecdsa", "-N", "", "-f", tmp_path / "id")
    text = keygen(
        "-q", "-Y", "sign", "-n", DECISION_NAMESPACE, "-f", tmp_path / "id", given=MESSAGE
    )
    with pytest.raises(BadSignature, match=r"ecdsa-sha2-nistp256.*use ed25519"):
        signer_of(read_armored(text.decode()), MESSAGE)


@pytest.mark.parametrize(
    "text",
    ["", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-rsa AAAAC3NzaC1lZDI1NTE5", "ssh-ed25519 AAAA"],
)
def test_no_key(text: str) -> None:
    """A file that is no public key."""
    with pytest.raises(BadSignature):
        read_public_key(text)


@pytest.mark.parametrize("y", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**255 + 1, *EIGHTS])
def test_a_key_for_which_zeros_are_a_signature(y: int) -> None:
    """All points of small order, in each way to write them: no signature by them is anybody's."""
    weak = PublicKey("ssh-ed25519", y.to_bytes(32, "little"))
    with pytest.raises(BadSignature, match="no key of one person"):
        read_public_key(weak.openssh())
    signed = b"".join(map(ssh_string, (weak.algorithm.encode(), bytes((1, *bytes(63))))))
    with pytest.raises(BadSignature, match="no key of one person"):
        signer_of(signature_of(weak, signed), MESSAGE)


@pytest.mark.parametrize(
    "text", ["", "x", "-----BEGIN SSH SIGNATURE-----\n!\n-----END SSH SIGNATURE-----"]
)
def test_no_signature(text: str) -> None:
    """A file that is no signature."""
    with pytest.raises(BadSignature):
        read_armored(text)


@pytest.mark.parametrize("module", ["starter.commands.decision_command", "starter.commands.show"])
def test_who_verifies_nothing_loads_no_library_for_it(module: str) -> None:
    """It takes a while: a command that neither signs nor verifies starts as fast as before."""
    code = f"import sys, {module}; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
