"""Patience with a system that is away: wait until it answers again, for so long and no longer."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from starter.commands.batch.lines import Result
from starter.terminal.language import say

TRY_EVERY = 2.0
"""Seconds between two tries of a line."""
REMIND_EVERY = 60.0
"""Minimum seconds between two messages that the batch is waiting."""


class Patience:
    """How long those who wait side by side have waited, together; it begins anew with each answer."""

    def __init__(self, seconds: float, tell: Callable[[str], None]) -> None:
        """`tell` says to people that we wait, and when it goes on."""
        self._seconds = seconds
        self._tell = tell
        self._since: float | None = None
        self._told = float("-inf")
        self._announced = False
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Wait no more: whoever waits gives up."""
        self._ended.set()

    async def wait(self, result: Result) -> bool:
        """Wait a moment after a line that was not answered; whether to try it again."""
        now = time.monotonic()
        if self._since is None:
            self._since, self._announced = now, False
        left = self._since + self._seconds - now
        if left <= 0 or self._ended.is_set():
            return False
        if now - self._told >= REMIND_EVERY:
            self._told, self._announced = now, True
            self._tell(_waiting(result, left))
        with suppress(TimeoutError):
            async with asyncio.timeout(min(TRY_EVERY, left)):
                await self._ended.wait()
        return not self._ended.is_set()

    def answered(self) -> None:
        """Somebody answers."""
        if self._since is None:
            return
        waited = round(time.monotonic() - self._since)
        self._since = None
        if self._announced:
            self._tell(
                say(
                    f"It answers again after {waited} s: going on.",
                    f"等待 {waited} 秒后已恢复应答：继续。",
                )
            )


def _waiting(result: Result, left: float) -> str:
    en, zh = result.problem or ("no answer", "没有应答")
    time_left = f"{round(left / 60)} min" if left >= 120 else f"{round(left)} s"
    in_chinese = f"{round(left / 60)} 分钟" if left >= 120 else f"{round(left)} 秒"
    return say(
        f"Waiting for an answer, {time_left} at the most (Ctrl-C: stop): {en}",
        f"等待应答，最多 {in_chinese}（Ctrl-C 停止）：{zh}",
    )
