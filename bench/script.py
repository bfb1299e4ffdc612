"""What is said in the measured lives: the first term of a real example, so that messages have real sizes."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from worker.demo.example_lives import Example
from workflows.periods import beijing_date

EXAMPLE = Path(__file__).parents[1] / "examples" / "bj-eda-verification"
"""Four decisions until it is valid, three effective assessments of three decisions each, expiry."""

GETTING_IN = 4
A_YEAR = 3
_NUMBER = "certificate_number"
"""Each platform has its own: the register refuses one that another has."""


@cache
def _example() -> Example:
    return Example(EXAMPLE)


@cache
def _said() -> tuple[dict[str, Any], ...]:
    steps = _example().life.terms[0].steps
    return tuple(said for step in steps if (said := step.decide or step.signal))


def application(platform_id: str) -> dict[str, Any]:
    """An application of a platform of that id, as JSON data."""
    form = _example().applications[0].model_copy(update={"platform_id": platform_id})
    return form.model_dump(mode="json", exclude_unset=True) | {"platform_id": platform_id}


def decided(platform_id: str, year: int, now: datetime) -> tuple[dict[str, Any], ...]:
    """What is decided in turn today: year 0 until it is valid, 1, 2, 3 in the assessment of that year."""
    first, count = (GETTING_IN + (year - 1) * A_YEAR, A_YEAR) if year else (0, GETTING_IN)
    return tuple(
        {
            "decision_id": f"{platform_id}-{year}-{number}",
            "decided_on": beijing_date(now).isoformat(),
            **said,
            **({_NUMBER: f"GX-{platform_id}"} if _NUMBER in said else {}),
        }
        for number, said in enumerate(_said()[first : first + count], start=1)
    )
