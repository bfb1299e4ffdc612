"""Lines of a file with one same fault: the first are told, the others counted, and none floods the screen."""

from workflows.words import Words, counted, listed

_TOLD = 3
"""Lines with a fault that are told; more of them tell nothing new."""
_NAMED = 5
"""Lines among the others whose numbers are told."""
EACH = Words("Each line by itself: --full", "逐行列出请加 --full")


class SameFaults:
    """Which lines have a fault that others had before them."""

    def __init__(self) -> None:
        """No line has been told yet."""
        self._told: dict[str, list[int]] = {}
        self._hidden: dict[str, list[int]] = {}

    def hides(self, number: int, fault: str) -> bool:
        """Whether the line of this number is only counted, because enough lines were told with its fault."""
        told = self._told.setdefault(fault, [])
        if len(told) < _TOLD:
            told.append(number)
            return False
        self._hidden.setdefault(fault, []).append(number)
        return True

    def rest(self) -> list[Words]:
        """Say how many lines were only counted since this was asked last, and which are the first of them."""
        found, self._hidden = self._hidden, {}
        said = [_as_in(self._told[fault][0], numbers) for fault, numbers in found.items()]
        return [*said, EACH] if said else []


def _as_in(first: int, numbers: list[int]) -> Words:
    named = listed(f"{one:,}" for one in numbers[:_NAMED])
    if len(numbers) > _NAMED:
        named = Words(f"{named.en} …", f"{named.zh} 等")
    return Words(
        f"As in line {first:,}: {counted(len(numbers), 'more line')} ({named.en})",
        f"与第 {first:,} 行问题相同：另有 {len(numbers):,} 行（行号 {named.zh}）",
    )
