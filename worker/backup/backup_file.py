"""A backup as one zip file: its manifest, written and read with the SHA-256 of each file."""

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pydantic import Field, ValidationError

from starter.error_reasons import reason_of
from starter.errors import BadInput, PingtaiError
from workflows.model import Instant, Record, Sha256
from workflows.words import Words

FORMAT = 1
MANIFEST = "manifest.json"
ENGINE = "temporal.sqlite"
REGISTER = "register.dump"
ARCHIVE = "archive"
SETTINGS = "settings"
HOME = "home"
_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 256 * 1024 * 1024
_NO_DAY = (1980, 1, 1, 0, 0, 0)


class BackupFailed(PingtaiError):
    """A backup could not be made; the earlier ones are as they were."""


class BackedUpFile(Record):
    name: str
    bytes: int
    sha256: Sha256


class Manifest(Record):
    """What is in a backup, and what is not."""

    format: int = FORMAT
    version: str
    """Of this program."""
    host: str
    home: str
    register_at: Instant | None = None
    """When the copy of the register began: it holds nothing newer."""
    engine_at: Instant | None = None
    """When the copy of Temporal's file began, after that of the register was complete."""
    made_at: Instant
    external_register: bool = False
    """Whether the register is that of DATABASE_URL, and not the embedded one."""
    left_out: tuple[tuple[str, str], ...] = ()
    """What is not in it, and why, in English and Chinese."""
    environment: dict[str, str] = Field(default_factory=dict)
    """The settings of whoever made it, without secrets."""
    files: tuple[BackedUpFile, ...]

    def has(self, name: str) -> bool:
        """Whether a file is in it."""
        return any(one.name == name for one in self.files)

    @property
    def size(self) -> int:
        """The bytes of its files, unpacked."""
        return sum(one.bytes for one in self.files)


def is_same(path: Path, one: BackedUpFile) -> bool:
    """Whether a file is, byte for byte, one of a backup."""
    if not path.is_file() or path.stat().st_size != one.bytes:
        return False
    return _described(path.parent, path).sha256 == one.sha256


def describe(folder: Path) -> tuple[BackedUpFile, ...]:
    """Describe all files below a folder."""
    return tuple(_described(folder, path) for path in sorted(folder.rglob("*")) if path.is_file())


def pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """Write the files of a folder that the manifest lists into a new file; it is on the disk afterwards."""
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(_header(MANIFEST), manifest.model_dump_json(indent=2))
            for one in manifest.files:
                with (
                    (folder / one.name).open("rb") as content,
                    packed.open(_header(one.name, one.bytes), "w") as into,
                ):
                    for piece in _pieces(content):
                        into.write(piece)
        file.flush()
        os.fsync(file.fileno())


class OpenedBackup:
    """A backup that is read."""

    def __init__(self, path: Path, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._packed = packed

    def verify(self) -> None:
        """See that each file is there, whole and as the manifest says, and no other.

        Raises:
            BadInput: it is not; names the first file that is wrong.
        """
        listed = {one.name for one in self.manifest.files}
        there = set(self._packed.namelist()) - {MANIFEST}
        for name in sorted(listed ^ there):
            raise damaged(
                self.path,
                Words(f"{name} is missing", f"缺少 {name}")
                if name in listed
                else Words(f"{name} is not in its manifest", f"清单中没有 {name}"),
            )
        for one in self.manifest.files:
            for _ in self._content(one):
                pass

    def extract(self, name: str, target: Path) -> None:
        """Write a file of the backup to a new place, readable for its owner only; it is checked again.

        It is there whole or not at all.

        Raises:
            BadInput: it is not as the manifest says.
            OSError: it cannot be written there.
        """
        one = next(file for file in self.manifest.files if file.name == name)
        for parent in reversed((target.parent, *target.parent.parents)):
            parent.mkdir(mode=0o700, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)  # of a restore that was cut off
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in self._content(one):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # fails where there is one: nothing is written over
        part.unlink()

    def _content(self, one: BackedUpFile) -> Iterator[bytes]:
        digest, size = sha256(), 0
        try:
            with self._packed.open(one.name) as content:
                for piece in _pieces(content):
                    digest.update(piece)
                    size += len(piece)
                    if size > one.bytes:
                        break
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
            raise damaged(self.path, Words.same(f"{one.name}: {error}")) from None
        if size != one.bytes or digest.hexdigest() != one.sha256:
            raise damaged(
                self.path,
                Words(
                    f"{one.name} is not as its manifest says (SHA-256)",
                    f"{one.name} 与清单所列 SHA-256 不符",
                ),
            )


@contextmanager
def open_backup(path: Path) -> Iterator[OpenedBackup]:
    """Open a backup, and read its manifest; `verify` checks the rest.

    Raises:
        BadInput: it cannot be read, or is no backup of ours.
    """
    try:
        packed = zipfile.ZipFile(path)
    except OSError as error:
        why = reason_of(error)
        raise BadInput(f"{path} cannot be read: {why.en}", f"无法读取 {path}：{why.zh}") from None
    except zipfile.BadZipFile:
        raise damaged(path, Words("it is no complete zip file", "不是完整的 zip 文件")) from None
    with packed:
        yield OpenedBackup(path, packed, _manifest(path, packed))


def _manifest(path: Path, packed: zipfile.ZipFile) -> Manifest:
    try:
        with packed.open(MANIFEST) as file:
            manifest = Manifest.model_validate_json(file.read(_LARGEST_MANIFEST))
    except (KeyError, ValidationError, zipfile.BadZipFile, zlib.error, EOFError):
        raise damaged(path, Words("it has no manifest of ours", "没有本系统的备份清单")) from None
    if manifest.format != FORMAT:
        raise BadInput(
            f"{path} was made by a newer release ({manifest.version}): restore it with that one",
            f"{path} 由更新的版本（{manifest.version}）制作，请用该版本恢复",
        )
    for one in manifest.files:
        place = PurePosixPath(one.name)
        if place.is_absolute() or ".." in place.parts or place.as_posix() != one.name:
            raise damaged(path, Words(f"{one.name!r} leads elsewhere", f"路径“{one.name}”无效"))
    return manifest


def damaged(path: Path, why: Words) -> BadInput:
    """Return what is said of a backup that does not hold."""
    return BadInput(
        f"{path} cannot be used as a backup: {why.en}. Take another one; nothing was changed",
        f"备份 {path} 无法使用：{why.zh}。请改用其他备份；未作任何改变",
    )


def _described(folder: Path, path: Path) -> BackedUpFile:
    digest = sha256()
    with path.open("rb") as file:
        for piece in _pieces(file):
            digest.update(piece)
        size = file.tell()
    name = path.relative_to(folder).as_posix()
    return BackedUpFile(name=name, bytes=size, sha256=digest.hexdigest())


def _header(name: str, size: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NO_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.file_size = size  # or a file above 2 GB is refused half-way
    return info


def _pieces(file: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    assert hasattr(file, "read")  # noqa: S101 - of zipfile or of the system
    while piece := file.read(_PIECE):
        yield piece
