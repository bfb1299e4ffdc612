"""What clients asked and were answered: each call with its two moments, in memory and as lines of a file."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Channel(StrEnum):
    """How something was sent."""

    UPDATE = "update"
    HTTP = "http"
    SIGNAL = "signal"
    BATCH = "batch"
    APPLICATION = "application"


class Result(StrEnum):
    """What came of a call."""

    ACKNOWLEDGED = "acknowledged"
    """A receipt; of a signal, Temporal's word that it has it."""
    REFUSED = "refused"
    NO_CASE = "no such case"
    UNANSWERED = "unanswered"
    """Nobody knows: it may have been taken, or not, or may be later."""
    UNEXPECTED = "unexpected"
    """An answer that no client should ever get."""


@dataclass
class Call:
    """A call; until it is answered it is as one that never will be."""

    platform_id: str
    decision_id: str
    """Of an application: the application's id."""
    channel: Channel
    note: str | None = None
    """What the content says where it differs from the first one of this id."""
    sent: float = 0.0
    answered: float = 0.0
    result: Result = Result.UNANSWERED
    year: int | None = None
    """Of the assessment whose log has it; None: the platform's own."""
    seq: int | None = None
    """The entry that the receipt names; None of a signal."""
    detail: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells decisions apart."""
        return self.platform_id, self.decision_id

    def receipt(self, year: int | None, seq: int | None) -> None:
        """Note that it was acknowledged."""
        self.result, self.year, self.seq = Result.ACKNOWLEDGED, year, seq

    def answer(self, result: Result, detail: str = "") -> None:
        """Note an answer that promises nothing."""
        self.result, self.detail = result, detail


@dataclass(frozen=True)
class Loss:
    """A moment at which what stood in Temporal alone was taken away: what others knew must remain."""

    at: float
    known: frozenset[tuple[str, str]]
    """The decisions in the register at that moment, by platform and id."""


class CallHistory:
    """All calls of a campaign, and the losses between them."""

    def __init__(self, file: Path) -> None:
        """Write to `file`, line by line, so that a campaign that is broken off leaves it."""
        self.calls: list[Call] = []
        self.losses: list[Loss] = []
        self.idle = asyncio.Event()
        """Whether no call waits for its answer."""
        self.idle.set()
        self._open = 0
        self._file = file.open("a", buffering=1, encoding="utf-8")

    @contextmanager
    def call(self, call: Call) -> Iterator[Call]:
        """Note when something is sent, and what has come of it at the end of the block."""
        call.sent = time.time()
        self.calls.append(call)
        self._open += 1
        self.idle.clear()
        number = len(self.calls)
        self._write({"call": number, **asdict(call)})
        try:
            yield call
        finally:
            call.answered = time.time()
            self._open -= 1
            if not self._open:
                self.idle.set()
            self._write({"answer": number, "at": call.answered, **_answer_of(call)})

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def lose(self, known: frozenset[tuple[str, str]]) -> None:
        """Note that from now on only what is `known` must still be there."""
        self.losses.append(Loss(time.time(), known))
        self._write({"loss": len(self.losses), "at": self.losses[-1].at, "known": len(known)})

    @property
    def acknowledged(self) -> int:
        """How many calls were acknowledged so far."""
        return sum(call.result is Result.ACKNOWLEDGED for call in self.calls)

    def answers(self) -> Counter[str]:
        """How often what was answered on which channel."""
        return Counter(f"{call.channel} {call.result}" for call in self.calls)

    def _write(self, line: dict[str, object]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _answer_of(call: Call) -> dict[str, object]:
    return {name: getattr(call, name) for name in ("result", "year", "seq", "detail")}
