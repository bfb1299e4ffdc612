"""A dossier as one zip file: written so that the same content gives the same bytes, read with bounds."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from audit.dossier.file_names import is_harmful
from audit.dossier.format import MANIFEST
from starter.bounds import (
    DOSSIER_BYTES,
    DOSSIER_FILE_BYTES,
    DOSSIER_FILES,
    DOSSIER_VALUES,
    json_values,
)
from starter.errors import BadInput

_BOUNDED = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
"""Python unpacks these piece by piece; of all others a kilobyte may become gigabytes before it is counted."""
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip, the manifest first."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files, key=lambda name: (name != MANIFEST, name)):
            packed.writestr(fresh(name), files[name])
    return content.getvalue()


def fresh(name: str) -> zipfile.ZipInfo:
    """What a zip of ours says of a file: the same on each system, and no time."""
    info = zipfile.ZipInfo(name, _NO_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
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
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"{path} cannot be read: {why}", f"无法读取 {path}：{why}") from None
    except BadInput:
        raise
    except Exception as error:  # of a packer that is broken or evil: zlib, lzma, struct and others
        raise BadInput(f"{path} is broken: {error}", f"{path} 已损坏：{error}") from None


def _read(path: Path, packed: zipfile.ZipFile) -> dict[str, bytes]:
    infos = packed.infolist()
    names = [info.filename for info in infos]
    if len(names) != len({name.casefold() for name in names}):
        raise _refused(path, "a file stands in it twice", "有重名文件")
    for name in names:
        if is_harmful(name):
            raise _refused(path, f"it holds the path {name[:80]!r}", f"含有路径 {name[:80]!r}")
    if len(infos) > DOSSIER_FILES:
        raise _refused(path, f"more than {DOSSIER_FILES:,} files", f"文件超过 {DOSSIER_FILES:,} 个")
    files: dict[str, bytes] = {}
    left, values = DOSSIER_BYTES, DOSSIER_VALUES
    for info in infos:
        if info.compress_type not in _BOUNDED:
            raise _refused(
                path, f"{info.filename} is packed otherwise", f"{info.filename} 压缩方式不符"
            )
        # What the zip says of sizes may be a lie: no more is read than may be.
        with packed.open(info) as file:
            content = file.read(min(DOSSIER_FILE_BYTES, left) + 1)
        left -= len(content)
        if len(content) > DOSSIER_FILE_BYTES or left < 0:
            raise _refused(path, f"{info.filename} is too large", f"{info.filename} 过大")
        if info.filename.endswith((".json", ".jsonl")):
            values -= json_values(content)
        if values < 0:
            raise _refused(
                path,
                f"more than {DOSSIER_VALUES:,} JSON values",
                f"JSON 值超过 {DOSSIER_VALUES:,} 个",
            )
        files[info.filename] = content
    return files


def _refused(path: Path, en: str, zh: str) -> BadInput:
    return BadInput(f"{path} is no dossier: {en}", f"{path} 不是档案：{zh}")
