"""What others wrote, made harmless for whoever reads it on a terminal or in a browser."""

import unicodedata

_STEERING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def harmless(words: str) -> str:
    """Return one line without control characters and without characters that turn the direction of reading.

    What others wrote must neither steer the terminal nor look like something else.
    """
    return "".join(
        character if unicodedata.category(character) not in _STEERING else _instead(character)
        for character in words
    )


def _instead(character: str) -> str:
    return " " if character in "\n\r\t\x0b\x0c\x85\u2028\u2029" else "\ufffd"
