"""What follows from histories is worked out once in a process, by the true code.

Most tests here forge one file of a dossier and verify the whole. What follows from a history that
nobody touched, its replay and the pages of a report, is the same each time: it is kept by all that it
follows from.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from audit.archive.file_archive import read_history
from audit.dossier.lives import Life, live
from audit.erasing.erased_file import ErasedFile, erased_bytes
from audit.histories import StoredHistory
from audit.reading.runs import Run, read_run
from audit.replay.replaying import Replayed, Replaying
from audit.report.rendering import render
from tests.audit.lives import FOLDER
from tests.audit.typed_commands import Run as RunCommand
from tests.audit.typed_commands import in_thread

Result = TypeVar("Result")
_MOST = 200
"""Results of each kind that are kept; the oldest goes first."""


class _Kept(Generic[Result]):
    """Results by all that they follow from."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Result] = {}

    def found(self, key: Hashable, work: Callable[[], Result]) -> Result:
        if key not in self._known:
            self._keep(key, work())
        return self._known[key]

    async def awaited(self, key: Hashable, work: Callable[[], Awaitable[Result]]) -> Result:
        if key not in self._known:
            self._keep(key, await work())
        return self._known[key]

    def _keep(self, key: Hashable, result: Result) -> None:
        if len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = result


class _ById:
    """Something that has no hash, as a key: itself, and nothing that is equal to it."""

    def __init__(self, one: object) -> None:
        self.one = one

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and self.one is other.one


_files, _runs = _Kept[StoredHistory](), _Kept[Run]()
_replays, _lives, _pages = _Kept[Replayed](), _Kept[Life](), _Kept[str]()
_replay = Replaying.replay


def _whole(history: StoredHistory) -> Hashable:
    return history, history.kept_since  # which is not compared


def _read_file_once(path: Path) -> StoredHistory:
    recorded = path.resolve()  # tests may link to it
    if FOLDER not in recorded.parents or path.name != recorded.name:
        return read_history(path)  # of a test: it may be another the next time
    return _files.found(recorded, lambda: read_history(path))


def _read_run_once(history: StoredHistory) -> Run:
    return _runs.found(_whole(history), lambda: read_run(history))


async def _replay_once(self: Replaying, history: StoredHistory) -> Replayed:
    return await _replays.awaited(_whole(history), lambda: _replay(self, history))


async def _live_once(
    platform_id: str, histories: Iterable[StoredHistory], erased: Sequence[ErasedFile] = ()
) -> Life:
    given, left = tuple(histories), tuple(erased)
    key = platform_id, tuple(map(_whole, given)), tuple(map(erased_bytes, left))
    return await _lives.awaited(key, lambda: live(platform_id, given, left))


def _render_once(life: Life, *about: Any) -> str:
    return _pages.found((_ById(life), *about), lambda: render(life, *about))


@pytest.fixture(scope="package", autouse=True)
def worked_out_once() -> Iterator[None]:
    """Read, replay, put together and render once what is the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("audit.archive.file_archive.read_history", _read_file_once)
        patch.setattr("audit.reading.case_logs.read_run", _read_run_once)
        patch.setattr(Replaying, "replay", _replay_once)
        for module in ("making", "verifying"):
            patch.setattr(f"audit.dossier.{module}.live", _live_once)
        patch.setattr("audit.dossier.dossier_files.render", _render_once)
        yield


@pytest.fixture
def run() -> RunCommand:
    """Run `pingtai audit`."""
    return in_thread("audit")
