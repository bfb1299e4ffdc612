"""The beginning of a campaign: the release before takes decisions, and is upgraded in the middle of them."""

import asyncio
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from bench.campaign.batch_client import answers_of, note_answer
from bench.campaign.call_history import Call, CallHistory, Channel
from bench.campaign.system import OURS, ROOT, System

_PLATFORMS = 6
_SOON = 2.0
_WRITTEN = """
import json, sys
from datetime import date
from tests.rules.builders import BY, COMMISSION, application, content
for number in range(int(sys.argv[2])):
    id = f"{sys.argv[1]}-{number:02}"
    form = application(platform_id=id, application_id=f"a-{id}")
    steps = [
        {"platform": id, "kind": kind, "decision_id": f"{id}-{kind}", "actor": BY.get(kind, COMMISSION),
         "decided_on": date.today().isoformat(), **content(kind, outcome),
         **({"certificate_number": f"GX-{id}"} if kind == "listing" else {})}
        for kind, outcome in (("recommendation", "recommended"), ("inspection", "passed"),
                              ("expert_opinion", "supported"), ("listing", "included"))
    ]
    print(json.dumps({"form": form, "steps": steps}))
"""
"""What the release's own tests send: it knows no fields of later ones."""


class ReleaseBefore:
    """What clients of the release before do until the upgrade; `system.tree` is its source."""

    def __init__(self, system: System, history: CallHistory, seed: int) -> None:
        """Send as people do who have the old program: by its commands."""
        self._system, self._history, self._seed = system, history, seed

    async def until_upgraded(self) -> list[str]:
        """Apply and decide, kill all programs in the middle, and start today's; returns the platforms.

        Today's database tables and histories are then those that the release before has left.
        """
        written = [json.loads(line) for line in (await self._messages()).splitlines()]
        for one in written:
            await self._apply(one["form"])
        steps = [step for one in written for step in one["steps"]]
        first, rest = steps[: len(steps) // 2], steps[len(steps) // 2 :]
        await asyncio.gather(self._decide(first, "first"), self._kill_soon("worker-1"))
        await self._system.start_parts("worker-1")
        await asyncio.gather(self._decide(rest, "second"), self._kill_soon(*OURS))
        self._system.tree = ROOT
        await self._system.start_parts(*OURS)
        return [one["form"]["platform_id"] for one in written]

    async def _messages(self) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _WRITTEN, f"kills-{self._seed}-before", str(_PLATFORMS)),
            cwd=self._system.tree,
            env=self._system.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError("the release before cannot write its own messages")
        return said.decode()

    async def _apply(self, form: dict[str, str]) -> None:
        file = self._file("application", json.dumps(form, ensure_ascii=False))
        call = Call(form["platform_id"], form["application_id"], Channel.APPLICATION)
        with self._history.call(call):
            code, _ = await self._system.run("apply", "--file", str(file))
            if code == 0:
                call.receipt(None, None)

    async def _decide(self, steps: list[dict[str, str]], name: str) -> None:
        lines = "".join(json.dumps(step, ensure_ascii=False) + "\n" for step in steps)
        file = self._file(name, lines)
        with ExitStack() as open_calls:
            calls = [
                open_calls.enter_context(
                    self._history.call(Call(step["platform"], step["decision_id"], Channel.BATCH))
                )
                for step in steps
            ]
            _, said = await self._system.run("decide", "--file", str(file), "--json")
            for call, answer in zip(calls, answers_of(said, len(calls)), strict=True):
                note_answer(call, answer)

    async def _kill_soon(self, *names: str) -> None:
        """Kill parts while decisions are being sent."""
        await asyncio.sleep(_SOON)
        await self._system.kill_parts(*names)

    def _file(self, name: str, text: str) -> Path:
        file = self._system.folder / f"before-{name}.jsonl"
        file.write_text(text, encoding="utf-8")
        return file
