"""The data converter of whoever encrypts: that of the contract, with the codec.

`configured_keys` reads the settings: PINGTAI_PAYLOAD_KEYS is a file of master keys, or `python:MODULE:NAME`,
a callable that returns a provider (`MasterKeys`); PINGTAI_TERM_KEYS is the directory of the terms' keys.
"""

import os
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Self, cast

from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadConverter,
    SerializationContext,
)

from starter.encryption.key_errors import VARIABLE, unusable
from starter.encryption.key_names import SHARED, term_scope
from starter.encryption.master_keys import FileMasterKeys, MasterKeys
from starter.encryption.payload_codec import TermCodec
from starter.encryption.term_keys import TermKeys
from starter.errors import BadInput

DIRECTORY_VARIABLE = "PINGTAI_TERM_KEYS"
_PROVIDER = "python:"


@dataclass(frozen=True)
class EncryptingConverter(DataConverter):
    """Encrypts payloads, and what failures say."""

    def with_context(self, context: SerializationContext) -> Self:
        """Give the context to the codec alone: no other part of ours asks for it.

        The SDK asks for each payload, and would make all parts anew.
        """
        clone = copy(self)
        codec = cast(TermCodec, self.payload_codec).with_context(context)
        object.__setattr__(clone, "payload_codec", codec)
        return clone


def encrypting_converter(
    keys: TermKeys, payload_converter_class: type[PayloadConverter] = PydanticPayloadConverter
) -> DataConverter:
    """Return the contract's converter, encrypting with these keys."""
    return EncryptingConverter(
        payload_converter_class=payload_converter_class,
        payload_codec=TermCodec(keys),
        # Words of a failure may quote what was sent.
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def for_term(client: Client, platform_id: str, term: object) -> Client:
    """Return a client that encrypts what it sends with a term's key; the same one where it encrypts nothing."""
    converter = client.data_converter
    codec = converter.payload_codec
    if not isinstance(codec, TermCodec):
        return client
    scope = term_scope(platform_id, term)
    if scope == SHARED:  # it names no term: what the workflow's id says of it counts
        return client
    codec = codec.of_scope(scope)
    return Client(**client.config() | {"data_converter": replace(converter, payload_codec=codec)})


def configured_keys() -> TermKeys | None:
    """Return the keys that the settings name; None: nothing is encrypted.

    Raises:
        BadInput: they cannot be used.
    """
    keys, directory = os.environ.get(VARIABLE, ""), os.environ.get(DIRECTORY_VARIABLE, "")
    return _keys(keys, directory, _changed_at(keys)) if keys else None


def _changed_at(named: str) -> int:
    """When a file of keys was changed: after a rotation it is read again."""
    try:
        return Path(named).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0  # whoever reads it says why


@lru_cache(maxsize=8)
def _keys(named: str, directory: str, changed_at: int) -> TermKeys:
    if named.startswith(_PROVIDER):
        if not directory:
            raise unusable(
                f"with a provider set {DIRECTORY_VARIABLE} to the directory of the terms' keys",
                f"使用外部密钥服务时，须以 {DIRECTORY_VARIABLE} 指定期次密钥目录",
            )
        return TermKeys(_provider(named.removeprefix(_PROVIDER)), _absolute(directory))
    path = _absolute(named)
    masters = FileMasterKeys.read(path)
    return TermKeys(masters, _absolute(directory) if directory else default_directory(path))


def default_directory(path: Path) -> Path:
    """Return where the keys of terms are, beside a file of master keys."""
    return path.with_name(f"{path.stem}.terms")


def _absolute(named: str) -> Path:
    path = Path(named)
    if not path.is_absolute():
        raise unusable(
            f"{named!r} is relative: worker and commands would look in different places",
            f"“{named}”是相对路径：工作进程与命令会指向不同位置",
        )
    return path


def _provider(named: str) -> MasterKeys:
    module, _, name = named.partition(":")
    try:
        made: MasterKeys = getattr(import_module(module), name)()
    except BadInput:
        raise
    except Exception as error:  # whatever a module of others raises
        raise unusable(
            f"the provider {named} cannot be used: {type(error).__name__}: {error}",
            f"密钥服务 {named} 无法使用：{type(error).__name__}：{error}",
        ) from None
    return made
