"""Text in sheets that no spreadsheet program takes for a formula, and that reads back as it was.

A formula begins with = + - or @, also in full width: programs in Chinese and Japanese take ＝ for =. What
they do not show before it (spaces, marks of direction, selectors, what has no width) does not make it text.
"""

import re

_UNSEEN = (
    r"\s\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
_HEADS = r"=+\-@＝＋－＠﹢﹣﹦﹫⁺⁼₊₌−"
_FORMULA = re.compile(rf"'*(?:[\t\r\n]|[{_UNSEEN}]*[{_HEADS}])")
"""With apostrophes before it, too: or what had one of its own would lose it on reading."""


def like_formula(text: str) -> bool:
    """Whether a program might take text for a formula."""
    return _FORMULA.match(text) is not None


def as_plain_text(shown: str, value: str | None = None) -> str:
    """Text that no spreadsheet program takes for a formula: an apostrophe is how they mark text.

    `value` is what it was before it was made harmless, and is judged too.
    """
    return f"'{shown}" if like_formula(shown) or like_formula(value or "") else shown


def from_plain_text(written: str) -> str:
    """Text as it was before `as_plain_text` marked it."""
    return written[1:] if written.startswith("'") and like_formula(written[1:]) else written
