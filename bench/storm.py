"""Many clients that post the same applications at the same moment, again and again, until each is answered.

`python -m bench.storm http://127.0.0.1:8080 < key`, beside a running `pingtai serve`: sends to that address
only, in a number that is said beforehand, and stops by itself.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import httpx

_AGAIN = frozenset((429, 502, 503, 504))
_PAUSE = 0.5
_ANSWER_SECONDS = 60.0


@dataclass
class Answers:
    """What the clients were answered."""

    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    """By application: every answer that was given, and one is all that there should be."""
    statuses: Counter[int] = field(default_factory=Counter)
    created: Counter[str] = field(default_factory=Counter)
    """By application: how often it was told that it is new."""
    unanswered: int = 0
    """Calls that were made again, because nobody answered or the service could not."""
    seconds: list[float] = field(default_factory=list)

    def hear(self, application_id: str, answer: httpx.Response) -> None:
        """Take an answer."""
        self.bodies.setdefault(application_id, set()).add(answer.content)
        self.statuses[answer.status_code] += 1
        self.created[application_id] += answer.status_code == httpx.codes.CREATED


def applications(number: int, prefix: str = "storm") -> list[dict[str, Any]]:
    """So many applications, each for a platform of its own: an example under other ids."""
    example = Path(__file__).parents[1] / "examples" / "bj-water-membrane" / "application.json"
    form = json.loads(example.read_text(encoding="utf-8"))
    return [
        {**form, "application_id": f"{prefix}-a-{n:04}", "platform_id": f"{prefix}-{n:04}"}
        for n in range(number)
    ]


async def storm(
    url: str, key: str, forms: Sequence[dict[str, Any]], *, clients: int, times: int
) -> Answers:
    """Let so many clients post all applications so many times; each goes on until it is answered."""
    answers, begin = Answers(), asyncio.Event()
    bodies = [(str(form["application_id"]), json.dumps(form).encode()) for form in forms]
    working = [
        asyncio.create_task(_client(url, key, bodies, times=times, answers=answers, begin=begin))
        for _ in range(clients)
    ]
    await asyncio.sleep(0)
    begin.set()
    await asyncio.gather(*working)
    return answers


async def _client(
    url: str,
    key: str,
    bodies: Sequence[tuple[str, bytes]],
    *,
    times: int,
    answers: Answers,
    begin: asyncio.Event,
) -> None:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=_ANSWER_SECONDS, trust_env=False
    ) as http:
        await begin.wait()
        for _ in range(times):
            for application_id, body in bodies:
                start = time.perf_counter()
                answers.hear(application_id, await _answered(http, body, answers))
                answers.seconds.append(time.perf_counter() - start)


async def _answered(http: httpx.AsyncClient, body: bytes, answers: Answers) -> httpx.Response:
    while True:
        try:
            answer = await http.post("/v1/applications", content=body)
            if answer.status_code not in _AGAIN:
                return answer
        except httpx.TransportError:
            pass
        answers.unanswered += 1
        await asyncio.sleep(_PAUSE)


@click.command()
@click.argument("url")
@click.option("--clients", default=200, show_default=True)
@click.option("--platforms", default=50, show_default=True)
@click.option("--times", default=10, show_default=True)
def main(url: str, clients: int, platforms: int, times: int) -> None:
    """Storm a service; its key is read from standard input."""
    key = sys.stdin.readline().strip()
    start = time.perf_counter()
    told = asyncio.run(storm(url, key, applications(platforms), clients=clients, times=times))
    span = time.perf_counter() - start
    ordered = sorted(told.seconds)
    print(f"{len(ordered):,} answers in {span:.1f} s, {len(ordered) / span:,.0f} a second")
    print(f"statuses {dict(told.statuses)}; asked again {told.unanswered:,} times")
    for share in (50, 95, 99):
        print(f"p{share} {ordered[len(ordered) * share // 100] * 1000:.0f} ms")
    one = sum(len(given) == 1 for given in told.bodies.values())
    print(
        f"{one} of {len(told.bodies)} applications have one answer; told new: {told.created.total()}"
    )


if __name__ == "__main__":
    main()
