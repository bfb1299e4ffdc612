"""Dossiers as a source of histories: each run as it was, and nothing of a zip that does not hold."""

import shutil
from pathlib import Path

import pytest

from audit.archive.file_archive import FileHistories
from audit.dossier.opened_dossier import open_dossier
from audit.dossier.package import unpack
from audit.dossier.unpacked_dossiers import with_dossiers
from starter.errors import BadInput

DOSSIERS = Path(__file__).parent / "dossiers_of_releases"


async def test_the_histories_of_a_folder_of_dossiers(tmp_path: Path) -> None:
    """As many, and the same; the folder in which they lay for a while is gone afterwards."""
    one = min(DOSSIERS.glob("*.zip"))
    shutil.copy(one, tmp_path / "first.zip")
    expected = open_dossier(unpack(one)).histories
    for given in (tmp_path, tmp_path / "first.zip"):
        async with with_dossiers([given]) as paths:
            found = [run async for run in FileHistories(paths).runs()]
            places = [path for path in paths if path != tmp_path]
        assert {(run.workflow_id, run.run_id) for run in found} == {
            (run.workflow_id, run.run_id) for run in expected
        }
        assert {len(run.stored["events"]) for run in found} == {
            len(run.stored["events"]) for run in expected
        }
        assert [path.exists() for path in places] == [False]


async def test_what_is_no_dossier(tmp_path: Path) -> None:
    """It is named, before anything is read of it."""
    (tmp_path / "other.zip").write_bytes(b"no zip")
    with pytest.raises(BadInput, match=r"other\.zip"):
        async with with_dossiers([tmp_path]):
            pass
