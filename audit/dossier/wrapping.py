"""Whether a zip is nothing but its files: each byte around them is as `pack` writes it.

What stands between, before or behind the files, or in their headers, no SHA-256 of a manifest holds.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from audit.dossier.package import fresh
from audit.report_files import read_bounded
from starter.bounds import DOSSIER_BYTES

_HEADER = 30
"""The fixed part of a file's header; its last four bytes are the lengths of name and extras."""
_UNIX = 3


def wrong_wrapping(path: Path) -> Iterator[tuple[str, str]]:
    """What is not as it was packed, in English and Chinese, of a zip that was unpacked already.

    Compressed bytes are not compared: another zlib packs otherwise. They must end where they should.

    Raises:
        BadInput: it is larger than may be.
    """
    content = read_bounded(path, DOSSIER_BYTES)
    with zipfile.ZipFile(path) as packed:
        infos = packed.infolist()
    yield from _wrong(content, infos)


def _wrong(content: bytes, infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, str]]:
    at, directory = 0, b""
    for info in infos:
        header = _header(info)
        packed = content[at + len(header) : at + len(header) + info.compress_size]
        if content[at : at + len(header)] != header or info.header_offset != at:
            yield (
                f"the zip was changed or packed anew: its header of {info.filename} is another",
                f"压缩包被改动或重新打包：{info.filename} 的文件头不同",
            )
            return  # where the next one should be, nobody knows
        if not _ends(packed):
            yield (
                f"something stands behind {info.filename} in the zip",
                f"压缩包中 {info.filename} 之后另有内容",
            )
        directory += _listed(info, at)
        at += len(header) + len(packed)
    if content[at:] != directory + _end(len(infos), len(directory), at):
        yield (
            "the zip was changed or packed anew: its list of files is another",
            "压缩包被改动或重新打包：文件目录不同",
        )


def _header(info: zipfile.ZipInfo) -> bytes:
    again = fresh(info.filename)
    again.CRC, again.compress_size, again.file_size = info.CRC, info.compress_size, info.file_size
    return again.FileHeader(zip64=False)


def _ends(packed: bytes) -> bool:
    """Whether compressed bytes end with what they hold. It was unpacked already: its size is bounded."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacking.decompress(packed)
    return unpacking.eof and not unpacking.unused_data


def _listed(info: zipfile.ZipInfo, at: int) -> bytes:
    """A file's entry in the list at the end of a zip, which says what its header says, and where it is."""
    header, attributes = _header(info), fresh(info.filename).external_attr
    version, same, name = header[4:6], header[4:_HEADER], header[_HEADER:]
    made_by = bytes((version[0], _UNIX))
    return b"PK\x01\x02" + made_by + same + struct.pack("<3H2L", 0, 0, 0, attributes, at) + name


def _end(files: int, size: int, at: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, files, files, size, at, 0)
