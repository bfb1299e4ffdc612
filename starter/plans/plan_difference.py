"""The difference between two versions of a plan, by its parts and mechanisms."""

from collections.abc import Mapping
from typing import Any

from starter.plans.plan_sections import HEADINGS, MECHANISMS, sections
from starter.plans.text_difference import Piece, text_difference
from workflows.model import Record
from workflows.words import Language, Words

WRITTEN_OTHERWISE = Words(
    "The SHA-256 differ though the content is the same: a plan is hashed as it was sent, and one of the two"
    " names what it leaves empty, where the other leaves it out.",
    "两个版本内容相同而 SHA-256 不同：哈希按提交时的原样计算，其中一版列出了空白项目，另一版未列。",
)
"""Sealed entries keep the hash of what was sent, so it is explained and not mended."""


class PartDifference(Record):
    """What changed in one of the four parts, or in one mechanism."""

    path: str
    """Where it stands in the plan, as `parts.goals` or `mechanisms.fees`."""
    en: str
    zh: str
    pieces: tuple[Piece, ...]

    @property
    def heading(self) -> Words:
        return Words(self.en, self.zh)


def plan_difference(
    before: Mapping[str, Any], after: Mapping[str, Any], language: Language | None
) -> tuple[PartDifference, ...]:
    """Return what changed between two plans, as plain data; parts that stayed as they were are left out.

    Values of mechanisms are worded in a language; None leaves the contract's own words.
    """
    old, new = ({one.path: one for one in sections(plan, language)} for plan in (before, after))
    order = [*HEADINGS, *(path for path in {**old, **new} if path not in HEADINGS)]
    found = []
    for path in order:
        if path not in old and path not in new:
            continue
        texts = [side[path].text if path in side else "" for side in (old, new)]
        if texts[0] != texts[1]:
            heading = (new.get(path) or old[path]).heading
            pieces = _pieces(path, *texts)
            found.append(PartDifference(path=path, en=heading.en, zh=heading.zh, pieces=pieces))
    return tuple(found)


_TEXTS = frozenset(f"{MECHANISMS}.{name}" for name in ("membership", "fees", "autonomy"))


def _pieces(path: str, before: str, after: str) -> tuple[Piece, ...]:
    if path.startswith(f"{MECHANISMS}.") and path not in _TEXTS:
        # A word, a number or a date is replaced as a whole.
        both = (Piece(change="removed", text=before), Piece(change="added", text=after))
        return tuple(piece for piece in both if piece.text)
    return text_difference(before, after)
