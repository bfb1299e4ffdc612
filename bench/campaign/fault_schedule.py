"""What is done to the system when: all of it follows from the seed, before anything starts."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from bench.campaign.faults import DISASTERS, NETWORK, Fault

PROGRAMS = ("engine", "database", "worker-1", "worker-2", "serve")
REACHED = ("engine", "database", "serve", "receiver")
"""What others reach through a proxy."""
CLOCKED = ("worker-1", "worker-2", "serve")
"""The engine is written in Go, which asks the kernel for the time and not the C library."""
_EVERY_SECONDS = 40.0
"""So often something happens that is neither a kill nor a disaster."""
_DISASTERS_EVERY = 900.0
_TOGETHER = 0.15
"""How often two parts are killed at once."""
_FIRST_DISASTER, _LAST_DISASTER = 0.2, 0.9
_LONGEST = {Fault.PAUSE: 10.0, Fault.FULL_DISK: 12.0, Fault.CLOCK: 15.0}
_OTHER_LONGEST, _SHORTEST = 8.0, 2.0
_LATEST = 1.5
_CLOCK_MINUTES = (-20, -5, 5, 20)


@dataclass(frozen=True, order=True)
class Act:
    """One deed of the nemesis."""

    at: float
    """Seconds after the clients have begun."""
    fault: Fault
    part: str = ""
    """Empty: the whole system."""
    seconds: float = 0.0
    amount: float = 0.0
    """Seconds by which data is late, or minutes by which a clock is wrong."""


def schedule(
    seed: int, seconds: float, kills: int, kinds: Collection[Fault], targets: Collection[str] = ()
) -> list[Act]:
    """Return all acts in the order of their moments: `kills` kills, and each other kind at least once.

    An upgrade is at the very beginning, before clients of today's release send (`release_before`).
    `targets` are the parts that may be hit; empty: all.
    """
    chance = random.Random(seed)  # noqa: S311
    acts = list(_kills(chance, seconds, kills, targets)) if Fault.KILL in kinds else []
    acts += _passing(chance, seconds, kinds, targets)
    acts += _disasters(chance, seconds, kinds)
    return sorted(acts)


def _among(parts: Sequence[str], targets: Collection[str]) -> list[str]:
    return [part for part in parts if not targets or part in targets]


def _kills(
    chance: random.Random, seconds: float, kills: int, targets: Collection[str]
) -> Sequence[Act]:
    names = list(islice(cycle(_among(PROGRAMS, targets)), kills))
    chance.shuffle(names)
    acts: list[Act] = []
    for number, name in enumerate(names):
        last = acts[-1] if acts else None
        if last and last.part != name and chance.random() < _TOGETHER:
            acts.append(Act(last.at, Fault.KILL, name))
        else:
            at = seconds * (number + chance.uniform(0.1, 0.9)) / max(kills, 1)
            acts.append(Act(at, Fault.KILL, name))
    return acts


def _passing(
    chance: random.Random, seconds: float, kinds: Collection[Fault], targets: Collection[str]
) -> list[Act]:
    """What is over by itself: each kind for each part in turn, as often as there is room."""
    pairs: list[tuple[Fault, str]] = []
    places = {Fault.PAUSE: PROGRAMS, Fault.CLOCK: CLOCKED, Fault.FULL_DISK: ("",)}
    places |= dict.fromkeys(NETWORK, REACHED)
    by_kind = []
    for kind in sorted(places):
        where = _among(places[kind], targets) if kind is not Fault.FULL_DISK else [""]
        if kind in kinds and where:
            chance.shuffle(where)
            by_kind.append([(kind, part) for part in where])
    chance.shuffle(by_kind)
    while any(by_kind):  # one of each kind, then the next part of each
        pairs += [one.pop() for one in by_kind if one]
    count = max(int(seconds / _EVERY_SECONDS), len(by_kind)) if pairs else 0
    acts = []
    for number, (kind, part) in enumerate(islice(cycle(pairs), count)):
        at = seconds * (number + chance.uniform(0.1, 0.9)) / count
        amount = 0.0
        if kind is Fault.DELAY:
            amount = round(chance.uniform(0.1, _LATEST), 2)
        elif kind is Fault.CLOCK:
            amount = float(chance.choice(_CLOCK_MINUTES))
        lasts = chance.uniform(_SHORTEST, _LONGEST.get(kind, _OTHER_LONGEST))
        acts.append(Act(at, kind, part, round(lasts, 1), amount))
    return acts


def _disasters(chance: random.Random, seconds: float, kinds: Collection[Fault]) -> list[Act]:
    """In their own order, so that none takes away what another rests on."""
    times = max(1, int(seconds / _DISASTERS_EVERY / 2))
    wanted = [fault for fault in DISASTERS if fault in kinds for _ in range(times)]
    span = (_LAST_DISASTER - _FIRST_DISASTER) * seconds
    return [
        Act(_FIRST_DISASTER * seconds + span * (n + chance.uniform(0.2, 0.8)) / len(wanted), fault)
        for n, fault in enumerate(wanted)
    ]
