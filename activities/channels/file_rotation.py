"""Files that grow by lines are bounded: a large one is renamed, a few are kept, the oldest goes."""

import os
from pathlib import Path

LARGEST = 10_000_000
"""A file that is larger (bytes) is rotated."""
KEPT = 4
"""Rotated files that are kept beside the current one: `.1` is the newest."""


def rotate(path: Path, kept: int = KEPT) -> bool:
    """Rename a file to `.1`, the older ones by one number each; whether that was possible.

    Whoever has the file open writes on into `.1`, so no line is lost. One process does this at a time.
    """
    names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, kept + 1))]
    for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
        try:
            os.replace(newer, older)  # noqa: PTH105 - the atomic one
        except FileNotFoundError:
            continue
        except OSError:  # a folder that may not be written to: the file stays, and grows
            return False
    return True
