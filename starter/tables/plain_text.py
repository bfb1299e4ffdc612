"""Text in tables that no spreadsheet program takes for a formula, and that reads back as it was.

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

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold is written by its number in workbooks: `_x000D_`; `_x005F_` is a plain underscore."""


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


def escaped(text: str) -> str:
    """Text as a cell of a workbook holds it."""
    return _TO_ESCAPE.sub(lambda one: f"_x{ord(one[0]):04X}_", text)


def unescaped(written: str) -> str:
    """The text that a cell of a workbook holds."""
    if "_x" not in written:
        return written
    text = _ESCAPE.sub(lambda one: chr(int(one[1], 16)), written)
    # Two halves are a character; one alone is none, and fits no file.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
