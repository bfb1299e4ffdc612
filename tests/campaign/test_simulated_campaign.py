"""Short campaigns against a system of a few lines, which keeps its promises, or breaks one of them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from bench.campaign.call_history import Call, Channel, Loss, Result
from bench.campaign.checker import Entry, skipped_events, violations
from workflows.record import EntryKind

_LOG = ("p", 1, 0, 0)
_CHANNELS = (Channel.UPDATE, Channel.HTTP, Channel.SIGNAL, Channel.BATCH)
SEEDS = range(20)


@dataclass
class Simulation:
    """What clients have asked, and what came of it."""

    calls: list[Call] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)

    def chained(self, entries: Sequence[Entry]) -> None:
        """Number and chain a log anew, so that only what was meant to be wrong is."""
        self.entries = [
            replace(one, seq=seq, previous=f"h{seq - 1}", hash=f"h{seq}", position=seq)
            for seq, one in enumerate(entries, 1)
        ]

    def found(self) -> set[str]:
        """The words with which what does not hold begins."""
        lines = [*violations(self.calls, self.losses, self.entries)]
        lines += skipped_events(self.entries, self.heard, "the follower")
        return {line.partition(":")[0] for line in lines}


def simulated(seed: int) -> Simulation:
    """Sixty decisions at a system that keeps its promises, with silences, repeats and refusals."""
    chance, made = random.Random(seed), Simulation()  # noqa: S311
    taken: dict[str, int] = {}
    signals: list[Call] = []
    now = 0.0
    for number in range(60):
        now += 1
        decision_id = f"d-{number if chance.random() < 0.85 else chance.randrange(number + 1)}"
        call = Call("p", decision_id, chance.choice(_CHANNELS), sent=now)
        call.answered = now + chance.uniform(0.1, 3)  # others are sent before it is answered
        made.calls.append(call)
        if call.channel is Channel.SIGNAL:
            call.receipt(None, None)
            signals.append(call)
        elif chance.random() < 0.2 and decision_id not in taken:
            call.answer(Result.REFUSED)
            call.note = f"refused {number}"
        elif chance.random() < 0.2:
            if chance.random() < 0.5:
                _take(made, taken, decision_id)
        else:
            _take(made, taken, decision_id)
            call.receipt(None, taken[decision_id])
        if chance.random() < 0.5 or number == 59:
            while signals:
                _take(made, taken, signals.pop(0).decision_id)
    made.heard = {entry.event_id for entry in made.entries}
    return made


def _take(made: Simulation, taken: dict[str, int], decision_id: str) -> None:
    if decision_id not in taken:
        taken[decision_id] = len(made.entries) + 1
        entry = Entry(*_LOG, taken[decision_id], EntryKind.DECISION, decision_id)
        made.chained([*made.entries, entry])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_system_that_keeps_its_promises_passes(seed: int) -> None:
    """Whatever order calls and answers come in."""
    assert simulated(seed).found() == set()


def _acknowledged(made: Simulation, *, receipt: bool = True) -> Call:
    return next(
        call
        for call in made.calls
        if call.result is Result.ACKNOWLEDGED and (call.seq is not None) is receipt
    )


def _lose(made: Simulation) -> None:
    lost = _acknowledged(made).decision_id
    made.chained([one for one in made.entries if one.decision_id != lost])


def _take_a_signal_twice(made: Simulation) -> None:
    twice = _acknowledged(made, receipt=False).decision_id
    again = next(one for one in made.entries if one.decision_id == twice)
    made.chained([*made.entries, again])


def _turn_round(made: Simulation) -> None:
    made.chained(made.entries[::-1])


def _take_what_was_refused(made: Simulation) -> None:
    refused = next(call for call in made.calls if call.result is Result.REFUSED)
    entry = Entry(*_LOG, 0, EntryKind.DECISION, refused.decision_id, refused.note)
    made.chained([*made.entries, entry])


def _drop_a_batch(made: Simulation) -> None:
    del made.entries[2]


def _skip_an_event(made: Simulation) -> None:
    made.heard.remove(made.entries[3].event_id)


def _lose_more_than_the_engine(made: Simulation) -> None:
    known = frozenset(("p", str(one.decision_id)) for one in made.entries)
    made.losses.append(Loss(made.calls[-1].answered + 9, known))
    made.chained(made.entries[:5])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("break_it", "word"),
    [
        (_lose, "lost"),
        (_take_a_signal_twice, "doubled"),
        (_turn_round, "disordered"),
        (_take_what_was_refused, "taken"),
        (_drop_a_batch, "chain"),
        (_skip_an_event, "event"),
        (_lose_more_than_the_engine, "lost"),
    ],
)
def test_a_promise_that_is_broken_is_found(
    seed: int, break_it: Callable[[Simulation], None], word: str
) -> None:
    """In every campaign, by the word of its kind."""
    made = simulated(seed)
    break_it(made)
    assert word in made.found()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_lost_engine_alone_had_may_be_gone(seed: int) -> None:
    """The register's part of the log is what goes on."""
    made = simulated(seed)
    kept = made.entries[: len(made.entries) // 2]
    known = frozenset(("p", str(one.decision_id)) for one in kept)
    made.losses.append(Loss(made.calls[-1].answered + 9, known))
    made.chained(kept)
    assert made.found() == set()
