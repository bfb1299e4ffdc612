"""Where a line may be broken: between words, and between Chinese characters, but never before closing marks.

As Chinese typesetting has it (避头尾): no line begins with a closing mark or ends with an opening one.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from rich.cells import cell_len

_NOT_FIRST = frozenset("）〕］｝〉》」』】〗〞’”，。、；：？！…‥—～·・々％‰℃°）)]}>,.;:?!%•")
_NOT_LAST = frozenset("（〔［｛〈《「『【〖〝‘“￥＄№§([{<")
_WIDE = 2
_COMMAND = re.compile(r"(?<![\w/.-])pingtai (?:(?!\. )[^。；;，、）”`])*")
_LAST_COMMAND = re.compile(r"(?<=[:：])\s*pingtai (?:(?!\. )[^。；;，、）”`])*$")
"""A command that is said after a colon, up to the end."""
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s，。；、：）”]+|(?<![\w/.:~-])~?/[^\s/，。；、：）”]+/[^\s，。；、：）”]+"
)
"""A URL or a path, which is copied whole."""
_LEAD = re.compile(r"\s*(?:[!✓✗] |\d+  )?")
"""What stands before the text of a line: its later lines stand below the text."""


def line_breaks(line: str, width: int, hang: int = 0) -> list[int]:
    """Return the places in a text at which it is broken, so that no line is wider than `width` columns.

    The lines after the first have `hang` columns less. Spaces at the end of a line do not count. What
    has no better place is broken anywhere.
    """
    places: list[int] = []
    whole = len(line.rstrip())
    kept = _copied(line, width - hang)
    end = _furthest(line, 0, width, kept)
    while end < whole:
        places.append(end)
        end = _furthest(line, end, width - hang, kept)
    return _without_orphan(line, places, kept)


def _copied(line: str, width: int) -> list[range]:
    """Return the places within commands and addresses that fit one line: whoever copies one gets all of it."""
    found = (one.span() for kind in (_COMMAND, _ADDRESS) for one in kind.finditer(line))
    return [range(a + 1, b) for a, b in found if cell_len(line[a:b].rstrip()) <= width]


def is_copied(text: str) -> bool:
    """Whether a text is a command or an address, and nothing else."""
    return bool(_COMMAND.fullmatch(text) or _ADDRESS.fullmatch(text))


def hang_of(line: str, width: int) -> int:
    """Return by how many columns the lines after the first are indented: as far as the text of the first."""
    lead = _LEAD.match(line)
    hang = cell_len(lead[0]) if lead else 0
    return hang if hang * 2 < width else 0


def in_width(line: str, width: int) -> list[str]:
    """Return the lines of a text that are at most so wide; later ones stand below the text of the first.

    Only an address that is wider, and a command that is and ends the text, have one line of their own, which
    the terminal breaks so that it can be copied.
    """
    last = _LAST_COMMAND.search(line)
    if last and last.start() and cell_len(last[0]) > width:
        return [*in_width(line[: last.start()].rstrip(), width), last[0].lstrip()]
    wide = next((one for one in _ADDRESS.finditer(line) if cell_len(one[0]) > width), None)
    if wide:
        before, after = line[: wide.start()].rstrip(), line[wide.end() :]
        rest = after.lstrip("".join(_NOT_FIRST))
        alone = wide[0] + after[: len(after) - len(rest)]
        return [*_filled(before, width), alone, *_filled(rest.strip(), width)]
    hang = hang_of(line, width)
    places = [0, *line_breaks(line, width, hang), len(line)]
    first, *later = (line[a:b].rstrip() for a, b in pairwise(places))
    return [first, *(" " * hang + one for one in later)]


def _filled(part: str, width: int) -> list[str]:
    return in_width(part, width) if part else []


def longest_unit(line: str) -> int:
    """Return how many columns the widest part of a text has that should not be broken."""
    places = [at for at in range(1, len(line)) if _may_break(line, at)]
    parts = (line[a:b] for a, b in zip([0, *places], [*places, len(line)], strict=True))
    return max((cell_len(part.strip()) for part in parts), default=0)


def _without_orphan(line: str, places: list[int], kept: list[range]) -> list[int]:
    """Leave no character alone on the last line: the one before it goes there, too."""
    if places and cell_len(line[places[-1] :].rstrip()) <= _WIDE:
        begin = places[-2] if len(places) > 1 else 0
        earlier = (at for at in range(places[-1] - 1, begin, -1) if _may_break(line, at, kept))
        at = next(earlier, None)
        if at is not None:
            return [*places[:-1], at]
    return places


def _furthest(line: str, begin: int, width: int, kept: list[range]) -> int:
    """Where the line that begins there ends: at the last good place that fits, else where it is full."""
    used, good = 0, 0
    for at in range(begin, len(line)):
        if at > begin and _may_break(line, at, kept):
            good = at
        used += cell_len(line[at])
        if used > width and not line[at].isspace():
            return good or max(at, begin + 1)
    return len(line)


def _may_break(line: str, at: int, kept: Sequence[range] = ()) -> bool:
    """Whether a new line may begin with the character at this place, which is in none of the kept ones."""
    if any(at in places for places in kept):
        return False
    before, after = line[at - 1], line[at]
    if after.isspace() or after in _NOT_FIRST:
        return False
    if before.isspace():
        return _last_before(line, at) not in _NOT_LAST
    if before in _NOT_LAST:
        return False
    return cell_len(before) == _WIDE or cell_len(after) == _WIDE


def _last_before(line: str, at: int) -> str:
    """The last character before a place that is no space; empty where there is none."""
    return next((line[n] for n in range(at - 1, -1, -1) if not line[n].isspace()), "")
