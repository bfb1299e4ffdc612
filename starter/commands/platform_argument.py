"""The argument PLATFORM: its ids are offered by the shell's completion, from the register if it answers."""

import asyncio
from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from starter.desk.reach import open_reads

WITHIN = 1.0
"""Seconds that somebody who pressed Tab waits at most."""
OFFERED = 50


class PlatformId(click.ParamType[str]):
    """A platform's id. What may be one is checked where it is used."""

    name = "platform"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As it was given."""
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Ids that begin so, with the platforms' names; none where the register does not answer."""
        try:
            return asyncio.run(_offered(incomplete))
        except Exception:  # Tab is no place for an error, whichever it is
            return []


async def _offered(incomplete: str) -> list[CompletionItem]:
    async with asyncio.timeout(WITHIN), open_reads(start=False) as register:
        rows = await register.named_like(incomplete, OFFERED)
    return [CompletionItem(platform_id, help=name) for platform_id, name in rows]


platform_argument: Callable[[Any], Any] = click.argument("platform", type=PlatformId())
