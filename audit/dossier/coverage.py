"""How much of a record a published digest vouches for, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from audit.anchoring.leaves import LogLeaf
from audit.anchoring.proofs import Proof, proven_logs
from audit.dossier.check_logs import Logs
from workflows.log_id import LogId


@dataclass(frozen=True)
class Coverage:
    """For each log, how many of its entries stood in the digest of a day, and how many there are."""

    day: date | None
    """The day of the digest; None: there is none."""
    logs: Mapping[LogId, tuple[int, int]]

    @property
    def entries(self) -> tuple[int, int]:
        """How many entries stood in the digest, of how many."""
        return sum(n for n, _ in self.logs.values()), sum(n for _, n in self.logs.values())

    @property
    def left_out(self) -> list[LogId]:
        """The logs of which no entry stood in it; of a term that is left out, its own log only."""
        none = [place for place, (covered, _) in self.logs.items() if not covered]
        terms = {place.term for place in none if not place.year}
        return [place for place in none if not place.year or place.term not in terms]

    def words(self) -> tuple[str, str]:
        """In words, in English and Chinese: "12 of 25 entries, up to 2028-05-03; term 2 not at all"."""
        covered, of = self.entries
        en, zh = f"{covered} of {of} entries", f"{of} 条中的 {covered} 条"
        if self.day is None:
            return f"{en}: no digest vouches for any", f"{zh}：没有摘要佐证"
        en, zh = f"{en}, up to {self.day}", f"{zh}，截至 {self.day}"
        for place in self.left_out:
            what, was = _named(place)
            en, zh = f"{en}; {what} not at all", f"{zh}；{was}完全未载"
        return en, zh


def coverage_of(proof: Proof | None, logs: Logs) -> Coverage:
    """What a proof covers of logs; entries that are others than those in the digest are not covered."""
    stood = {leaf.log: leaf for leaf in _leaves(proof)}
    found = {}
    for place, log in sorted(logs.items()):
        leaf = stood.get(place)
        holds = leaf and 0 < leaf.seq <= len(log) and log[leaf.seq - 1].hash == leaf.hash
        found[place] = (leaf.seq if leaf and holds else 0, len(log))
    return Coverage(proof.digest.day if proof else None, found)


def _leaves(proof: Proof | None) -> list[LogLeaf]:
    return proven_logs(proof) if proof else []


def _named(place: LogId) -> tuple[str, str]:
    if not place.year:
        return f"term {place.term}", f"第 {place.term} 期"
    again = f", opening {place.opening}" if place.opening > 1 else ""
    zh = f"（第 {place.opening} 次）" if place.opening > 1 else ""
    return (
        f"year {place.year} of term {place.term}{again}",
        f"第 {place.term} 期第 {place.year} 年{zh}",
    )
