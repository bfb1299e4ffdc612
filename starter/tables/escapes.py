"""Characters that XML cannot hold, as workbooks write them: `_x000D_`, and `_x005F_` for a plain underscore."""

import re

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


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
