"""The keys of terms: one file for each, wrapped by a master key. To destroy the file is to erase the term.

    DIRECTORY/bj-riscv-soc/term-1.2026-11.json     wrapped by the master key 2026-11
    DIRECTORY/bj-riscv-soc/term-1.erased           the term's keys were destroyed: there is never a new one
    DIRECTORY/shared.2026-11.json                  what belongs to no term

Whoever uses the same master keys uses the same directory. A key is made when it is first needed; of two
that are made at once the first one written counts.
"""

import base64
import json
import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from starter.encryption.key_errors import ErasedKey, MissingKey, unusable
from starter.encryption.key_names import KeyName, read_key_name, term_scope
from starter.encryption.master_keys import KEY_BYTES, MasterKeys
from starter.secret_files import read_secret, write_secret

_HELD = 5_000
"""Keys that a process holds ready; all of them are given up when there are more."""


class TermKeys:
    """Gives keys by scope, to encrypt, and by name, to decrypt."""

    def __init__(self, masters: MasterKeys, directory: Path) -> None:
        self._masters = masters
        self._directory = directory
        self._ready: dict[str, AESGCM] = {}

    @property
    def directory(self) -> Path:
        """Where the keys are."""
        return self._directory

    @property
    def newest_master(self) -> str:
        """The name of the master key that wraps now."""
        return self._masters.newest

    def current(self, scope: str) -> tuple[str, AESGCM]:
        """Return the key that encrypts in a scope now, and its name; it is made where there is none.

        Raises:
            ErasedKey: the scope's keys were destroyed.
            BadInput: the keys' directory cannot be used.
        """
        name = read_key_name(f"{scope}:{self._masters.newest}")
        if name is None:
            raise ValueError(scope)
        try:
            return str(name), self.find(name)
        except MissingKey:
            return str(name), self._make(name)

    def find(self, name: KeyName) -> AESGCM:
        """Return the key of this name.

        Raises:
            ErasedKey: it was destroyed.
            MissingKey: it is not here, or the master key that wraps it is not.
            BadInput: its file cannot be used.
        """
        path = self._path(name)
        # Looked for each time: what was destroyed must not live on in a process that runs for months.
        if not path.exists():
            self._ready.pop(str(name), None)
            if self.is_erased(name):
                raise ErasedKey(name.scope)
            raise MissingKey(str(name))
        if (ready := self._ready.get(str(name))) is None:
            ready = self._open(name, path)
            if len(self._ready) >= _HELD:
                self._ready.clear()
            self._ready[str(name)] = ready
        return ready

    def is_erased(self, name: KeyName) -> bool:
        """Whether a term's keys were destroyed."""
        return bool(name.platform) and self._tombstone(name).exists()

    def destroy(self, platform_id: str, term: int) -> int:
        """Destroy all keys of a term, for ever; return how many there were.

        Raises:
            BadInput: this can be no term, or the directory cannot be written.
        """
        name = read_key_name(f"{term_scope(platform_id, term)}:x")
        if name is None or not name.platform:
            raise unusable(f"no term {term} of {platform_id}", f"没有 {platform_id} 第 {term} 期")
        write_secret(
            self._tombstone(name), b"{}\n"
        )  # first, or another process would make a new one
        found = list(self._directory.glob(f"{name.platform}/term-{name.term}.*.json"))
        for path in found:
            with path.open("r+b") as file:
                file.write(b"\0" * os.fstat(file.fileno()).st_size)
                os.fsync(file.fileno())
            path.unlink(missing_ok=True)
        self._ready.clear()
        return len(found)

    def _make(self, name: KeyName) -> AESGCM:
        key = AESGCM.generate_key(KEY_BYTES * 8)
        wrapped = self._masters.wrap(key, str(name).encode())
        content = {"key": str(name), "wrapped": base64.b64encode(wrapped).decode()}
        with suppress(FileExistsError):  # another process was quicker: its key counts
            write_secret(self._path(name), json.dumps(content).encode() + b"\n", new=True)
        return self.find(name)

    def _open(self, name: KeyName, path: Path) -> AESGCM:
        try:
            content = json.loads(read_secret(path))
            wrapped = base64.b64decode(content["wrapped"], validate=True)
            return AESGCM(self._masters.unwrap(name.master, wrapped, str(name).encode()))
        except FileNotFoundError:
            raise MissingKey(str(name)) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise unusable(
                f"{path} does not hold the key {name}: it was changed, or wrapped by another master key",
                f"{path} 中不是密钥 {name}：文件被改动，或由其他主密钥封装",
            ) from None

    def _path(self, name: KeyName) -> Path:
        if not name.platform:
            return self._directory / f"{name.scope}.{name.master}.json"
        return self._directory / name.platform / f"term-{name.term}.{name.master}.json"

    def _tombstone(self, name: KeyName) -> Path:
        return self._directory / name.platform / f"term-{name.term}.erased"
