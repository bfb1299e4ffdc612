"""Waiting for an answer: what comes soon changes nothing, and who gives up leaves nothing behind."""

import asyncio
import gc
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio.client import Client

from starter.client import people_first
from starter.client.people_first import put_first

NOBODY = cast(Client, None)
"""A client that is not asked anything."""


async def test_what_is_answered_soon_changes_nothing() -> None:
    """No call is made besides."""

    async def answer() -> str:
        return "receipt"

    assert "receipt" == await put_first(NOBODY, "platform:p", answer())


async def test_who_gives_up_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call is ended, and how it ended is told to nobody."""
    ended: list[bool] = []
    told: list[dict[str, Any]] = []

    async def answer() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append(True)
            raise RuntimeError("as the SDK says that a call was cancelled") from None

    monkeypatch.setattr(people_first, "PATIENCE", timedelta(hours=1))
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    waiting = asyncio.create_task(put_first(NOBODY, "platform:p", answer()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    gc.collect()
    assert [True] == ended
    assert [] == told
