"""The day it is where the programme is run."""

from datetime import UTC, date, datetime

from workflows.periods import beijing_date


def today() -> date:
    """Return the day it is in Beijing."""
    return beijing_date(datetime.now(UTC))
