"""Words that a table in a pipe has as flags and files have them: a program may read it."""

import sys

from starter.terminal import wording
from starter.terminal.language import language
from starter.terminal.screen import watched


def district_cell(value: str) -> str:
    """A district in a table: its name, but in an English table in a pipe the word."""
    return wording.district(value) if language() == "zh" or watched(sys.stdout) else value
