"""Signatures in OpenSSH's own format (SSHSIG), as `ssh-keygen -Y` makes and verifies them.

Pure: the same bytes give the same answer in every replay. Ed25519 keys, in files, agents and hardware
tokens; another algorithm is refused by its name, so that one can be added
(docs/decisions/0019-signed-decisions.md).
The format: OpenSSH's PROTOCOL.sshsig, PROTOCOL.u2f, RFC 4251 and RFC 8709.
"""

import base64
import binascii
from collections.abc import Callable
from functools import cache, lru_cache
from hashlib import sha256, sha512
from typing import NamedTuple

from workflows.words import Words

DECISION_NAMESPACE = "pingtai-decision"
"""What decisions are signed for: a signature that was made for anything else is none of a decision."""
ED25519 = "ssh-ed25519"
HARDWARE_ED25519 = "sk-ssh-ed25519@openssh.com"
"""Of a token that asks to be touched."""
LONGEST = 2048
"""Bytes of a signature; one of a token has about 350."""
_MAGIC, _VERSION, _HASH = b"SSHSIG", 1, b"sha512"
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64
_ARMOR, _LINES = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"), 3
_FIELD, _WITHOUT_SIGN = 2**255 - 19, 2**255 - 1
_ORDER_EIGHT = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset((0, 1, _FIELD - 1, _ORDER_EIGHT, _FIELD - _ORDER_EIGHT))
"""What stands in a key's bytes for the points of the order 1, 2, 4 and 8."""
_PRESENT = 0x01
"""The flag of a token that was touched."""


class BadSignature(ValueError):
    """It is no signature of what it is said to be of: `words` say why."""

    def __init__(self, en: str, zh: str) -> None:
        self.words = Words(en, zh)
        super().__init__(en)


