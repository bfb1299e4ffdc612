"""The steps of the life, for the engines beside us: imported in their environments, so it imports nothing."""

PLATFORM_STEPS = 4
ASSESSMENT_STEPS = 3
YEARS = (1, 2, 3)

STEP_SECONDS = 30 * 24 * 3600.0
"""Until a step is due: its timer is started for each step, and never rings here."""
SKIPPED_YEAR = 0.02
"""Seconds that a year lasts where time cannot be skipped."""
WHOLE_YEAR = 365 * 24 * 3600.0


def assessment_id(platform_id: str, year: int) -> str:
    """The workflow id of the child of a year."""
    return f"{platform_id}:assessment-{year}"
