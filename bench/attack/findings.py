"""What an attack found: counts by attacker and outcome, and failures that can be repeated."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

KEPT_OF_A_KIND = 20
"""So many failures of one attacker and kind are kept whole; those after them are counted."""
_LONGEST = 2_000


@dataclass(frozen=True)
class Failure:
    """Something that must not happen, and how it came about."""

    attacker: str
    seed: int
    step: int
    what: str
    """The kind of failure, the same words for the same kind."""
    detail: str
    reproduce: str
    """One line: what was sent, and where."""


@dataclass
class Findings:
    """Collects what attackers and checks find; failures are written down as they come."""

    seed: int
    out: TextIO | None = None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Failures by attacker and kind."""
    failures: list[Failure] = field(default_factory=list)

    def count(self, attacker: str, outcome: str, number: int = 1) -> None:
        """Count an action by how it ended."""
        self.counts[attacker, outcome] += number

    def fail(
        self, attacker: str, what: str, detail: str, *, step: int = 0, reproduce: str = ""
    ) -> None:
        """Note a failure."""
        self.kinds[attacker, what] += 1
        if self.kinds[attacker, what] > KEPT_OF_A_KIND:
            return
        failure = Failure(
            attacker, self.seed, step, what, detail[:_LONGEST], reproduce[:_LONGEST] or detail[:200]
        )
        self.failures.append(failure)
        if self.out:
            self.out.write(json.dumps(asdict(failure), ensure_ascii=True) + "\n")
            self.out.flush()

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return bool(self.kinds)


def open_findings(seed: int, folder: Path) -> Findings:
    """Findings that are written to a file of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    out = (folder / f"failures-{seed}.jsonl").open("w", encoding="utf-8")
    return Findings(seed, out)
