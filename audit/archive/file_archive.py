"""Histories from files: as Temporal's own tools write them, as tests record them, as the archive does."""

import asyncio
import gzip
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.archive.event_json import LARGEST, compact, history_of
from audit.archive.server_histories import in_order
from audit.evidence_files import cannot_read
from audit.histories import ROSTER, NoHistory, StoredHistory
from starter.errors import BadInput
from starter.tables.strict_json import strict_loads

_NAMES = (".json", ".json.gz")
_RUN = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
MOST_FILES = 1_000_000
_MAY_BE_DROPPED = ("EVENT_TYPE_WORKFLOW_TASK_SCHEDULED", "EVENT_TYPE_WORKFLOW_TASK_STARTED")


class FileHistories:
    """The histories in files and folders (`audit.histories.Histories`); nothing else is needed.

    Taken are `*.json` and `*.json.gz`: `temporal workflow show --output json`, the Web UI's download,
    the archive's own files, and records that hold a history beside the ids of its run.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read these files, and all below these folders."""
        self._paths = paths
        self._known: list[_Known] | None = None

    async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        """See `Histories`. The first call reads all files once to put them in order; one is held at a time.

        Raises:
            BadInput: a file is not there or is no history; or two files differ on one run.
        """
        if self._known is None:
            self._known = await asyncio.to_thread(_in_order, self._paths)
        for known in self._known:
            whose = known.order[0]
            if whose == platform_id or (platform_id is None and whose != ROSTER):
                yield await asyncio.to_thread(read_history, known.path)


@dataclass(frozen=True)
class _Known:
    order: tuple[str, str, str, str]
    events: int
    sha256: str
    path: Path


def read_history(path: Path) -> StoredHistory:
    """The history in a file.

    Raises:
        BadInput: it cannot be read, or is none; names the file.
    """
    try:
        content = _unpacked(path)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise cannot_read(path, error) from None
    try:
        return _history(path, content)
    except (NoHistory, ValueError, RecursionError) as error:
        raise BadInput(
            f"{path} is not a history: {error}", f"{path} 不是 Temporal 历史：{error}"
        ) from None


def _history(path: Path, content: bytes) -> StoredHistory:
    data = strict_loads(content)
    if not isinstance(data, dict):
        raise NoHistory("not a JSON object")
    if isinstance(data.get("history"), dict):
        history = history_of(
            compact(data["history"]),
            workflow_id=_word(data, "workflow_id"),
            run_id=_word(data, "run_id"),
            sdk=_word(data, "sdk"),
            parsed=data["history"],
        )
    else:
        # A run that was reset names the run it came from; the archive's files are named by the true one.
        name = path.name.partition(".")[0]
        run_id = name if _RUN.match(name) else None
        history = history_of(content, workflow_id=None, run_id=run_id, sdk=None, parsed=data)
    history.platform_id  # noqa: B018 - raises where it is no workflow of ours
    return history


def _word(data: dict[str, object], name: str) -> str | None:
    word = data.get(name)
    return word if isinstance(word, str) else None


def _unpacked(path: Path) -> bytes:
    with path.open("rb") as packed:
        if not path.name.endswith(".gz"):
            content = packed.read(LARGEST + 1)
        else:
            with gzip.open(packed) as file:
                content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"larger than {LARGEST:,} bytes")
    return content


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*.json*")):
            if file.name.endswith(_NAMES) and file.is_file():
                yield file


def _one_run(one: StoredHistory, other: StoredHistory) -> bool:
    """Whether the longer of two histories of a run goes on from the shorter.

    A task that was only scheduled or begun may be dropped by the server: it is not compared at the end.
    """
    shorter, longer = sorted((one, other), key=lambda history: len(history.stored["events"]))
    events, more = shorter.stored["events"], longer.stored["events"]
    if len(events) == len(more):
        return False
    number = len(events)
    while number and events[number - 1].get("eventType") in _MAY_BE_DROPPED:
        number -= 1
    return bool(events[:number] == more[:number]) or _read_alike(shorter, longer, number)


def _read_alike(one: StoredHistory, other: StoredHistory, number: int) -> bool:
    """Whether the first events are the same where two tools wrote their JSON in two ways."""
    try:
        events, others = one.for_replay().events, other.for_replay().events
    except (
        Exception
    ):  # of protobuf, of the SDK: whatever a file brings forth that nobody can replay
        return False
    return list(events[:number]) == list(others[:number])


def _in_order(paths: Sequence[Path]) -> list[_Known]:
    found: dict[tuple[str, str], _Known] = {}
    for number, path in enumerate(_files(paths)):
        if number >= MOST_FILES:
            raise BadInput(f"more than {MOST_FILES:,} files", f"文件超过 {MOST_FILES:,} 个")
        history = read_history(path)
        key = history.workflow_id, history.run_id
        known = _Known(in_order(history), len(history.stored["events"]), history.sha256, path)
        other = found.get(key)
        if (
            other
            and other.sha256 != known.sha256
            and not _one_run(read_history(other.path), history)
        ):
            raise BadInput(
                f"{other.path} and {path} are different histories of one run",
                f"{other.path} 与 {path} 是同一次运行的不同历史",
            )
        # A run that was taken down twice while it was open: the longer history goes on from the other.
        if other is None or known.events > other.events:
            found[key] = known
    return sorted(found.values(), key=lambda known: known.order)
