"""Keys in files, as `ssh-keygen` writes and reads them; one made here has no passphrase."""

import base64
import binascii
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from starter.errors import BadInput
from starter.secret_files import read_secret, write_secret
from starter.signing.signer import NOBODY, Person, sealed
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    ED25519,
    BadSignature,
    PublicKey,
    SshParts,
    read_key_blob,
    ssh_string,
    unsigned_part,
)
from workflows.words import Words

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ARMOR = re.compile(
    rb"\s*-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*"
)
_MAGIC = b"openssh-key-v1\0"
_PLAIN = b"none"
_TRIES = 3
_SEED_BYTES = 32


class KeyFile(NamedTuple):
    """What a key's file says before it is opened."""

    path: Path
    content: bytes
    key: PublicKey
    private: bytes
    """The private part, as it stands there."""
    encrypted: bool


def make_key(path: Path) -> PublicKey:
    """Make a key, and write it with its public part beside it.

    Raises:
        FileExistsError: there is such a file already; no key is ever written over.
        BadInput: it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    secret = Ed25519PrivateKey.generate()
    content = secret.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()
    )
    key = PublicKey(ED25519, secret.public_key().public_bytes_raw())
    write_secret(path, content, new=True)
    write_secret(path.with_name(f"{path.name}.pub"), f"{key.openssh()}\n".encode())
    return key


def read_key_file(path: Path) -> KeyFile:
    """Read a key's file, which is not opened yet: that may need a passphrase.

    Raises:
        BadInput: it cannot be read, others may read it, or it holds no key that signs decisions.
    """
    _refuse_public(path)
    try:
        content = read_secret(path)
    except FileNotFoundError:
        raise BadInput(
            f"there is no key file {path}: check the path. `pingtai login --new-key` makes another key,"
            " which the roster does not have yet",
            f"没有密钥文件 {path}：请核对路径。pingtai login --new-key 可另行生成密钥，新密钥须登记于人员目录",
        ) from None
    found = _ARMOR.fullmatch(content)
    try:
        if not found:
            raise BadSignature(*_NO_KEY)
        inner = base64.b64decode(found[1])
        if not inner.startswith(_MAGIC):
            raise BadSignature(*_NO_KEY)
        parts = SshParts(inner[len(_MAGIC) :])
        cipher, *_ = (parts.string() for _ in ("cipher", "key derivation", "its options"))
        parts.take(4)  # how many keys there are: one
        key, private = read_key_blob(parts.string()), parts.string()
        return KeyFile(path, content, key, private, cipher != _PLAIN)
    except (BadSignature, binascii.Error) as error:
        why = error.words if isinstance(error, BadSignature) else _NO_KEY
        raise BadInput(why.at(str(path))) from None


class FileSigner:
    """Signs with a key in a file. Its passphrase is asked for once, when the key is first needed."""

    def __init__(self, file: KeyFile, person: Person = NOBODY) -> None:
        """Sign with the key of this file, which has been read."""
        self._file, self._person = file, person
        self._secret: Ed25519PrivateKey | None = None

    @property
    def key(self) -> PublicKey:
        """See `Signer`."""
        return self._file.key

    def ready(self) -> None:
        """See `Signer`."""
        self._secret = self._secret or self._opened()

    def sign(self, form: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
        """See `Signer`."""
        self._secret = self._secret or self._opened()
        raw = self._secret.sign(unsigned_part(form, namespace))
        signed = ssh_string(ED25519.encode()) + ssh_string(raw)
        return sealed(self.key, signed, form, namespace)

    def _opened(self) -> "Ed25519PrivateKey":
        path = self._file.path
        if not self._file.encrypted:
            if secret := self._with(None):
                return secret
            raise BadInput(_NO_KEY.at(str(path)))
        if self._person.passphrase is None:
            raise BadInput(
                f"{path} needs a passphrase, and there is no terminal to ask for it. Put the key into"
                f" your agent: ssh-add {path}; then: pingtai login --agent",
                f"{path} 需要口令，而此处没有终端可以输入。请将密钥加入代理程序：ssh-add {path}，再运行："
                "pingtai login --agent",
            )
        for _ in range(_TRIES):
            asked = Words(f"Passphrase of {path}", f"{path} 的口令")
            if secret := self._with(self._person.passphrase(asked).encode()):
                return secret
            self._person.tell(Words("Wrong passphrase.", "口令不正确。"))
        raise BadInput(f"{path}: wrong passphrase", f"{path}：口令不正确")

    def _with(self, passphrase: bytes | None) -> "Ed25519PrivateKey | None":
        """The key, opened; None where it does not open so."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PrivateKey,
        )

        if passphrase is None and (seed := _seed(self._file)):
            return Ed25519PrivateKey.from_private_bytes(seed)
        # It loads every algorithm and cipher, which takes longer than all else of signing.
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_ssh_private_key,
        )

        try:
            secret = load_ssh_private_key(self._file.content, passphrase)
        except (ValueError, TypeError):
            return None
        return secret if isinstance(secret, Ed25519PrivateKey) else None


def _seed(file: KeyFile) -> bytes | None:
    """The secret in a file without a passphrase, laid out as OpenSSH does (PROTOCOL.key); None: otherwise."""
    parts = SshParts(file.private)
    with suppress(BadSignature):
        twice = parts.take(4) == parts.take(4)
        algorithm, public, secret = parts.string(), parts.string(), parts.string()
        seed = secret[: -len(public)]
        known = (ED25519.encode(), file.key.raw, seed + file.key.raw)
        if twice and (algorithm, public, secret) == known and len(seed) == _SEED_BYTES:
            return seed
    return None


_NO_KEY = Words(
    "no private key in OpenSSH's format: ssh-keygen -t ed25519 makes one",
    "不是 OpenSSH 格式的私钥：可用 ssh-keygen -t ed25519 生成",
)


def _refuse_public(path: Path) -> None:
    """Refuse the public part of a key, which others may well read, before anything is said of that."""
    with suppress(OSError), path.open("rb") as file:
        if file.read(len(_PUBLIC[0])).startswith(_PUBLIC):
            raise BadInput(_PUBLIC_PART.at(str(path)))


_PUBLIC = (b"ssh-", b"sk-")
_PUBLIC_PART = Words(
    "this is the public part of a key: name the file without .pub",
    "这是公钥：请指定不带 .pub 的文件",
)