class PublicKey(NamedTuple):
    """A public key: its algorithm by OpenSSH's name, its 32 bytes, and what a token's key is for (`ssh:`)."""

    algorithm: str
    raw: bytes
    application: bytes = b""

    def blob(self) -> bytes:
        """The key as OpenSSH writes it, before it is put in base64."""
        parts = [self.algorithm.encode(), self.raw]
        return b"".join(map(ssh_string, [*parts, self.application] if self.application else parts))

    def openssh(self) -> str:
        """The key as it stands in a file `*.pub` or `allowed_signers`, without a comment."""
        return _line_of(self)

    def fingerprint(self) -> str:
        """The key's fingerprint, as `ssh-keygen -l` shows it."""
        digest = base64.b64encode(sha256(self.blob()).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"


@lru_cache(maxsize=256)  # each rule about a decision's keys looks for it in the roster
def _line_of(key: PublicKey) -> str:
    return f"{key.algorithm} {base64.b64encode(key.blob()).decode()}"


def read_public_key(text: str) -> PublicKey:
    """Read a key as it stands in a file `*.pub`; a comment behind it is passed over.

    Raises:
        BadSignature: it is no key, or of an algorithm that is not supported.
    """
    algorithm, _, rest = text.strip().partition(" ")
    encoded = rest.split(" ")[0]
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise _no_key() from None
    key = read_key_blob(blob[:LONGEST])
    if key.algorithm != algorithm:
        raise _no_key()
    return key


@lru_cache(maxsize=256)
def signer_of(signature: bytes, message: bytes, namespace: str = DECISION_NAMESPACE) -> PublicKey:
    """Return the key by which a message was signed; as `signer_of_hash`, which says more."""
    return signer_of_hash(signature, sha512(message).digest(), namespace)


def signer_of_hash(signature: bytes, hashed: bytes, namespace: str) -> PublicKey:
    """Return the key by which a message of this SHA-512 was signed. Whose key it is, is not asked here.

    A signature is over the hash: it can be verified where the message was erased.

    `signature` is the blob between the lines BEGIN and END SSH SIGNATURE, out of its base64. What was found
    is kept for a while: a decision is judged before it enters the history, and when it is taken.

    Raises:
        BadSignature: it is not of this message, not for this namespace, or not in the format.
    """
    parts = _opened(signature)
    key_blob, purpose, reserved, algorithm, signed = (parts.string() for _ in range(5))
    parts.end()
    if purpose != namespace.encode():
        given = purpose.decode("ascii", "replace")
        raise BadSignature(
            f"it was signed for {given!r}, not for {namespace!r}",
            f"签名用途为“{given}”，而非“{namespace}”",
        )
    if reserved:
        raise BadSignature("it holds what nobody has defined", "含有未定义的内容")
    if algorithm != _HASH:
        raise BadSignature("sign with SHA-512, OpenSSH's default", "请使用 OpenSSH 默认的 SHA-512")
    key = read_key_blob(key_blob)
    _check(key, signed, _over_hash(hashed, namespace))
    return key


def key_named_in(signature: bytes) -> PublicKey:
    """Return the key that a signature names, of which `signer_of` has found before that it made it.

    Raises:
        BadSignature: it is no signature.
    """
    return read_key_blob(_opened(signature).string())


def _opened(signature: bytes) -> "SshParts":
    """Return the parts of a signature, from its key on."""
    if len(signature) > LONGEST:
        raise BadSignature("the signature is too long", "签名过长")
    parts = SshParts(signature)
    if parts.take(len(_MAGIC)) != _MAGIC or int.from_bytes(parts.take(4)) != _VERSION:
        raise BadSignature(
            "it is not in OpenSSH's format (SSHSIG)", "不是 OpenSSH 签名格式（SSHSIG）"
        )
    return parts


@cache
def load_verification() -> Callable[[bytes, bytes, bytes], bool]:
    """Return what verifies by key, signature and message: loaded once, by processes that check any.

    A worker loads it with its workflows, since its sandbox loads nothing while one runs.
    """
    from workflows.ed25519 import is_signature  # noqa: PLC0415

    return is_signature


def armored(signature: bytes) -> str:
    """Return a signature as the text that `ssh-keygen -Y verify` reads."""
    encoded = base64.b64encode(signature).decode()
    lines = [encoded[at : at + 70] for at in range(0, len(encoded), 70)]
    return "\n".join((_ARMOR[0], *lines, _ARMOR[1], ""))


def read_armored(text: str) -> bytes:
    """Return the signature of a text that `ssh-keygen -Y sign` wrote.

    Raises:
        BadSignature: it is no such text.
    """
    lines = text.strip().splitlines()
    if len(lines) < _LINES or (lines[0], lines[-1]) != _ARMOR:
        raise BadSignature("no SSH SIGNATURE stands in it", "其中没有 SSH SIGNATURE")
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except (ValueError, binascii.Error):
        raise BadSignature("the signature is no base64", "签名不是 base64") from None


def unsigned_part(message: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
    """Return what a key signs for a message: an agent is given it, a key in a file signs it."""
    return _over_hash(sha512(message).digest(), namespace)


def _over_hash(hashed: bytes, namespace: str) -> bytes:
    return _MAGIC + b"".join(map(ssh_string, (namespace.encode(), b"", _HASH, hashed)))


def signature_of(key: PublicKey, signed: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
    """Put together a signature; `signed` is what the key, or its agent, made of `unsigned_part`."""
    parts = (key.blob(), namespace.encode(), b"", _HASH, signed)
    return _MAGIC + _VERSION.to_bytes(4) + b"".join(map(ssh_string, parts))


class SshParts:
    """The parts of a binary text of SSH (RFC 4251), one after another."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, number: int) -> bytes:
        part = self._data[self._at : self._at + number]
        if len(part) != number:
            raise BadSignature("the signature is cut off", "签名不完整")
        self._at += number
        return part

    def string(self) -> bytes:
        return self.take(int.from_bytes(self.take(4)))

    def end(self) -> None:
        """There is nothing behind: else one signature could be written in many ways."""
        if self._at != len(self._data):
            raise BadSignature("something stands behind the signature", "签名后有多余内容")


def ssh_string(part: bytes) -> bytes:
    return len(part).to_bytes(4) + part


@lru_cache(maxsize=256)
def read_key_blob(blob: bytes) -> PublicKey:
    parts = SshParts(blob)
    algorithm = parts.string().decode("ascii", "replace")
    if algorithm not in (ED25519, HARDWARE_ED25519):
        raise BadSignature(
            f"keys of the algorithm {algorithm[:40]!r} are not supported: use ed25519",
            f"不支持算法“{algorithm[:40]}”的密钥，请使用 ed25519",
        )
    raw = parts.string()
    application = parts.string() if algorithm == HARDWARE_ED25519 else b""
    parts.end()
    if len(raw) != _KEY_BYTES:
        raise _no_key()
    if _has_small_order(raw):
        raise BadSignature(
            "it is no key of one person: anybody can make signatures that fit it",
            "该密钥不属于任何人：任何人均可作出与之相符的签名",
        )
    return PublicKey(algorithm, raw, application)


def _has_small_order(raw: bytes) -> bool:
    """Whether a key is one of the curve's eight points for which zeros are a signature (RFC 7748, 6.1)."""
    return (int.from_bytes(raw, "little") & _WITHOUT_SIGN) % _FIELD in _SMALL_ORDER


def _check(key: PublicKey, signed: bytes, said: bytes) -> None:
    """Check what a key signed. A token signs with the hash of what it is for, its flags and a counter."""
    parts = SshParts(signed)
    if parts.string() != key.algorithm.encode():
        raise BadSignature("key and signature are of two algorithms", "密钥与签名算法不一致")
    raw = parts.string()
    if key.algorithm == HARDWARE_ED25519:
        flags, counter = parts.take(1), parts.take(4)
        if not flags[0] & _PRESENT:
            raise BadSignature("the token was not touched", "未触碰硬件密钥确认")
        said = sha256(key.application).digest() + flags + counter + sha256(said).digest()
    parts.end()
    if len(raw) != _SIGNATURE_BYTES:
        raise BadSignature("the signature is cut off", "签名不完整")
    if not load_verification()(key.raw, raw, said):
        raise BadSignature(
            "it is not the signature of this content by this key", "签名与内容或密钥不符"
        )


def _no_key() -> BadSignature:
    return BadSignature("it is no public key of OpenSSH", "不是 OpenSSH 公钥")
