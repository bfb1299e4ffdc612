"""What people hand in by file or standard input: JSON, and documents to be named and hashed."""

import hashlib
import re
from pathlib import Path
from typing import Any

from starter.bounds import MESSAGE_FILE_BYTES
from starter.errors import BadInput
from starter.tables.file_content import read_bytes, text_of_file
from starter.tables.strict_json import as_object


def read_text(path: str) -> str:
    """The text of a file that holds one message, `-` being standard input.

    Raises:
        BadInput: it cannot be read, is no text, or is too large to be any message of ours.
    """
    large = ("no message is that large", "不会是本系统的报文")
    return text_of_file(read_bytes(path, MESSAGE_FILE_BYTES, large))


def read_object(path: str) -> dict[str, Any]:
    """The JSON object in a file, `-` being standard input.

    Raises:
        BadInput: it cannot be read, or is not a JSON object.
    """
    return as_object(read_text(path), path)


def document(given: str) -> dict[str, str]:
    """A document as decisions name it, from `NAME=FILE` or `NAME=SHA256`. The file is not kept.

    Raises:
        BadInput: it is neither a file that can be read, nor a SHA-256.
    """
    name, _, where = given.partition("=")
    path = Path(where)
    try:
        if where and path.is_file():
            with path.open("rb") as file:
                return {"name": name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadInput(f"{where} cannot be read: {why}", f"无法读取 {where}：{why}") from None
    if re.fullmatch(r"[0-9a-fA-F]{64}", where):
        return {"name": name, "sha256": where.lower()}
    raise BadInput(
        f"document {given!r}: write NAME=FILE with a file that is there, or NAME=SHA256",
        f"文件 {given!r}：应写作 名称=文件路径（文件须存在）或 名称=SHA256",
    )
