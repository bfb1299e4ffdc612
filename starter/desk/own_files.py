"""Files that commands keep for a person: for their owner only, written whole or not at all."""

import os
from pathlib import Path
from typing import Any

from starter.error_reasons import reason_of
from workflows.errors import BadInput


def write_own(path: Path, content: str) -> None:
    """Write a file, and its folder if that is missing.

    Raises:
        OSError: it cannot be written.
    """
    new = path.with_name(f".{path.name}.new")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(content, encoding="utf-8")
    os.replace(new, path)  # noqa: PTH105 - the atomic one


def write_own_toml(path: Path, content: dict[str, Any]) -> None:
    """Write a file of settings as TOML.

    Raises:
        BadInput: it cannot be written.
    """
    import tomli_w  # noqa: PLC0415 - every command reads such a file, few write one

    try:
        write_own(path, tomli_w.dumps(content))
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {reason_of(error).en}",
            f"无法写入 {path}：{reason_of(error).zh}",
        ) from None


def read_own(path: Path, largest: int) -> bytes | None:
    """The content of a file; None where there is none.

    Raises:
        OSError, ValueError: it cannot be read, or is larger than `largest` bytes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        return None
    if len(content) > largest:
        raise ValueError(f"larger than {largest:,} bytes")
    return content
