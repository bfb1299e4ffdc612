"""Histories out of dossiers: put into a folder for a while, beside those that lie in files."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.dossier.opened_dossier import open_dossier
from audit.dossier.package import unpack
from starter.errors import BadInput

_ENDING = ".zip"


@asynccontextmanager
async def with_dossiers(paths: Sequence[Path]) -> AsyncIterator[list[Path]]:
    """Yield files and folders with histories: those given, and the histories of the dossiers among or in them.

    Raises:
        BadInput: a zip is no dossier, or does not hold in itself.
    """
    dossiers = [file for path in paths for file in _dossiers(path)]
    plain = [path for path in paths if path not in dossiers]
    with TemporaryDirectory(prefix="pingtai-dossiers-") as folder:
        for number, path in enumerate(dossiers):
            await asyncio.to_thread(_put, path, Path(folder) / str(number))
        yield [*plain, Path(folder)] if dossiers else plain


def _dossiers(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(path.rglob(f"*{_ENDING}"))
    elif path.suffix == _ENDING:
        yield path


def _put(path: Path, folder: Path) -> None:
    dossier = open_dossier(unpack(path))
    if problem := next(iter(dossier.problems), None):
        raise BadInput(f"{path}: {problem.line.en}", f"{path}：{problem.line.zh}")
    folder.mkdir()
    for number, one in enumerate(dossier.histories):
        ids = {"workflow_id": one.workflow_id, "run_id": one.run_id, "sdk": one.sdk}
        content = json.dumps(ids | {"history": json.loads(one.content)})
        (folder / f"{number}.json").write_text(content, encoding="utf-8")
