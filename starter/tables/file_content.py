"""The bytes of a file, the form that it has by its name, and its text."""

import sys
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Literal

from starter.bounds import BATCH_FILE_BYTES
from starter.error_reasons import reason_of
from starter.errors import BadInput

Form = Literal["jsonl", "json", "csv", "xlsx"]
FORMS: tuple[Form, ...] = ("jsonl", "json", "csv", "xlsx")
_SUFFIXES: dict[str, Form] = {
    **{f".{form}": form for form in FORMS},
    **{".ndjson": "jsonl", ".tsv": "csv", ".xlsm": "xlsx"},
}
ZIPPED = b"PK\x03\x04"
"""How a workbook begins."""
_OLD_BOOK = b"\xd0\xcf\x11\xe0"


def form_of(file: str, named: str | None = None) -> Form | None:
    """The form in which a file is written, as it is named or by its suffix; None: neither says."""
    suffix = f".{named}" if named else Path(file).suffix.lower()
    return _SUFFIXES.get(suffix)


def read_many(path: str) -> bytes:
    """The bytes of a file that holds many, `-` being standard input.

    Raises:
        BadInput: it cannot be read, or is too large.
    """
    return read_bytes(path, BATCH_FILE_BYTES, ("split it", "请拆分"))


def read_bytes(path: str, largest: int, too_large: tuple[str, str]) -> bytes:
    """The bytes of a file; `too_large` says what of one that is.

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
        why = reason_of(error)
        raise BadInput(f"{path} cannot be read: {why.en}", f"无法读取 {path}：{why.zh}") from None
    if len(content) > largest:
        name = "standard input" if path == "-" else path
        raise BadInput(
            f"{name} is larger than {largest:,} bytes: {too_large[0]}",
            f"{name} 超过 {largest:,} 字节：{too_large[1]}",
        )
    return content


def text_of_file(content: str | bytes, *, table: bool = False, of_one: bool = False) -> str:
    """The text of a file. JSON is UTF-8 where that can be; of a table it must be certain.

    `of_one`: the file is never a table, so that naming another form would help nobody.

    Spreadsheets in China write GBK where nobody asked for UTF-8, and UTF-16 where they say Unicode.

    Raises:
        BadInput: it is no text, or nobody can know which.
    """
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    refuse_old_book(content)
    if content.startswith(ZIPPED) and of_one:
        raise BadInput(
            "it is a .zip file or a workbook, and no JSON", "这是压缩文件或工作簿，不是 JSON 文件"
        )
    if content.startswith(ZIPPED):
        raise BadInput(
            "it is a workbook, and no text: where tables are read, name it .xlsx or say --format xlsx",
            "这是工作簿，不是文本：读取表格的命令请以 .xlsx 命名，或使用 --format xlsx",
        )
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ("utf-16",)
    elif content.startswith(BOM_UTF8):
        # With a bad byte it is broken, and no GBK, which nearly all bytes could be.
        encodings = ("utf-8-sig",)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if table and encoding == encodings[0] and len(encodings) > 1 and _may_be_gbk(text, content):
            raise BadInput(
                "it may be UTF-8 as well as GBK, which say different words: save it as CSV UTF-8",
                "无法判断编码是 UTF-8 还是 GBK：请另存为“CSV UTF-8”格式",
            )
        return text
    raise BadInput("it is neither UTF-8 nor GBK text", "不是 UTF-8 或 GBK 文本")


def refuse_old_book(content: bytes) -> None:
    """Refuse a workbook of before 2007.

    Raises:
        BadInput: it is one, or protected by a password.
    """
    if content.startswith(_OLD_BOOK):
        raise BadInput(
            "it is an old .xls, or protected by a password: save it as .xlsx without one",
            "这是旧版 .xls 或设有密码的文件：请另存为不加密的 .xlsx",
        )


def _may_be_gbk(text: str, content: bytes) -> bool:
    """Whether a text that is UTF-8 by its bytes may be a few Chinese characters in GBK.

    Two bytes of GBK may be a letter of UTF-8 between U+0080 and U+07FF; no Chinese one stands there.
    """
    beyond = [character for character in text if character > "\x7f"]
    if not beyond or any(character > "\u07ff" for character in beyond):
        return False
    try:
        return any("\u4e00" <= one <= "\u9fff" for one in content.decode("gb18030"))
    except UnicodeDecodeError:
        return False
