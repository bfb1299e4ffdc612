"""What people hand in by file or standard input: JSON, and documents to be named and hashed."""

import hashlib
import re
import sys
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Any

from starter.bounds import BATCH_FILE_BYTES, MESSAGE_FILE_BYTES, TooMuch, check_depth
from starter.errors import BadInput
from starter.strict_json import strict_loads


def read_text(path: str) -> str:
    """The text of a file that holds one message, `-` being standard input.

    Raises:
        BadInput: it cannot be read, is no UTF-8, or is too large to be any message of ours.
    """
    content, name = read_bytes(
        path, MESSAGE_FILE_BYTES, ("no message is that large", "不会是本系统的报文")
    )
    try:
        return content.decode("utf-8-sig")  # some editors put a mark before the first character
    except UnicodeDecodeError:
        raise BadInput(f"{name} is not UTF-8 text", f"{name} 不是 UTF-8 文本") from None


def read_batch(path: str) -> str:
    """The text of a file that holds many, `-` being standard input.

    Spreadsheets in China write GBK where nobody asked for UTF-8, and UTF-16 where they say Unicode: both
    are understood too.

    Raises:
        BadInput: it cannot be read, is no text, or is too large.
    """
    content, name = read_bytes(path, BATCH_FILE_BYTES, ("split it", "请拆分"))
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ("utf-16",)
    elif content.startswith(BOM_UTF8):
        # With a bad byte it is broken, and no GBK, which nearly all bytes could be.
        encodings = ("utf-8-sig",)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{name} is neither UTF-8 nor GBK text", f"{name} 不是 UTF-8 或 GBK 文本")


def read_bytes(path: str, largest: int, too_large: tuple[str, str]) -> tuple[bytes, str]:
    """The bytes of a file, and what to call it; `too_large` says what of one that is.

    Raises:
        BadInput: it cannot be read, or is larger than `largest`.
    """
    try:
        if path == "-":
            content = sys.stdin.buffer.read(largest + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(largest + 1)
    except (OSError, ValueError, AttributeError) as error:  # a closed stdin is None
        why = getattr(error, "strerror", None) or error
        raise BadInput(f"{path} cannot be read: {why}", f"无法读取 {path}：{why}") from None
    name = "standard input" if path == "-" else path
    if len(content) > largest:
        raise BadInput(
            f"{name} is larger than {largest:,} bytes: {too_large[0]}",
            f"{name} 超过 {largest:,} 字节：{too_large[1]}",
        )
    return content, name


def read_object(path: str) -> dict[str, Any]:
    """The JSON object in a file, `-` being standard input.

    Raises:
        BadInput: it cannot be read, or is not a JSON object.
    """
    return as_object(read_text(path), path)


def as_object(text: str, name: str) -> dict[str, Any]:
    """The JSON object that a text is; `name` says where it stands.

    Raises:
        BadInput: it is none.
    """
    try:
        if len(text) > MESSAGE_FILE_BYTES:
            raise TooMuch(f"longer than {MESSAGE_FILE_BYTES:,}", f"超过 {MESSAGE_FILE_BYTES:,} 字")
        check_depth(text)
        found = strict_loads(text)
    except (ValueError, RecursionError) as error:
        why = str(error) or "nested too deeply"
        raise BadInput(f"{name} is not JSON: {why}", f"{name} 不是 JSON：{why}") from None
    if not isinstance(found, dict):
        raise BadInput(f"{name} is not a JSON object", f"{name} 不是 JSON 对象")
    return found


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
