"""Lives for the audit's tests: recorded histories of the demo's platforms, and the register that they wrote."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.file_archive import read_history
from audit.archive.server_histories import in_order
from audit.histories import StoredHistory
from audit.reading.case_logs import read_runs
from audit.reading.runs import read_run
from db.register_store import PostgresRegister
from db.tables import log_entries
from tests.register.table_copies import Content, put_content, take_content
from workflows.activity_messages import RegisterBatch

FOLDER = Path(__file__).parents[1] / "histories"
RELEASES = sorted(path for path in FOLDER.iterdir() if any(path.glob("*.json.gz")))
MUCH = "bj-power-packaging"
"""A platform with three assessments, one of which was broken off and opened again."""
CORRECTED = "bj-hydrogen-storage"
"""One with many entries, returned plans and a rectification."""
TWICE = "bj-satnet-terminal"
"""One with two terms."""
BROUGHT_IN = "bj-food-authenticity"
"""One that was listed before it came here; of 0.3.0 on."""
SHORT = "bj-riscv-soc"
"""One with two runs of its own and an assessment."""

FLEX = "bj-flex-sensor"
"""One whose assessment had ended, and was opened again because its end was set aside; of 0.2.0 on."""

Events = list[dict[str, Any]]


@cache
def recorded(platform_id: str, release: str = "0.1.0") -> tuple[StoredHistory, ...]:
    """The histories of one of the demo's platforms, as a release recorded them."""
    names = (FOLDER / release).glob(f"platform--{platform_id}--*.json.gz")
    return tuple(sorted((read_history(path) for path in names), key=in_order))


def files_of(*platform_ids: str, release: str = "0.1.0") -> tuple[str, ...]:
    """The flags that name the recorded files of some platforms: to read a whole release takes a second."""
    found = (
        path
        for platform_id in platform_ids
        for path in sorted((FOLDER / release).glob(f"platform--{platform_id}--*.json.gz"))
    )
    return tuple(word for path in found for word in ("--files", str(path)))


class Given:
    """Histories that are given (`audit.histories.Histories`)."""

    def __init__(self, histories: Iterable[StoredHistory]) -> None:
        """Hold them; `given` counts those that were asked for."""
        self.histories = tuple(histories)
        self.given = 0

    async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        """See `Histories`."""
        for history in self.histories:
            if platform_id in (None, history.platform_id):
                self.given += 1
                yield history


_REGISTERS: dict[tuple[StoredHistory, ...], Content] = {}
"""What an empty register holds when these histories' activities have written to it."""


async def write_register(engine: AsyncEngine, histories: Sequence[StoredHistory]) -> None:
    """Write what the histories' own activities wrote, when they did: the register as it was."""
    given = tuple(histories)
    async with engine.connect() as connection:
        filled = (await connection.execute(select(exists().select_from(log_entries)))).scalar_one()
    if not filled and given in _REGISTERS:
        await put_content(engine, _REGISTERS[given])
        return
    before = await take_content(engine)
    written = [one for history in given for one in _written(history)]
    register = PostgresRegister(engine)
    for _, batch in sorted(written, key=lambda pair: pair[0]):
        await register.write(batch)
    if not filled:
        _REGISTERS[given] = (await take_content(engine)).since(before)


@cache
def _written(history: StoredHistory) -> tuple[tuple[str, RegisterBatch], ...]:
    """The batches that a run handed to its activities, and when."""
    events, writes = history.data["events"], read_run(history).register_writes
    return tuple((events[one.event_id - 1]["eventTime"], one.batch) for one in writes)


def edited(history: StoredHistory, change: Callable[[Events], Any]) -> StoredHistory:
    """The same history with its events changed by hand."""
    data = json.loads(history.content)
    change(data["events"])
    return replace(history, content=json.dumps(data).encode())


def cut(history: StoredHistory, events: int) -> StoredHistory:
    """The beginning of a history: as it was while the run was under way."""

    def shorten(all_events: Events) -> None:
        del all_events[events:]

    return edited(history, shorten)


def payload_edited(payload: dict[str, Any], old: str, new: str) -> None:
    """Put other words into a payload, once."""
    text = base64.b64decode(payload["data"]).decode()
    assert old in text
    payload["data"] = base64.b64encode(text.replace(old, new, 1).encode()).decode()


def before_it_was_opened_again(whole: Sequence[StoredHistory]) -> list[StoredHistory]:
    """The histories as they were when the last run of the first assessment had not begun."""
    runs = read_runs(FLEX, whole).runs
    *_, last = [run for run in runs if run.opening and run.opening.set_aside]
    parent = next(run for run in runs if run.history.run_id == last.parent_run)
    child = next(c for c in parent.children if c.run_id == last.history.run_id)
    kept = [h for h in whole if h.run_id not in (last.history.run_id, parent.next_run)]
    at = kept.index(parent.history)
    # Before the task that opened it again: its end was not set aside then.
    task = [task for task in parent.tasks if task.event_id < child.event_id - 6][-1]
    kept[at] = replace(cut(parent.history, task.event_id - 2), closed_at=None)
    return kept
