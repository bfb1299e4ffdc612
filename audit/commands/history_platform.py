"""A platform whose histories are read: by its id, or by a part of its name that only one platform has.

The register may lack a platform of which there are histories: an id that is in them is always taken first.
"""

from functools import partial
from typing import Any

import click

from audit.commands.audit_options import Source
from audit.commands.history_source import opened
from starter.commands.options import Option, PlatformId
from starter.desk.platform_names import Holder, Kept


async def has_history(source: Source, files: Any, platform_id: str) -> bool:
    """Whether there is a history of this platform. Raises as `opened`."""
    async with opened(source, files) as histories:
        async for _ in histories.runs(platform_id):
            return True
    return False


class HistoryPlatform(PlatformId):
    """A platform of a command with `source_options`: these are read first (`is_eager`)."""

    def __init__(self) -> None:
        super().__init__(Holder.HISTORIES)

    def kept(self, ctx: click.Context) -> Kept:
        """Look into the histories that the command reads."""
        return partial(has_history, ctx.params.get("source", "server"), ctx.params.get("files", ()))


history_argument: Option[Any] = click.argument("platform", type=HistoryPlatform())
