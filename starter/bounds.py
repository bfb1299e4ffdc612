"""How much is read of what others made: by kind, here and nowhere else.

What is small on its way may be large when it is unpacked or parsed: a zip a thousand times, JSON and XML some
fifty times. So each kind is bounded by what it becomes, before it becomes it.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from starter.errors import BadInput

MESSAGE_FILE_BYTES = 1_000_000
"""Of a file that holds one message, and of a line that does: none may be half as large."""
BATCH_FILE_BYTES = 50_000_000
"""Of a file that holds many."""

DOCUMENT_BYTES = 4 * 1024**3
"""Of a document that is hashed, piece by piece: an hour of video fits, a disk does not."""

JSON_VALUES = 5_000_000
"""Of one JSON text; parsed they are about a gigabyte. A history of Temporal's largest has a third of it."""
JSON_DEPTH = 50
"""Of a message; our own have ten levels."""

TABLE_ROWS = 100_000
TABLE_COLUMNS = 250
CELL_CHARACTERS = 1_000_000
ROW_CHARACTERS = 2_000_000
"""Of a row of a CSV, over all its lines."""

ZIP_MEMBERS = 2_000
ZIP_BYTES = 150_000_000
"""Of a workbook, unpacked."""
ZIP_METHODS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
"""Python unpacks these piece by piece; of all others a kilobyte may become gigabytes before it is counted."""

DOSSIER_FILES = 20_000
DOSSIER_FILE_BYTES = 128 * 1024 * 1024
DOSSIER_BYTES = 512 * 1024 * 1024
DOSSIER_VALUES = 3_000_000
"""Of all JSON in a dossier, which is held in memory several times over; forty full years take a fifth of it."""

XML_TAGS = 6_000_000
"""Of a sheet, which is read row by row."""
XML_TAGS_OF_A_ROW = 200_000
"""A row of 16,384 cells has half as many."""
XML_TAGS_AT_ONCE = 2_000_000
"""Of all other parts of a workbook together, which are held in memory as trees."""

_MEMBER = b"PK\x01\x02"
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)""")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[][{}]', re.DOTALL)


class TooMuch(BadInput, ValueError):
    """More than is read."""


def check_json(text: str | bytes, most: int = JSON_VALUES) -> None:
    """See that a JSON text has no more values than may be, before it is parsed.

    Raises:
        TooMuch: it may have more: commas and brackets are counted, also those within words.
    """
    if len(text) > most and json_values(text) > most:
        raise TooMuch(f"more than {most:,} JSON values", f"JSON 值超过 {most:,} 个")


def json_values(text: str | bytes) -> int:
    """Return an upper bound of the values in a JSON text: commas and brackets within strings count, too."""
    if isinstance(text, bytes):
        return text.count(b",") + text.count(b"[") + text.count(b"{")
    return text.count(",") + text.count("[") + text.count("{")


def check_depth(text: str, most: int = JSON_DEPTH) -> None:
    """See that a message in JSON is nested no deeper than may be: what works on it calls itself.

    Raises:
        TooMuch: it is.
    """
    if text.count("[") + text.count("{") <= most:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
            if depth > most:
                raise TooMuch("nested too deep", "嵌套过深")
        elif first in "]}":
            depth -= 1


def check_zip(content: bytes, members: int = ZIP_MEMBERS, unpacked: int = ZIP_BYTES) -> None:
    """See that a zip has no more members, and unpacks to no more bytes, than may be.

    What it says of sizes may be a lie, but no more than it says is ever unpacked of a member.

    Raises:
        TooMuch: it does.
        zipfile.BadZipFile: it is none.
    """
    # Counted before they are listed: a list of a million takes half a gigabyte.
    if content.count(_MEMBER) > members:
        raise TooMuch(f"more than {members:,} parts", f"部件超过 {members:,} 个")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        infos = packed.infolist()
    if any(info.compress_type not in ZIP_METHODS for info in infos):
        raise TooMuch("it is packed otherwise than by deflate", "压缩方式不符")
    if sum(info.file_size for info in infos) > unpacked:
        raise TooMuch(
            f"unpacked it is larger than {unpacked:,} bytes: split it",
            f"解包后超过 {unpacked:,} 字节：请拆分",
        )


def check_workbook(content: bytes) -> None:
    """See that a workbook is no more than may be, as a zip and as XML: see `check_zip`.

    Raises:
        TooMuch: it is.
        zipfile.BadZipFile: it is none.
    """
    check_zip(content)
    at_once = 0
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for info in packed.infolist():
            part = packed.read(info)
            if not info.filename.endswith((".xml", ".rels", ".vml")) and b"<?xml" not in part[:200]:
                continue  # pictures and the like, which nobody opens
            _check_encoding(part)
            if info.filename.startswith("xl/worksheets/"):
                _check_sheet(part)
            else:
                at_once += part.count(b"<")
    if at_once > XML_TAGS_AT_ONCE:
        raise TooMuch(
            f"more than {XML_TAGS_AT_ONCE:,} XML tags", f"XML 标记超过 {XML_TAGS_AT_ONCE:,} 个"
        )


def _check_encoding(part: bytes) -> None:
    """Only in UTF-8 are tags what is counted; and no document of ours defines entities."""
    declared = _ENCODING.search(part[:200].partition(b"?>")[0])
    utf8 = declared is None or declared[1].lower() in (b"utf-8", b"utf8", b"us-ascii")
    if not utf8 or part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!DOCTYPE" in part:
        raise TooMuch("its XML is not plain UTF-8", "其中的 XML 不是普通的 UTF-8")


def _check_sheet(part: bytes) -> None:
    if part.count(b"<") > XML_TAGS:
        raise TooMuch(
            f"more than {XML_TAGS:,} XML tags: split it", f"XML 标记超过 {XML_TAGS:,} 个：请拆分"
        )
    for begin, end in _rows(part):
        if end - begin > XML_TAGS_OF_A_ROW and part.count(b"<", begin, end) > XML_TAGS_OF_A_ROW:
            raise TooMuch("a row has too many cells", "单行的单元格过多")


def _rows(part: bytes) -> Iterator[tuple[int, int]]:
    begin = 0
    for row in _ROW.finditer(part):
        yield begin, row.start()
        begin = row.start()
    yield begin, len(part)
