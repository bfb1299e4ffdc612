"""How much is measured: all of it on a quiet machine, and a little to see that it works."""

from typing import NamedTuple


class Sizes(NamedTuple):
    """How many of each."""

    open_platforms: int
    kick_offs: int
    decisions: int
    years: int
    """Of how many platforms a year of assessment is lived."""
    until_all_open: bool
    """Whether the kick-offs that an outage held up are waited for to the last."""


FULL = Sizes(10_000, 2_000, 200, 200, until_all_open=True)
QUICK = Sizes(150, 60, 40, 10, until_all_open=False)
