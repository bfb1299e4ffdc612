"""The difference between two texts, as people read it: what stayed, what was removed, what was added.

Texts are compared sentence by sentence, and within sentences that changed word by word, Chinese by
characters. So that a service can do it for anybody, the work is bounded: what is too much for it is shown as
replaced.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Literal

from starter.plans.sentence_pairs import ALIKE, paired
from workflows.model import Record

Change = Literal["same", "removed", "added"]
_SENTENCE = re.compile(r".*?(?:[。！？；;!?]+[”’」』）)]*|\.(?=\s)|\n+|\Z)", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9_]+(?:[.,'’-][A-Za-z0-9_]+)*|\s+|.", re.DOTALL)
_ENDS = "。！？；;!?\n"
_MOST, _MOST_AT_ONCE = 100_000, 30_000
"""Pairs of equal sentences or words that are weighed at most: of two whole texts, and of two runs."""
_KEPT = 2
"""Between two changes a shorter run that stayed is shown as changed with them."""


class Piece(Record):
    """A stretch of text, and what became of it."""

    change: Change
    text: str


def text_difference(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of both texts in order: without those added `before`, without those removed `after`."""
    return tuple(_slid(list(_joined(_by_sentences(before, after, _Work())))))


class _Work:
    """How much may still be done for two texts: what costs more is shown as replaced."""

    def __init__(self) -> None:
        self._left = _MOST

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether two runs may be compared; it is taken off then."""
        counts = Counter(old), Counter(new)
        cost = sum(number * counts[1][one] for one, number in counts[0].items())
        if cost > min(self._left, _MOST_AT_ONCE):
            return False
        self._left -= cost
        return True


def _by_sentences(before: str, after: str, work: _Work) -> Iterable[Piece]:
    old, new = _split(_SENTENCE, before), _split(_SENTENCE, after)
    for same, removed, added in _aligned(old, new, work):
        if same or not (removed and added):
            yield from _pieces(same, removed, added)
        else:
            for one, other in paired(removed, added):
                yield from _by_words("".join(one), "".join(other), work)


def _by_words(before: str, after: str, work: _Work) -> Iterable[Piece]:
    old, new = _split(_TOKEN, before), _split(_TOKEN, after)
    runs = list(_aligned(old, new, work))
    kept = sum(len("".join(same)) for same, _, _ in runs)
    if 2 * kept < ALIKE * (len(before) + len(after)):
        runs = [([], old, new)]
    yield from _smoothed([piece for run in runs for piece in _pieces(*run)])


def _aligned(
    old: Sequence[str], new: Sequence[str], work: _Work
) -> Iterable[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """What is the same, or else what was removed and added in its place; in order."""
    least = min(len(old), len(new))
    start = next((n for n in range(least) if old[n] != new[n]), least)
    room = least - start
    end = next((n for n in range(room) if old[-1 - n] != new[-1 - n]), room)
    yield old[:start], (), ()
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if left and right and work.allows(left, right):
        for kind, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            yield (left[i:j], (), ()) if kind == "equal" else ((), left[i:j], right[k:m])
    else:
        yield (), left, right
    yield old[len(old) - end :], (), ()


def _pieces(same: Sequence[str], removed: Sequence[str], added: Sequence[str]) -> Iterable[Piece]:
    runs: tuple[tuple[Change, Sequence[str]], ...] = (
        ("same", same),
        ("removed", removed),
        ("added", added),
    )
    for change, run in runs:
        if run:
            yield Piece(change=change, text="".join(run))


def _smoothed(pieces: list[Piece]) -> list[Piece]:
    """Take short runs that stayed between two changes for changed, so that changes are read as wholes."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        between = 0 < place < len(pieces) - 1
        short = piece.change == "same" and "\n" not in piece.text
        if between and short and len(piece.text.strip()) < _KEPT:
            found += [piece.model_copy(update={"change": c}) for c in ("removed", "added")]
        else:
            found.append(piece)
    return found


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Neighbours put together: between two runs that stayed first what was removed, then what was added."""
    removed = added = same = ""
    for piece in pieces:
        if piece.change == "same":
            if removed or added:
                yield from _pieces((same,) if same else (), (), ())
                yield from _pieces((), (removed,) if removed else (), (added,) if added else ())
                removed = added = same = ""
            same += piece.text
        elif piece.change == "removed":
            removed += piece.text
        else:
            added += piece.text
    yield from _pieces(
        (same,) if same else (), (removed,) if removed else (), (added,) if added else ()
    )


def _slid(pieces: list[Piece]) -> Iterable[Piece]:
    """Move a run that was only added, or only removed, so that it ends with its sentence, where it can.

    `导入{+。新增+}。` and `导入。{+新增。+}` are the same two texts; the second is how it was written.
    """
    texts = [piece.text for piece in pieces]
    changes = [piece.change for piece in pieces]
    for place in range(1, len(pieces) - 1):
        if (changes[place - 1], changes[place + 1]) != ("same", "same"):
            continue
        moved, rest = texts[place], texts[place + 1]
        steps = next((n for n in range(len(rest)) if rest[n] != (moved + rest)[n]), len(rest))
        best = next((n for n in range(steps, 0, -1) if rest[n - 1] in _ENDS), 0)
        texts[place - 1] += (moved + rest)[:best]
        texts[place] = (moved + rest)[best : best + len(moved)]
        texts[place + 1] = rest[best:]
    for change, words in zip(changes, texts, strict=True):
        if words:
            yield Piece(change=change, text=words)


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    return [part for part in pattern.findall(text) if part]
