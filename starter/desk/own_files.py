"""Files that commands keep for a person: for their owner only, written whole or not at all."""

import os
from pathlib import Path


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
