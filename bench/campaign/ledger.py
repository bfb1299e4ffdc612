"""What clients were promised: each answer that makes a decision the system's to keep."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Channel(StrEnum):
    """How a decision was sent."""

    UPDATE = "update"
    HTTP = "http"
    SIGNAL = "signal"


@dataclass(frozen=True)
class Acknowledgement:
    """An answer that the system must keep: a receipt, or Temporal's word that it has a signal."""

    platform_id: str
    decision_id: str
    channel: Channel
    year: int | None = None
    """Of the assessment whose log has it; None: the platform's own."""
    seq: int | None = None
    """The entry that the receipt names; None of a signal."""


class Ledger:
    """All acknowledgements of a campaign, also as lines of a file; and how often what was answered."""

    def __init__(self, file: Path) -> None:
        """Write to `file`, line by line, so that a campaign that is broken off leaves it."""
        self.acknowledged: list[Acknowledgement] = []
        self.answers: Counter[str] = Counter()
        self._file = file.open("a", buffering=1, encoding="utf-8")

    def acknowledge(self, answer: Acknowledgement) -> None:
        """Note that the system has promised to keep a decision."""
        self.acknowledged.append(answer)
        self.answers[f"{answer.channel} acknowledged"] += 1
        self._file.write(json.dumps(asdict(answer)) + "\n")

    def note(self, channel: Channel, answer: str) -> None:
        """Count an answer that promises nothing."""
        self.answers[f"{channel} {answer}"] += 1
