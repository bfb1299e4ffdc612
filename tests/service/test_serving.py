"""The listener: what has begun is answered before it stops."""

import asyncio

import httpx
from fastapi import FastAPI

from starter.service.app import make_app
from starter.service.serving import listener, serving, url_of


async def test_a_call_that_has_begun_is_answered_before_the_end(app: FastAPI) -> None:
    """Told to stop in the middle of a call, the service answers it, and takes no other."""
    begun, may_end = asyncio.Event(), asyncio.Event()
    slow = make_app(app.state.backends)

    @slow.get("/slow")
    async def slow_call() -> None:
        begun.set()
        await may_end.wait()

    with listener("127.0.0.1:0") as listening:
        url = url_of(listening)
        async with httpx.AsyncClient(base_url=url) as client:
            async with serving(slow, listening):
                answer = asyncio.create_task(client.get("/slow"))
                await begun.wait()
                asyncio.get_running_loop().call_later(0.3, may_end.set)
            assert 200 == (await answer).status_code
    async with httpx.AsyncClient(base_url=url) as client:
        try:
            await client.get("/livez")
        except httpx.ConnectError:
            return
    raise AssertionError("it still listens")
