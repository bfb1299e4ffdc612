"""Which changed sentence was made of which, so that each is shown as a change of its own."""

from collections import Counter
from collections.abc import Iterator, Sequence

ALIKE = 0.4
"""Below this share of common characters two sentences are not shown as one within the other."""
MOST = 10_000
"""Pairs that are weighed at most: a hundred sentences with as many."""

Pair = tuple[Sequence[str], Sequence[str]]


def paired(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Return the sentences in order: one with the one made of it, or those that were only removed or added.

    Of all ways that keep the order, that in which the most is alike. More than `MOST` are taken one by one
    where they are as many as before, and else for one.
    """
    if len(old) * len(new) > MOST:
        if len(old) == len(new):
            yield from (([one], [other]) for one, other in zip(old, new, strict=True))
        else:
            yield old, new
        return
    i = j = 0
    for one, other in _matches(old, new):
        if one > i or other > j:
            yield old[i:one], new[j:other]
        yield old[one : one + 1], new[other : other + 1]
        i, j = one + 1, other + 1
    if i < len(old) or j < len(new):
        yield old[i:], new[j:]


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of the best way, by their places."""
    counts = [Counter(one) for one in old], [Counter(one) for one in new]
    alike = [[_alike(one, other) for other in counts[1]] for one in counts[0]]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            taken = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], taken)
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of characters that two sentences have in common; 0 where it is too small."""
    share = 2 * (one & other).total() / (one.total() + other.total())
    return share if share >= ALIKE else 0.0
