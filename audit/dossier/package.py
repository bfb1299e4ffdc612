"""A dossier as one zip file: written so that the same content gives the same bytes, read with bounds.

What stands between, before or behind the files, or in their headers, no SHA-256 of a manifest holds: so
each byte around the files is checked to be as `pack` writes it.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from audit.dossier.format import MANIFEST, is_harmful
from audit.evidence_files import cannot_read, read_bounded
from starter.bounds import (
    DOSSIER_BYTES,
    DOSSIER_FILE_BYTES,
    DOSSIER_FILES,
    DOSSIER_VALUES,
    json_values,
)
from starter.errors import BadInput
from workflows.words import Words

_BOUNDED = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
"""Python unpacks these piece by piece; of all others a kilobyte may become gigabytes before it is counted."""
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_HEADER = 30
"""The fixed part of a file's header; its last four bytes are the lengths of name and extras."""
_UNIX = 3


def pack(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files, key=lambda name: (name != MANIFEST, name)):
            packed.writestr(fresh(name), files[name])
    return content.getvalue()


def fresh(name: str) -> zipfile.ZipInfo:
    """What a zip of ours says of a file: the same on each system, and no time."""
    info = zipfile.ZipInfo(name, _NO_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = 0o644 << 16
    return info


def unpack(path: Path) -> dict[str, bytes]:
    """The files of a zip, held in memory: nothing is written anywhere.

    Raises:
        BadInput: it cannot be read, is no zip, holds too much, names a file twice, or a path that leads
            elsewhere.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            return _read(path, packed)
    except zipfile.BadZipFile:
        raise BadInput(
            f"{path} is no complete zip file: it was cut off or damaged on its way. Get it again.",
            f"{path} 不是完整的压缩包：传输中被截断或损坏，请重新获取",
        ) from None
    except (OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise cannot_read(path, error) from None
    except BadInput:
        raise
    except Exception as error:  # of a packer that is broken or evil: zlib, lzma, struct and others
        raise BadInput(f"{path} is broken: {error}", f"{path} 已损坏：{error}") from None


def _read(path: Path, packed: zipfile.ZipFile) -> dict[str, bytes]:
    def refused(en: str, zh: str) -> BadInput:
        return BadInput(f"{path} is no dossier: {en}", f"{path} 不是档案：{zh}")

    infos = packed.infolist()
    names = [info.filename for info in infos]
    if len(names) != len({name.casefold() for name in names}):
        raise refused("it holds two files of one name", "有重名文件")
    for name in names:
        if is_harmful(name):
            raise refused(f"it holds the path {name[:80]!r}", f"含有路径“{name[:80]}”")
    if len(infos) > DOSSIER_FILES:
        raise refused(f"more than {DOSSIER_FILES:,} files", f"文件超过 {DOSSIER_FILES:,} 个")
    files: dict[str, bytes] = {}
    left, values = DOSSIER_BYTES, DOSSIER_VALUES
    for info in infos:
        name = info.filename
        if info.compress_type not in _BOUNDED:
            raise refused(f"{name} is compressed in another way", f"{name} 压缩方式不符")
        # What the zip says of sizes may be a lie: no more is read than may be.
        with packed.open(info) as file:
            content = file.read(min(DOSSIER_FILE_BYTES, left) + 1)
        left -= len(content)
        if len(content) > DOSSIER_FILE_BYTES or left < 0:
            raise refused(f"{name} is too large", f"{name} 过大")
        if name.endswith((".json", ".jsonl")):
            values -= json_values(content)
        if values < 0:
            raise refused(
                f"more than {DOSSIER_VALUES:,} JSON values", f"JSON 值超过 {DOSSIER_VALUES:,} 个"
            )
        files[name] = content
    return files


def zip_problems(path: Path) -> Iterator[Words]:
    """Return what is not as `pack` writes it, of a zip that was unpacked already.

    Compressed bytes are not compared: another zlib packs otherwise. They must end where they should.

    Raises:
        BadInput: it is larger than may be.
    """
    content = read_bounded(path, DOSSIER_BYTES)
    with zipfile.ZipFile(path) as packed:
        infos = packed.infolist()
    yield from _wrong(content, infos)


def _wrong(content: bytes, infos: list[zipfile.ZipInfo]) -> Iterator[Words]:
    at, directory = 0, b""
    for info in infos:
        header = _header(info)
        packed = content[at + len(header) : at + len(header) + info.compress_size]
        if content[at : at + len(header)] != header or info.header_offset != at:
            yield Words(
                f"the zip was changed or packed again: its header of {info.filename} differs",
                f"压缩包被改动或重新打包：{info.filename} 的文件头不同",
            )
            return  # where the next one should be, nobody knows
        if not _ends(packed):
            yield Words(
                f"the zip has data behind {info.filename}",
                f"压缩包中 {info.filename} 之后另有内容",
            )
        directory += _listed(info, at)
        at += len(header) + len(packed)
    if content[at:] != directory + _end(len(infos), len(directory), at):
        yield Words(
            "the zip was changed or packed again: its list of files differs",
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
