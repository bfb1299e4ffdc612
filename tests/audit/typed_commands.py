"""Commands as they are typed, for tests that run in an event loop."""

import asyncio
from collections.abc import Awaitable, Callable

from click.testing import CliRunner, Result

from worker.main import pingtai

Run = Callable[..., Awaitable[Result]]


def in_thread(*first: str) -> Run:
    """Run `pingtai`, with these words first, in a thread: a command has an event loop of its own."""

    async def call(*args: str, lang: str = "en") -> Result:
        words = ["--lang", lang, *first, *args]
        return await asyncio.to_thread(CliRunner().invoke, pingtai, words)

    return call
