"""A plan, and the difference between two, as they are shown at a terminal or in a pipe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from activities.harmless_text import harmless
from starter.plans.plan_difference import PartDifference, plan_difference
from starter.plans.plan_sections import sections
from starter.plans.text_difference import Piece
from starter.terminal.language import language, say
from starter.terminal.screen import draws, facts, heading, text
from workflows.words import Words, listed

PLAN_MECHANISMS = Words("operating mechanisms (§五)", "运作机制（《指引》第五部分）")
SAME_PLANS = Words("The two versions say the same.", "两个版本内容相同。")
_AROUND = 60
"""Characters of what stayed that are shown on each side of a change."""
_SPARED = 20
"""So few more are shown, too, rather than left out."""
_MARKS = {"removed": ("[-", "-]", "red strike"), "added": ("{+", "+}", "green underline")}


def plan_parts(plan: Mapping[str, Any]) -> list[Text | Table]:
    """Return a plan, as plain data, to be shown: each part under its heading, then the mechanisms."""
    found = sections(plan, language())
    shown: list[Text | Table] = []
    for one in found:
        if not one.is_mechanism:
            shown += [heading(_capital(one.heading)), Text(_clean(one.text))]
    mechanisms = [(one.heading, Text(_clean(one.text))) for one in found if one.is_mechanism]
    if mechanisms:
        shown += [heading(_capital(PLAN_MECHANISMS)), facts(mechanisms)]
    return shown


def difference_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Text | Table]:
    """Return the difference between two plans, as plain data, to be shown, by parts.

    What was removed and added is coloured where colours are drawn, else marked `[-so-]` and `{+so+}`.
    """
    changed = plan_difference(before, after, language())
    shown: list[Text | Table] = []
    for one in changed:
        if not one.path.startswith("mechanisms."):
            shown += [heading(_capital(one.heading)), pieces_text(one.pieces)]
    mechanisms = [one for one in changed if one.path.startswith("mechanisms.")]
    if mechanisms:
        rows = [(one.heading, pieces_text(one.pieces)) for one in mechanisms]
        shown += [heading(_capital(PLAN_MECHANISMS)), facts(rows)]
    return shown or [text(SAME_PLANS)]


def changed_parts(changed: Iterable[PartDifference]) -> str:
    """Return which parts changed, in one line."""
    return say(listed(say(one.heading) for one in changed))


def pieces_text(pieces: Sequence[Piece]) -> Text:
    """Return the pieces of a difference as one text; long runs that stayed are left out, but for their ends."""
    found, drawn = Text(), draws()
    for place, piece in enumerate(pieces):
        if piece.change == "same":
            found.append(_clean(_shortened(piece.text, place == 0, place == len(pieces) - 1)))
            continue
        before, behind, style = _MARKS[piece.change]
        marked = piece.text if drawn else f"{before}{piece.text}{behind}"
        found.append(_clean(marked), style if drawn else None)
    return found


def _shortened(words: str, first: bool, last: bool) -> str:
    """What is far from any change is left out: before the first, after the last, between two."""
    left = "" if first else words[:_AROUND]
    right = "" if last else words[-_AROUND:]
    if len(words) <= len(left) + len(right) + _SPARED:
        return words
    return f"{left} … {right}".strip(" ")


def _clean(words: str) -> str:
    """Text of others, its own lines kept."""
    return "\n".join(harmless(line) for line in words.splitlines()) + (
        "\n" if words.endswith("\n") else ""
    )


def _capital(words: Words) -> Words:
    return Words(words.en[:1].upper() + words.en[1:], words.zh)
