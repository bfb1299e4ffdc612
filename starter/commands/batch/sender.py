"""Sending a batch: several platforms side by side, the lines of one in the order of the file.

It may be stopped at any point. What is under way is answered, or told as perhaps taken; what was not
sent is told too. The same file again goes on from there, because each line keeps its decision id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from starter.commands.batch.lines import Line, Outcome, Result
from starter.commands.batch.pace import Pace
from starter.commands.batch.retries import Patience
from workflows.words import Words

Take = Callable[[Line], Awaitable[Result]]
"""Sends one line, and says what became of it. It raises nothing that has a result."""
Told = Callable[[Result], None]

GIVE_UP_AFTER = 5
"""After this number of lines in a row without an answer the batch stops: the system is not available."""

MAYBE = Words(
    "interrupted: it may have been taken; run the same file again",
    "已中断：可能已办理；请重新运行同一文件",
)
NOT_SENT = Words("run the same file again", "请重新运行同一文件")
AFTER_UNANSWERED = Words(
    "the line before it, of the same platform, was not answered",
    "同一平台的前一行未得到应答",
)


class BatchSender:
    """One batch on its way."""

    def __init__(
        self, take: Take, told: Told, at_once: int = 8, patience: Patience | None = None
    ) -> None:
        """`told` is called with each result. With `patience`, a line without an answer is sent again.

        `at_once` is the maximum of lines in progress; fewer while answers are slow (`Pace`).
        """
        self._take = take
        self._patience = patience
        self._told = told
        self._at_once = at_once
        self._pace = Pace(at_once)
        self._unanswered = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.stopped = False
        """Nothing more is sent."""
        self.unreachable = False
        """The batch was stopped because nothing answers."""

    def stop(self) -> None:
        """Send nothing more and wait for lines in progress. The second call does not wait."""
        if self.stopped:
            for task in self._tasks:
                task.cancel()
        self.stopped = True
        if self._patience:
            self._patience.end()

    async def run(self, lines: Iterable[Line]) -> None:
        """Send all lines."""
        platforms: dict[str, list[Line]] = {}
        for line in lines:
            platforms.setdefault(line.platform, []).append(line)
        waiting = iter(list(platforms.values()))
        self._tasks = [asyncio.create_task(self._work(waiting)) for _ in range(self._at_once)]
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            for task in self._tasks:
                task.cancel()
        for rest in waiting:
            self._unsent(rest, NOT_SENT)
        for task in self._tasks:
            if not task.cancelled():
                task.result()  # a mistake of ours shows itself

    async def _work(self, waiting: Iterable[list[Line]]) -> None:
        for lines in waiting:
            await self._platform(lines)

    async def _platform(self, lines: list[Line]) -> None:
        for number, line in enumerate(lines):
            if self.stopped:
                self._unsent(lines[number:], NOT_SENT)
                return
            try:
                result = await self._answer(line)
            except asyncio.CancelledError:
                self._told(Result(line.entry, Outcome.UNANSWERED, line, problem=MAYBE))
                self._unsent(lines[number + 1 :], NOT_SENT)
                raise
            self._told(result)
            if result.outcome is Outcome.UNANSWERED:
                self._count_unanswered()
                self._unsent(lines[number + 1 :], AFTER_UNANSWERED)
                return
            self._unanswered = 0

    async def _answer(self, line: Line) -> Result:
        result = await self._taken(line)
        if self._patience is None:
            return result
        while result.outcome is Outcome.UNANSWERED and await self._patience.wait(result):
            result = await self._taken(line)
        if result.outcome is not Outcome.UNANSWERED:
            self._patience.answered()
        return result

    async def _taken(self, line: Line) -> Result:
        async with self._pace.turn():
            return await self._take(line)

    def _count_unanswered(self) -> None:
        self._unanswered += 1
        if not self.stopped and (self._patience or self._unanswered >= GIVE_UP_AFTER):
            self.stopped = self.unreachable = True

    def _unsent(self, lines: Iterable[Line], why: Words) -> None:
        for line in lines:
            self._told(Result(line.entry, Outcome.UNSENT, line, problem=why))
