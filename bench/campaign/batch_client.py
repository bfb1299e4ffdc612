"""A client that decides by file: `pingtai decide --file`, with the results of its lines as answers."""

import asyncio
import json
import random
from contextlib import ExitStack
from pathlib import Path

from bench.campaign.call_history import Call, CallHistory, Channel, Result
from bench.campaign.clients import Case, Clients
from bench.campaign.messages import Raw, next_decision
from bench.campaign.system import System

_LINES = 6
_PAUSE = 12.0
_LONGEST_SECONDS = 60.0
_REFUSED = ("refused", "bad")


class BatchClient:
    """Sends a file of decisions every some seconds."""

    def __init__(self, system: System, clients: Clients, history: CallHistory) -> None:
        """Know the same cases as the other clients."""
        self._system, self._clients, self._history = system, clients, history
        self._files = 0

    async def work(self, chance: random.Random) -> None:
        """Decide by file until the campaign stops."""
        while not self._clients.stopping:
            await self._clients.allowed.wait()
            cases = chance.sample(self._clients.cases, min(_LINES, len(self._clients.cases)))
            lines = [self._line(chance, case) for case in cases]
            await self._send(lines)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * _PAUSE)

    def _line(self, chance: random.Random, case: Case) -> Raw:
        raw = next_decision(chance, case.view, f"{case.platform_id}-b{next(case.numbers)}")
        return {"platform": case.platform_id, **raw}

    async def _send(self, lines: list[Raw]) -> None:
        self._files += 1
        file = self._system.folder / f"batch-{self._files}.jsonl"
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        await asyncio.to_thread(file.write_text, text, encoding="utf-8")
        calls = [Call(one["platform"], one["decision_id"], Channel.BATCH) for one in lines]
        with ExitStack() as open_calls:
            for call in calls:
                open_calls.enter_context(self._history.call(call))
            said = await self._decided(file)
            for call, answer in zip(calls, answers_of(said, len(calls)), strict=True):
                note_answer(call, answer)
        await asyncio.to_thread(_remove, file)

    async def _decided(self, file: Path) -> str:
        """What the command has said; nothing where it takes too long, and is killed."""
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                return (await self._system.run("decide", "--file", str(file), "--yes", "--json"))[1]
        except TimeoutError:
            return ""


def answers_of(said: str, count: int) -> list[Raw]:
    """The result of each line, by its number; an empty one where the command said nothing of it."""
    found: dict[int, Raw] = {}
    for line in said.splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        if isinstance(one, dict) and isinstance(one.get("line"), int):
            found[one["line"]] = one
    return [found.get(number, {}) for number in range(1, count + 1)]


def note_answer(call: Call, answer: Raw) -> None:
    receipt, result = answer.get("receipt"), answer.get("result", "")
    if receipt:
        call.receipt(receipt.get("year"), receipt["seq"])
    elif result in _REFUSED:
        call.answer(Result.REFUSED, str(answer.get("problem")))
    else:  # unsent, unreachable, or the command itself came to nothing
        call.answer(Result.UNANSWERED, result)


def _remove(file: Path) -> None:
    for one in file.parent.glob(f"{file.stem}.*"):
        one.unlink()
