"""A backup's file: what was packed is what is read, and whatever was changed since is found."""

import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from starter.errors import BadInput
from worker.backup.backup_file import FORMAT, MANIFEST, Manifest, describe, open_backup, pack

AT = datetime(2026, 11, 30, 2, tzinfo=UTC)


def manifest_of(folder: Path, format: int = FORMAT) -> Manifest:
    files = describe(folder)
    return Manifest(
        format=format, version="0.5.0", host="h", home="/srv/p", made_at=AT, files=files
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is backed up."""
    folder = tmp_path / "files"
    (folder / "archive").mkdir(parents=True)
    (folder / "temporal.sqlite").write_bytes(bytes(range(256)) * 9_000)  # more than one piece
    (folder / "archive" / "档.json.gz").write_bytes(b"history")
    return folder


@pytest.fixture
def packed(folder: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    target = tmp_path / "backup.zip"
    pack(folder, manifest_of(folder), target)
    return target


def test_what_was_packed_is_read(folder: Path, packed: Path, tmp_path: Path) -> None:
    """Every file comes back as it was; backup and files are their owner's alone."""
    with open_backup(packed) as backup:
        backup.verify()
        for one in backup.manifest.files:
            backup.extract(one.name, tmp_path / "again" / one.name)
    assert describe(folder) == describe(tmp_path / "again")
    for path in (packed, tmp_path / "again" / "temporal.sqlite"):
        assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_no_backup_is_written_over(folder: Path, packed: Path) -> None:
    """A name that is taken is no name for a new one."""
    with pytest.raises(FileExistsError):
        pack(folder, manifest_of(folder), packed)


def _cut(packed: Path) -> None:
    packed.write_bytes(packed.read_bytes()[:-200])


def damage(packed: Path) -> None:
    """Change a bit of Temporal's part."""
    with zipfile.ZipFile(packed) as files:
        begins = files.getinfo("temporal.sqlite").header_offset
    content = bytearray(packed.read_bytes())
    content[begins + 100] ^= 1
    packed.write_bytes(content)


def _repacked(change: Callable[[dict[str, bytes]], object]) -> Callable[[Path], None]:
    def repack(packed: Path) -> None:
        with zipfile.ZipFile(packed) as old:
            files = {name: old.read(name) for name in old.namelist()}
        change(files)
        with zipfile.ZipFile(packed, "w") as new:
            for name, content in files.items():
                new.writestr(name, content)

    return repack


def _other_content(files: dict[str, bytes]) -> None:
    files["archive/档.json.gz"] = b"another"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_cut, "no complete zip file"),
        (damage, "temporal.sqlite"),
        (_repacked(lambda files: files.pop("temporal.sqlite")), "temporal.sqlite is missing"),
        (_repacked(lambda files: files.update(more=b"x")), "more is not in its manifest"),
        (_repacked(_other_content), "is not as its manifest says (SHA-256)"),
        (_repacked(lambda files: files.pop(MANIFEST)), "no manifest of ours"),
        (_repacked(lambda files: files.update({MANIFEST: b"{}"})), "no manifest of ours"),
    ],
)
def test_damage_is_found(packed: Path, change: Callable[[Path], None], words: str) -> None:
    """Whatever a disk or a hand did to it."""
    change(packed)
    with pytest.raises(BadInput, match="cannot be used as a backup") as refused:  # noqa: SIM117
        with open_backup(packed) as backup:
            backup.verify()
    assert words in refused.value.words.en
    assert "未作任何改变" in refused.value.words.zh


def test_a_path_that_leads_elsewhere(folder: Path, tmp_path: Path) -> None:
    """A manifest of somebody else's making writes nowhere but into the home."""
    manifest = manifest_of(folder)
    outside = manifest.files[0].model_copy(update={"name": "home/../../evil"})
    target = tmp_path / "evil.zip"
    (folder / "home").mkdir()
    (tmp_path / "evil").write_bytes((folder / manifest.files[0].name).read_bytes())
    pack(folder, manifest.model_copy(update={"files": (outside,)}), target)
    with pytest.raises(BadInput, match="leads elsewhere"), open_backup(target):
        pass


def test_a_newer_format_names_its_release(folder: Path, tmp_path: Path) -> None:
    """A backup of a release to come is not half understood."""
    target = tmp_path / "newer.zip"
    pack(folder, manifest_of(folder, format=2), target)
    with pytest.raises(BadInput, match=r"newer release \(0\.5\.0\)"), open_backup(target):
        pass


def test_what_is_no_backup(tmp_path: Path) -> None:
    """No file, a folder: said as such."""
    for path in (tmp_path / "nothing.zip", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"), open_backup(path):
            pass
