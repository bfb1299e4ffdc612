"""Histories to archive: those that a release really recorded, and parts of them."""

from dataclasses import replace
from pathlib import Path

from audit.archive.event_json import compact
from audit.archive.file_archive import read_history
from audit.histories import Histories, StoredHistory

RECORDED = Path(__file__).parents[1] / "histories" / "0.1.0"
PLATFORM = "bj-gene-vector"


def recorded(number: int = 1) -> StoredHistory:
    """The first, second, … run of a platform that an assessment was held of."""
    return read_history(RECORDED / f"platform--{PLATFORM}--{number:02}.json.gz")


def part(history: StoredHistory, events: int) -> StoredHistory:
    """A run as it was when it had so many events: open."""
    content = compact({"events": history.data["events"][:events]})
    return replace(history, closed_at=None, content=content)


async def all_of(source: Histories, platform_id: str | None = None) -> list[StoredHistory]:
    """The histories of a source, in its order."""
    return [history async for history in source.runs(platform_id)]
