"""The layout that comes with the examples, brought into a register that has none."""

from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from db.layout_queries import layout_versions
from db.layout_rows import Adoption, adopt_layout
from starter.commands.document_files import sha256_of
from starter.errors import BadInput
from starter.tables.layout_file import LayoutFile
from worker.demo.example_lives import examples_folder
from workflows.actors import Document

_FILE = "layout.csv"
_NAME = "北京市共性技术平台总体建设布局（示例）"
_ADOPTED_ON = date(2024, 1, 2)
"""Before the first of the examples was applied for."""


async def import_example_layout(engine: AsyncEngine, by: str) -> int:
    """Import the examples' layout in the name `by`; return how many directions were added.

    A layout that is there already stays: it is not ours to replace.

    Raises:
        BadInput: the file has a problem.
    """
    if await layout_versions(engine):
        return 0
    path = examples_folder() / _FILE
    found = LayoutFile(str(path))
    if found.problems:
        raise BadInput(f"{path}: {found.problems[0]}", f"{path}：{found.problems[0]}")
    document = Document(name=_NAME, sha256=sha256_of(path))
    adoption = Adoption(adopted_on=_ADOPTED_ON, document=document, agreed=_agreed(found))
    at = datetime.now(UTC)
    await adopt_layout(engine, found.directions, adoption, by=by, at=at, base=None)
    return len(found.directions)


def _agreed(found: LayoutFile) -> tuple[str, ...]:
    """All districts that the layout names."""
    return tuple(sorted({name for one in found.directions for name in one.districts}))
