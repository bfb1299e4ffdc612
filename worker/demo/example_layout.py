"""The layout that comes with the examples, brought into a register that has none."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from db.layout_queries import layout
from db.layout_rows import replace_layout
from starter.errors import BadInput
from starter.tables.layout_file import LayoutFile
from worker.demo.example_lives import examples_folder

_FILE = "layout.csv"


async def import_example_layout(engine: AsyncEngine, by: str) -> int:
    """Import the examples' layout in the name `by`; return how many directions were added.

    A layout that is there already stays: it is not ours to replace.

    Raises:
        BadInput: the file has a problem.
    """
    if (await layout(engine)).directions:
        return 0
    path = examples_folder() / _FILE
    found = LayoutFile(str(path))
    if found.problems:
        raise BadInput(f"{path}: {found.problems[0]}", f"{path}：{found.problems[0]}")
    change = await replace_layout(engine, found.directions, by=by, at=datetime.now(UTC))
    return len(change.added)
