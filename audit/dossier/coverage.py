"""How much of a dossier's record stood in the digest that its proof is of: by log, and by day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from audit.anchoring.proofs import Proof, proven_logs
from audit.reading.log_links import Logs
from workflows.log_id import LogId
from workflows.periods import beijing_date
from workflows.words import Words, counted, listed_zh


@dataclass(frozen=True)
class Coverage:
    """For each log, how many of its entries stood in the digest of a day, and how many there are."""

    day: date | None
    """The day of the digest; None: there is none."""
    logs: Mapping[LogId, tuple[int, int]]
    days: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    """The same by the days of the entries (Beijing)."""

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

    @property
    def words(self) -> Words:
        """In words: "12 of 25 entries, up to 2028-05-03; term 2 not at all"."""
        covered, of = self.entries
        en, zh = f"{covered} of {of} entries", f"{of} 条中的 {covered} 条"
        if self.day is None:
            return Words(f"{en}: not anchored to a published digest", f"{zh}：没有摘要佐证")
        en, zh = f"{en}, up to {self.day}", f"{zh}，截至 {self.day}"
        for place in self.left_out:
            named = _named(place)
            en, zh = f"{en}; {named.en} not at all", f"{zh}；{named.zh}完全未载"
        return Words(en, zh)

    @property
    def vouched(self) -> bool:
        """Whether a digest has every entry."""
        covered, of = self.entries
        return self.day is not None and 0 < covered == of

    def claim(self, *, register: bool = False) -> Words:
        """Return what is proven of a record in which nothing is wrong: no more than a digest vouches for.

        `register`: the register was compared, and agrees.
        """
        covered, of = self.entries
        if self.vouched:
            return Words(
                f"The record is whole: nothing was changed, left out or added since the digest of {self.day}",
                f"记录完整：自 {self.day} 的摘要以来无改动、无遗漏、无添加",
            )
        en, zh = "no digest vouches for it", "没有摘要佐证"
        if covered:
            en = f"the digest of {self.day} vouches for {covered} of {of} entries"
            zh = f"{self.day} 的摘要仅佐证 {of} 条中的 {covered} 条"
        if register:
            return Words(f"Chain, replay and register agree; {en}", f"哈希链、重放与名册一致；{zh}")
        return Words(f"Chain and replay agree; {en}", f"哈希链与重放一致；{zh}")

    @property
    def uncovered(self) -> Words | None:
        """The entries that did not stand in it: "13 entries of 2 days: 2028-05-04 (3), 2028-06-01 (10)"."""
        left = {day: of - held for day, (held, of) in self.days.items() if of > held}
        if not left or self.day is None:
            return None
        entries, named = sum(left.values()), list(left.items())[:_MOST_DAYS]
        more = len(left) - len(named)
        en = ", ".join(f"{day} ({number})" for day, number in named)
        zh = listed_zh(f"{day}（{number}）" for day, number in named)
        if more:
            en, zh = (
                f"{en} and {counted(more, 'day')} more, up to {max(left)}",
                f"{zh}等，至 {max(left)}",
            )
        return Words(
            f"{counted(entries, 'entry', 'entries')} of {counted(len(left), 'day')}: {en}",
            f"{len(left)} 天的 {entries} 条：{zh}",
        )


_MOST_DAYS = 4
"""Days without a digest that are named; JSON has all."""


def coverage_of(proof: Proof | None, logs: Logs) -> Coverage:
    """Return what a proof covers of logs; entries that differ from those in the digest are not covered."""
    stood = {leaf.log: leaf for leaf in proven_logs(proof)} if proof else {}
    found: dict[LogId, tuple[int, int]] = {}
    covered, all_of = Counter[date](), Counter[date]()
    for place, log in sorted(logs.items()):
        leaf = stood.get(place)
        holds = leaf and 0 < leaf.seq <= len(log) and log[leaf.seq - 1].hash == leaf.hash
        held = leaf.seq if leaf and holds else 0
        found[place] = (held, len(log))
        covered.update(beijing_date(entry.at) for entry in log[:held])
        all_of.update(beijing_date(entry.at) for entry in log)
    days = {day: (covered[day], all_of[day]) for day in sorted(all_of)}
    return Coverage(proof.digest.day if proof else None, found, days)


def _named(place: LogId) -> Words:
    if not place.year:
        return Words(f"term {place.term}", f"第 {place.term} 期")
    again = f", opening {place.opening}" if place.opening > 1 else ""
    zh = f"（第 {place.opening} 次）" if place.opening > 1 else ""
    return Words(
        f"year {place.year} of term {place.term}{again}",
        f"第 {place.term} 期第 {place.year} 年{zh}",
    )
