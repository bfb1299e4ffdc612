"""Master keys: they wrap the keys of terms and encrypt nothing else. From a file, or from a provider.

    {"keys": [{"id": "2026-11", "key": "<32 bytes in base64>"}]}

The last one is the newest. The file belongs to one user (mode 0600).
"""

import base64
import binascii
import json
import os
import re
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from starter.encryption.key_errors import MissingKey, unusable
from starter.encryption.key_names import MASTER
from starter.secret_files import read_secret, write_secret
from workflows.errors import BadInput

KEY_BYTES = 32
NONCE_BYTES = 12
MOST_KEYS = 200


class MasterKeys(Protocol):
    """What wraps and unwraps the keys of terms: a file of keys, or a key management system.

    `about` is bound to what is wrapped: it must be given again, unchanged, to unwrap it. Calls may block.
    """

    @property
    def newest(self) -> str:
        """The name of the key that wraps now."""

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Wrap a key with the newest master key."""

    def unwrap(self, master: str, wrapped: bytes, about: bytes) -> bytes:
        """Unwrap a key.

        Raises:
            MissingKey: there is no such master key.
            ValueError: it was not wrapped by this one, or not about this.
        """


class FileMasterKeys:
    """Master keys from a file (`MasterKeys`)."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        """Take the keys by name, the newest last; at least one."""
        self._keys = keys

    @classmethod
    def read(cls, path: Path) -> "FileMasterKeys":
        """Read a file of keys.

        Raises:
            BadInput: it cannot be read, others may read it, or it holds no keys of ours.
        """
        return cls(_read(path))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys, the newest last."""
        return tuple(self._keys)

    @property
    def newest(self) -> str:
        return self.names[-1]

    def wrap(self, key: bytes, about: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._keys[self.newest]).encrypt(nonce, key, about)

    def unwrap(self, master: str, wrapped: bytes, about: bytes) -> bytes:
        if master not in self._keys:
            raise MissingKey(master)
        try:
            return AESGCM(self._keys[master]).decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about
            )
        except InvalidTag:
            raise ValueError("it was not wrapped by this key") from None


def add_master_key(path: Path, name: str) -> None:
    """Add a new key to a file, as its newest; make the file where there is none.

    Raises:
        BadInput: the name cannot be one or is taken, or the file cannot be used.
    """
    keys = _read(path) if path.exists() else {}
    if not re.fullmatch(MASTER, name):
        raise BadInput(
            f"{name!r} is no name for a key: at most 64 letters, digits, dots, hyphens and underscores",
            f"“{name}”不能作密钥名称：不超过 64 个字母、数字、点、连字符和下划线",
        )
    if name in keys or len(keys) >= MOST_KEYS:
        raise BadInput(f"there is a key {name} already", f"已有密钥 {name}")
    keys[name] = os.urandom(KEY_BYTES)
    rows = [{"id": each, "key": base64.b64encode(key).decode()} for each, key in keys.items()]
    write_secret(path, json.dumps({"keys": rows}, indent=1).encode() + b"\n")


def _read(path: Path) -> dict[str, bytes]:
    try:
        content = read_secret(path)
    except FileNotFoundError:
        raise unusable(
            f"there is no file {path}: pingtai payload-keys --new NAME makes it",
            f"没有文件 {path}：可用 pingtai payload-keys --new 名称 生成",
        ) from None
    except BadInput as error:
        raise unusable(*error.words) from None
    try:
        rows: list[Any] = json.loads(content)["keys"]
        keys = {str(row["id"]): base64.b64decode(row["key"], validate=True) for row in rows}
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        keys, rows = {}, []
    whole = all(re.fullmatch(MASTER, name) and len(key) == KEY_BYTES for name, key in keys.items())
    if not keys or not whole or len(keys) != len(rows) or len(keys) > MOST_KEYS:
        raise unusable(
            f"{path} does not hold 1 to {MOST_KEYS} keys of {KEY_BYTES} bytes, each with a name of its own",
            f"{path} 应含 1 至 {MOST_KEYS} 个名称各不相同的 {KEY_BYTES} 字节密钥",
        )
    return keys
