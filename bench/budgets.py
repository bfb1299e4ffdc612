"""What depends on no machine, held to budgets.toml: tests count, and whoever goes over says why there."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_suffix(".toml")
_WELL_UNDER = 0.9
"""Below this part of a budget it is to be lowered: or the next one who adds something is not noticed."""


class Budget(NamedTuple):
    """How much a figure may be, and why it is so high."""

    most: int
    why: str


@cache
def budgets() -> Mapping[str, Mapping[str, Budget]]:
    """All budgets, by what is counted and by figure."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        what: {figure: Budget(**budget) for figure, budget in figures.items()}
        for what, figures in told.items()
    }


def objections(what: str, counted: Mapping[str, int]) -> list[str]:
    """What must be done about figures that do not fit their budgets: the code, or the file."""
    place = f"{FILE.parent.name}/{FILE.name}, [{what}]"
    found = []
    allowed = budgets().get(what, {})
    for figure in sorted(allowed.keys() | counted.keys()):
        budget, value = allowed.get(figure), counted.get(figure)
        if budget is None:
            found.append(f"{place} has no budget for {figure}: write one, {value}, with its reason")
        elif value is None:
            found.append(f"{place} has a budget for {figure}, which nobody counts: take it out")
        elif value > budget.most:
            found.append(
                f"{figure} of {what}: {value}, and {budget.most} are allowed. Find what was added, and take"
                f" it out. If it must stay, set `most` of {figure} to {value} in {place},"
                " and write in its `why` what it is for"
            )
        elif value < budget.most * _WELL_UNDER:
            found.append(
                f"{figure} of {what}: {value}, well under the {budget.most} that are allowed. Set `most` of"
                f" {figure} to {value} in {place}: or nobody notices when it is used up"
            )
    return found
